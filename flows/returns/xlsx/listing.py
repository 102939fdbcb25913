"""Writes a sheet of text lines with links as XML, built column by column with polars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from flows.read.our_sheets import TO_FIX_KIND, Stamp
from flows.read.sheet import letter_of
from flows.returns.xlsx.xml import escape

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
)
_ABOUT = ("look", "first", "level", "link")
_LONGEST = 2_000
_LINE_HEIGHT = 16.5
_TITLE_HEIGHT = 24.0
_LETTER_WIDTH = 1.08  # of our font, in the unit of column widths
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
#: Start of a text that a spreadsheet may take for a formula.
_STARTS = r"^[=+\-@\t\r]"


@dataclass(frozen=True, slots=True)
class ListSheet:
    """A sheet that we add to a workbook.

    `lines`, the first of which is the title, has `look` and `first` (style numbers of the row's cells and
    of its first cell), `level` (outline level, 0 if always shown), `link` (target of the cell in the column
    with index `linked`), and one String column per sheet column. `widths` are in characters; the first
    `frozen` rows stay on screen; `wide` lines are merged across all columns.
    """

    stamp: Stamp
    lines: pl.DataFrame
    widths: Sequence[float]
    frozen: int
    linked: int
    link_look: int
    wide: pl.Series
    tab: str

    def xml(self) -> bytes:
        """The sheet's XML; the hidden first row holds the stamp that identifies our sheets."""
        numbered = self.lines.with_columns(
            _row=pl.int_range(2, pl.len() + 2).cast(pl.String), _wide=self.wide
        )
        texts = [name for name in self.lines.columns if name not in _ABOUT]
        body = numbered.select(
            pl.concat_str(
                pl.lit('<row r="'),
                "_row",
                pl.lit('" ht="'),
                self._height(texts),
                pl.lit('" customHeight="1" outlineLevel="'),
                "level",
                pl.lit('">'),
                *(self._cell(at, name) for at, name in enumerate(texts)),
                pl.lit("</row>"),
            )
        ).to_series()
        first = f'<c r="A1" t="inlineStr"><is><t>{escape(str(self.stamp))}</t></is></c>'
        return "".join(
            [
                _HEAD,
                self._top(),
                "<sheetData>",
                f'<row r="1" hidden="1">{first}</row>',
                *body,
                "</sheetData>",
                self._bottom(numbered["_row"]),
                "</worksheet>",
            ]
        ).encode()

    def _height(self, texts: Sequence[str]) -> pl.Expr:
        """Row height in points that fits the wrapped text; some programs do not compute it themselves."""
        lines = (
            _lines(name, pl.when("_wide").then(sum(self.widths)).otherwise(width))
            for name, width in zip(texts, self.widths, strict=True)
        )
        high = pl.max_horizontal(*lines, 1).clip(1, 20) * _LINE_HEIGHT
        return pl.when(pl.int_range(pl.len()) == 0).then(_TITLE_HEIGHT).otherwise(high).cast(pl.String)

    def _cell(self, at: int, name: str) -> pl.Expr:
        look = pl.col("look" if at else "first").cast(pl.String)
        if at == self.linked:
            look = pl.when(pl.col("link").is_not_null()).then(pl.lit(str(self.link_look))).otherwise(look)
        start = pl.concat_str(pl.lit(f'<c r="{letter_of(at)}'), "_row", pl.lit('" s="'), look)
        text = pl.concat_str(
            start,
            pl.lit('" t="inlineStr"><is><t xml:space="preserve">'),
            make_harmless(pl.col(name)),
            pl.lit("</t></is></c>"),
        )
        blank = pl.concat_str(start, pl.lit('"/>'))
        return pl.when(pl.col(name).is_not_null()).then(text).otherwise(blank)

    def _top(self) -> str:
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
            for n, width in enumerate(self.widths, 1)
        )
        below = self.frozen + 2
        selected = ' tabSelected="1"' if self.stamp.kind == TO_FIX_KIND else ""
        return (
            f'<sheetPr><tabColor rgb="{self.tab}"/><outlinePr summaryBelow="0"/>'
            '<pageSetUpPr fitToPage="1"/></sheetPr>'
            f'<sheetViews><sheetView showGridLines="0"{selected} workbookViewId="0">'
            f'<pane ySplit="{below - 1}" topLeftCell="A{below}" activePane="bottomLeft" state="frozen"/>'
            f'<selection pane="bottomLeft" activeCell="A{below}" sqref="A{below}"/></sheetView></sheetViews>'
            f'<sheetFormatPr defaultRowHeight="15.75" outlineLevelRow="1"/><cols>{widths}</cols>'
        )

    def _bottom(self, rows: pl.Series) -> str:
        last = letter_of(len(self.widths) - 1)
        merges = [f'<mergeCell ref="A{row}:{last}{row}"/>' for row in rows.filter(self.wide)]
        merged = f'<mergeCells count="{len(merges)}">{"".join(merges)}</mergeCells>' if merges else ""
        column = letter_of(self.linked)
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


def _lines(name: str, width: pl.Expr) -> pl.Expr:
    return (pl.col(name).str.len_chars().fill_null(0) * _LETTER_WIDTH / width).ceil().cast(pl.Int64)


def make_harmless(texts: pl.Expr) -> pl.Expr:
    """Escape texts for XML, cut long ones, and put `'` before those that look like a formula."""
    cut = texts.str.slice(0, _LONGEST)
    formula = cut.str.contains(_STARTS)
    return to_xml(pl.when(formula).then(pl.concat_str(pl.lit("'"), cut)).otherwise(cut))


def to_xml(texts: pl.Expr) -> pl.Expr:
    """Escape texts for XML; characters that XML forbids become `?`."""
    cut = texts.str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]", "?")
    return cut.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
