"""What an ods tells beside its values: which of its cells are merged, from when its days count."""

from __future__ import annotations

import io
import zipfile

import pytest

from flows.read.formats.ods import read_ods_extras


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
