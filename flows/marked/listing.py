"""Writes a sheet of lines as XML, a column at a time: texts that are no formula in any program, and links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from flows.marked.xml import escape
from flows.read.grid import letter
from flows.read.ours import STAMP

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
)
_LONGEST = 2_000
_LINE_HEIGHT = 16.5
_TITLE_HEIGHT = 24.0
_WIDEST = 1.08  # width of a letter of our font, in the units in which columns are measured
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
#: What a spreadsheet may take for the start of a formula when it meets it in text.
_STARTS = r"^[=+\-@\t\r]"


@dataclass(frozen=True, slots=True)
class Listing:
    """A sheet of ours.

    `lines`, of which the first is the title, has `look` and `first` (style numbers of its cells and of the
    first one), `level` (0 for what always shows), one String column a sheet column; `link` is where the cell
    in column `linked` leads.
    `widths` are in characters; the first `frozen` rows stay on screen; `wide` lines are merged across.
    """

    kind: str
    lines: pl.DataFrame
    widths: Sequence[float]
    frozen: int
    linked: int
    link_look: int
    wide: pl.Series
    tab: str

    def xml(self) -> bytes:
        """The sheet's XML; its first row, hidden, bears the stamp."""
        columns = self.lines.drop("look", "first", "level", "link")
        rows = pl.int_range(2, self.lines.height + 2, dtype=pl.UInt32, eager=True).cast(pl.String)
        cells = [self._cells(at, columns.to_series(at), rows) for at in range(columns.width)]
        level = self.lines["level"].cast(pl.String)
        body = pl.select(
            pl.concat_str(
                pl.lit('<row r="'),
                rows,
                pl.lit('" ht="'),
                self._heights(columns),
                pl.lit('" customHeight="1" outlineLevel="'),
                level,
                pl.lit('">'),
                *cells,
                pl.lit("</row>"),
            )
        ).to_series()
        stamp = f'<row r="1" hidden="1"><c r="A1" t="inlineStr"><is><t>{STAMP}{self.kind}</t></is></c></row>'
        return "".join(
            [
                _HEAD,
                self._top(),
                "<sheetData>",
                stamp,
                *body,
                "</sheetData>",
                self._bottom(rows),
                "</worksheet>",
            ]
        ).encode()

    def _heights(self, columns: pl.DataFrame) -> pl.Series:
        """Heights in points that show every line of wrapped text, which some programs do not reckon."""
        lines = [
            _lines(texts, pl.when(self.wide).then(sum(self.widths)).otherwise(width))
            for texts, width in zip(columns, self.widths, strict=True)
        ]
        high = pl.max_horizontal(*lines, 1).clip(1, 20) * _LINE_HEIGHT
        is_title = pl.int_range(self.lines.height) == 0
        return pl.select(pl.when(is_title).then(_TITLE_HEIGHT).otherwise(high).cast(pl.String)).to_series()

    def _cells(self, at: int, texts: pl.Series, rows: pl.Series) -> pl.Series:
        look = self.lines["look" if at else "first"].cast(pl.String)
        linked = self.lines["link"].is_not_null()
        style = (
            pl.when(linked).then(pl.lit(str(self.link_look))).otherwise(look) if at == self.linked else look
        )
        said = harmless(texts)
        start = pl.concat_str(pl.lit(f'<c r="{letter(at)}'), rows, pl.lit('" s="'), style)
        text = pl.concat_str(
            start, pl.lit('" t="inlineStr"><is><t xml:space="preserve">'), said, pl.lit("</t></is></c>")
        )
        return pl.select(
            pl.when(texts.is_not_null()).then(text).otherwise(pl.concat_str(start, pl.lit('"/>')))
        ).to_series()

    def _top(self) -> str:
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
            for n, width in enumerate(self.widths, 1)
        )
        below = self.frozen + 2
        selected = ' tabSelected="1"' if self.kind.startswith("can_sua") else ""
        return (
            f'<sheetPr><tabColor rgb="{self.tab}"/><outlinePr summaryBelow="0"/>'
            '<pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView showGridLines="0"{selected} workbookViewId="0">'
            f'<pane ySplit="{below - 1}" topLeftCell="A{below}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{below}" sqref="A{below}"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15.75" outlineLevelRow="1"/><cols>{widths}</cols>'
        )

    def _bottom(self, rows: pl.Series) -> str:
        last = letter(len(self.widths) - 1)
        merges = [f'<mergeCell ref="A{row}:{last}{row}"/>' for row in rows.filter(self.wide)]
        merged = f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells>' if merges else ""
        column = letter(self.linked)
        links = [
            f'<hyperlink ref="{column}{row}" location="{escape(link)}"/>'
            for row, link in zip(rows, self.lines["link"], strict=True)
            if link is not None
        ]
        linked = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
        page = '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        return (
            merged
            + linked
            + '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
            + page
        )


def _lines(texts: pl.Series, width: pl.Expr) -> pl.Expr:
    return (pl.lit(texts).str.len_chars().fill_null(0) * _WIDEST / width).ceil().cast(pl.Int64)


def harmless(texts: pl.Series) -> pl.Series:
    """Texts as they may stand in XML, cut where too long, with `'` before what looks like a formula."""
    said = pl.lit(texts.str.slice(0, _LONGEST))
    formula = said.str.contains(_STARTS)
    return as_xml(
        pl.select(pl.when(formula).then(pl.concat_str(pl.lit("'"), said)).otherwise(said)).to_series()
    )


def as_xml(texts: pl.Series) -> pl.Series:
    """Texts as they may stand in XML; characters that may not become question marks."""
    said = texts.str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]", "?")
    return said.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
