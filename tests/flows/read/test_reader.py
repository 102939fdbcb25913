"""Reading whole files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import openpyxl
import polars as pl
import pytest

from flows.read import read_file
from flows.read.table import ReadFile
from schemas import datasets as declared
from schemas.contract import typed_column
from tests.flows.read.forms import form, heading_grid, records
from tests.flows.read.hostile import archive, parts

DATASETS = declared.load()


def texts(doc: ReadFile, name: str) -> list[list[str | None]]:
    (table,) = doc.tables
    return [table.cells[typed_column(c.name)].to_list() for c in DATASETS[name].columns]


def expected(rows: list[list[object]]) -> list[list[str | None]]:
    return [[None if v is None else str(v) for v in column] for column in zip(*rows, strict=True)]


def accounted(doc: ReadFile) -> bool:
    taken = doc.rows.filter(pl.col("role") == "ban_ghi").height
    return taken == sum(table.cells.height for table in doc.tables)


@pytest.mark.parametrize("name", DATASETS)
def test_reads_the_form_of_every_dataset(name: str) -> None:
    rows = records(DATASETS[name], 5)
    doc = read_file(form(DATASETS[name], rows), "a.xlsx", DATASETS)
    assert doc.problems == ()
    assert doc.tables[0].dataset == name
    assert texts(doc, name) == expected(rows)
    assert accounted(doc)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["dan_cu", "thanh_toan"])
def test_reads_text_files(name: str, encoding: str, separator: str) -> None:
    rows = records(DATASETS[name], 5)
    target = io.StringIO()
    writer = csv.writer(target, delimiter=separator)
    writer.writerows(heading_grid(DATASETS[name]))
    writer.writerows([n, *row] for n, row in enumerate(rows, 1))
    doc = read_file(target.getvalue().encode(encoding), "a.csv", DATASETS)
    assert doc.problems == ()
    assert texts(doc, name) == expected(rows)
    assert accounted(doc)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "tep.khong_mo_duoc"),
        (b"PK\x03\x04half a zip", "tep.khong_mo_duoc"),
        (b"%PDF-1.7 ...", "tep.khong_phai_bang_tinh"),
        (b"\xff\xd8\xff\xe0 photo", "tep.khong_phai_bang_tinh"),
        (b"Kinh gui UBND xa,\nXin bao cao nhu sau.\n", "tep.khong_phai_bang_tinh"),
        ("Màu,Cỡ\nđỏ,1\nxanh,2\n".encode(), "tep.khong_ro_bo_du_lieu"),
    ],
)
def test_refuses_what_is_no_table(data: bytes, code: str) -> None:
    doc = read_file(data, "a.xlsx", DATASETS)
    assert [problem.code for problem in doc.problems] == [code]
    assert doc.tables == ()


def _in_capitals(of: dict[str, bytes]) -> dict[str, bytes]:
    return {name.upper().replace("/", "\\") if "sheet1" in name else name: of[name] for name in of}


def _without_folder(of: dict[str, bytes]) -> dict[str, bytes]:
    """As some programs write it: the workbook at the package's root."""
    moved = {name.removeprefix("xl/"): content for name, content in of.items()}
    moved["_rels/.rels"] = moved["_rels/.rels"].replace(b"xl/workbook.xml", b"workbook.xml")
    moved["_rels/workbook.xml.rels"] = moved["_rels/workbook.xml.rels"].replace(b'"/xl/', b'"/')
    return moved


@pytest.mark.parametrize("moved", [dict, _in_capitals, _without_folder])
def test_what_the_library_leaves_out_is_found_wherever_the_sheet_lies(
    moved: Callable[[dict[str, bytes]], dict[str, bytes]],
) -> None:
    found = parts()
    sheet = found["xl/worksheets/sheet1.xml"]
    found["xl/worksheets/sheet1.xml"] = b'<row hidden="1" r='.join(sheet.rsplit(b"<row r=", 1))
    doc = read_file(archive(moved(found)), "a.xlsx", DATASETS)
    assert [problem.code for problem in doc.problems] == ["tep.ban_ghi_an"]
    assert doc.rows["hidden"].sum() == 1


def _workbook(rows: Sequence[Sequence[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(rows: Sequence[Sequence[str]]) -> bytes:
    return "\n".join(map(",".join, rows)).encode()


@pytest.mark.parametrize("written", [_workbook, _text])
@pytest.mark.parametrize("first", ["A B C D", "1 2 3 4", "(1) (2) (3)"])
def test_a_sheet_that_begins_with_what_looks_like_numbers_of_columns_is_unknown(
    first: str, written: Callable[[Sequence[Sequence[str]]], bytes]
) -> None:
    doc = read_file(written([first.split(), ["001", "b", "1", "a"], ["002", "c", "1"]]), "a", DATASETS)
    assert [problem.code for problem in doc.problems] == ["tep.khong_ro_bo_du_lieu"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'encoding="UTF-8"', b'encoding="x-foo"'),
        (b"<?xml", b"\n<?xml"),
        (b"<sheets>", b"<sheets><q:nobody_knows/>"),
    ],
)
def test_a_workbook_part_that_only_a_strict_parser_minds_is_read(old: bytes, new: bytes) -> None:
    found = parts()
    xml = found["xl/workbook.xml"]
    if not xml.startswith(b"<?xml"):
        xml = b'<?xml version="1.0" encoding="UTF-8"?>' + xml
    assert old in xml
    doc = read_file(archive(found | {"xl/workbook.xml": xml.replace(old, new, 1)}), "a.xlsx", DATASETS)
    assert doc.problems == ()
    assert doc.tables[0].cells.height == 5


@pytest.mark.parametrize(
    "names",
    [("xl/media/image1.png", "xl/media/Image1.PNG"), ("xl/media/R&D.png",), ("customXml/workbook.xml",)],
)
def test_parts_that_are_no_sheets_may_be_called_anything(names: Sequence[str]) -> None:
    doc = read_file(archive(parts() | dict.fromkeys(names, b"x")), "a.xlsx", DATASETS)
    assert doc.problems == ()
    assert doc.tables[0].cells.height == 5


def test_what_systems_leave_in_a_zip_is_no_table() -> None:
    dataset = DATASETS["moi_truong"]
    litter = [
        "bc/desktop.ini",
        "Thumbs.db",
        "__MACOSX/bc/._a.xlsx",
        "~$a.xlsx",
        "bc/.git/config",
        "$RECYCLE.BIN/b.csv",
    ]
    members = {"bc/a.xlsx": form(dataset, records(dataset, 3)), **dict.fromkeys(litter, b"[a]")}
    doc = read_file(archive(members), "a.zip", DATASETS)
    assert ([table.dataset for table in doc.tables], doc.problems) == (["moi_truong"], ())
    told = read_file(archive({**members, "bc/b.ini": b"[a]"}), "a.zip", DATASETS)
    assert [each.code for each in told.problems] == ["tep.khong_ro_bo_du_lieu"]
