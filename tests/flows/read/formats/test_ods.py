"""What an ods tells beside its values: merged cells, from when its days count, what its white space means."""

from __future__ import annotations

import io
import zipfile

import pytest

from flows.read.formats.container import Container
from flows.read.formats.ods import read_ods_extras
from flows.read.formats.workbook import read_workbook


def _package(cell: str, settings: str = "") -> zipfile.ZipFile:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "content.xml",
            f"<office:document-content>{settings}"
            '<table:table table:name="Biểu 1"><table:table-row>'
            f'<table:table-cell {cell} office:value-type="string"><text:p>x</text:p></table:table-cell>'
            "</table:table-row></table:table></office:document-content>",
        )
    return zipfile.ZipFile(packed)


@pytest.mark.parametrize(
    ("cell", "merges"),
    [
        ('table:number-rows-spanned="2" table:number-columns-spanned="3"', ((0, 0, 1, 2),)),
        ('table:number-columns-spanned="2"', ((0, 0, 0, 1),)),
        ('table:number-rows-spanned="1" table:number-columns-spanned="1"', ()),
        ('table:number-matrix-rows-spanned="2" table:number-matrix-columns-spanned="2"', ()),
    ],
)
def test_only_what_spans_several_cells_is_merged(
    cell: str, merges: tuple[tuple[int, int, int, int], ...]
) -> None:
    with _package(cell) as archive:
        _, found = read_ods_extras(archive)["Biểu 1"]
    assert found == merges


@pytest.mark.parametrize(("day", "from_1904"), [("1904-01-01", True), ("1899-12-30", False)])
def test_days_count_from_the_day_that_the_file_states(day: str, from_1904: bool) -> None:
    null_date = f'<table:null-date table:date-value="{day}"/>'
    with _package("", f"<table:calculation-settings>{null_date}</table:calculation-settings>") as archive:
        extras, _ = read_ods_extras(archive)["Biểu 1"]
    assert extras.from_1904 is from_1904


_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def _written(cells: str, between: str = "") -> bytes:
    """An ods with one row of these cells; `between` stands between the elements around them."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        tags = [
            "<office:body>",
            "<office:spreadsheet>",
            '<table:table table:name="Biểu">',
            "<table:table-row>",
        ]
        ends = ["</table:table-row>", "</table:table>", "</office:spreadsheet>", "</office:body>"]
        body = between.join([*tags, cells, *ends])
        archive.writestr("content.xml", f"<office:document-content {_NAMES}>{body}</office:document-content>")
    return packed.getvalue()


def _cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'


@pytest.mark.parametrize("between", ["", "\n", "\r\n    ", " ", "\t"])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<text:p>a<text:line-break/>b</text:p>", "a\nb"),
        ("<text:p>a<text:line-break></text:line-break>b<text:tab/>c</text:p>", "a\nb\tc"),
        ("<text:p>a<text:s text:c='2'/>b</text:p>", "a  b"),
        ("<text:p>a</text:p>~<text:p>b</text:p>", "a\nb"),
        ("~<text:p>a</text:p>~", "a"),
        ("<text:p>a <text:span>b</text:span> <text:a>c</text:a> d</text:p>", "a b c d"),
        ("<text:p>a\n      b</text:p>", "a b"),
        ("<office:annotation>~<text:p>ghi chú</text:p>~</office:annotation>~<text:p>a</text:p>", "a"),
    ],
)
def test_white_space_means_what_the_standard_says(text: str, said: str, between: str) -> None:
    cells = between.join([_cell(text.replace("~", between)), _cell("<text:p>x</text:p>")])
    (sheet,), _ = read_workbook(_written(cells, between), Container.ODS)
    assert list(sheet.row(0)) == [said, "x"]
