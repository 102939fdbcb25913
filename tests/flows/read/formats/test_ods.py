"""What an ods tells beside its values: which of its cells are merged."""

from __future__ import annotations

import io
import zipfile

import pytest

from flows.read.formats.ods import read_ods_extras


def _package(cell: str) -> zipfile.ZipFile:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(
            "content.xml",
            '<office:document-content><table:table table:name="Biểu 1"><table:table-row>'
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
