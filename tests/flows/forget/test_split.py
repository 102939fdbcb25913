"""A name or a number that is split over cells, or over runs of a comment, is found, taken out and proved."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.comments import Comment

from flows.forget.find import find_in_archive
from flows.forget.gate import make_gate
from flows.forget.person import ERASED, ForgottenPerson
from flows.forget.redact import redact
from flows.forget.tombstones import note_request
from flows.forget.traces import look_for
from flows.read.reader import read_sheets
from flows.read.tables.heading import vocabulary_of
from flows.root import Root
from schemas.registry import load
from tests.arrived import receive
from tests.conftest import TODAY, lines
from tests.flows.read.layouts import CONTAINERS, Laid

CONTRACTS = load()
DATASETS = CONTRACTS.datasets
PERSON = ForgottenPerson("038085000003", ("bùi văn mẫu",), ("0912345678",))

Rows = list[list[str | None]]

#: Rows with the person in some of them, and the same without him.
SPLIT: dict[str, tuple[Rows, Rows]] = {
    "name beside": ([["Bùi Văn", "Mẫu"], ["Trần", "Khác"]], [[ERASED, None], ["Trần", "Khác"]]),
    "name in three": (
        [["x", "Bùi", "Văn", "Mẫu"], ["Trần", "a", "b", "c"]],
        [["x", ERASED], ["Trần", "a", "b", "c"]],
    ),
    "blank between": ([["Bùi Văn", None, "Mẫu"], ["a", "b", "c"]], [[ERASED], ["a", "b", "c"]]),
    "name within text": (
        [["ông Bùi Văn", "Mẫu (chủ hộ)"], ["a", "b"]],
        [[f"ông {ERASED}", " (chủ hộ)"], ["a", "b"]],
    ),
    "name below": ([["a", "Bùi Văn"], ["b", "Mẫu"], ["c", "d"]], [["a", ERASED], ["b"], ["c", "d"]]),
    "number beside": ([["a", "038085", "000003", "b"], ["c", "d", "e", "f"]], [[], ["c", "d", "e", "f"]]),
    "a digit a cell": ([[*"038085000003"], [*"abcdefghijkl"]], [[], [*"abcdefghijkl"]]),
    "number within text": (
        [["số 038085", "000003 nhé"], ["a", "b"]],
        [[f"số {ERASED}", " nhé"], ["a", "b"]],
    ),
    "phone": ([["0912", "345", "678"], ["a", "b", "c"]], [[ERASED], ["a", "b", "c"]]),
}
OTHERS: dict[str, Rows] = {
    "another name": [["Bùi Văn", "Mẫun"], ["Bùi Văn", "Khác"], ["Văn", "Mẫu"]],
    "another number": [["1038085", "000003"], ["038085", "0000031"]],
    "far below": [["a", "Bùi Văn"], ["b", None], ["c", None], ["d", "Mẫu"]],
}


def made(container: str, rows: Rows) -> bytes:
    laid = Laid(DATASETS["dan_cu"])
    laid.cells = {(0, at): f"Cột {at}" for at in range(len(rows[0]))}
    for row, cells in enumerate(rows, 1):
        laid.cells |= {(row, at): cell for at, cell in enumerate(cells) if cell is not None}
    return CONTAINERS[container](laid)


def cells_of(data: bytes) -> Rows:
    (sheet,) = read_sheets(data, "a", vocabulary_of(DATASETS))
    columns = [sheet.column(at)[0].to_list() for at in range(sheet.width)]
    rows = [list(row) for row in zip(*columns, strict=True)]
    while rows and not any(rows[-1]):
        rows.pop()
    return [row[: max((at for at, cell in enumerate(row, 1) if cell), default=0)] for row in rows[1:]]


def trimmed(rows: Rows) -> Rows:
    return [row[: max((at for at, cell in enumerate(row, 1) if cell), default=0)] for row in rows]


def mentions(folder: Path, data: bytes) -> bool:
    folder.joinpath("raw").mkdir(exist_ok=True)
    path = folder / "raw" / "a"
    path.write_bytes(data)
    (seen,) = look_for(PERSON, DATASETS, [path])
    assert seen is not None
    return seen


@pytest.mark.parametrize("container", ["xlsx", "xls", "ods", "html", "csv", "Unicode text"])
def test_what_is_split_over_cells_is_seen_and_taken_out(container: str, tmp_path: Path) -> None:
    for name, (rows, left) in SPLIT.items():
        data = made(container, rows)
        assert mentions(tmp_path, data), name
        found = redact(data, "a.csv", PERSON, DATASETS)
        assert found is not None, name
        assert cells_of(found.data) == trimmed(left), name
        assert not mentions(tmp_path, found.data), name
        assert redact(found.data, "a.csv", PERSON, DATASETS) is None, name


@pytest.mark.parametrize("container", ["xlsx", "csv"])
def test_what_only_looks_like_a_part_stays(container: str, tmp_path: Path) -> None:
    for name, rows in OTHERS.items():
        data = made(container, rows)
        assert redact(data, "a.csv", PERSON, DATASETS) is None, name
        assert not mentions(tmp_path, data), name


def commented(*runs: str) -> bytes:
    book, target, out = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["Một", "Hai"])
    book.active["A1"].comment = Comment("LỜI", "x")
    book.save(target)
    told = "".join(f'<r><rPr><b/></rPr><t xml:space="preserve">{run}</t></r>' for run in runs)
    with zipfile.ZipFile(target) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).decode().replace("<t>LỜI</t>", told))
    return out.getvalue()


@pytest.mark.parametrize(
    "runs",
    [("ông Bùi ", "Văn Mẫ", "u gọi"), ("số 038", "085000", "003"), ("B&#249;i V&#259;n ", "M&#7851;u")],
)
def test_what_is_split_over_runs_of_a_comment_is_seen_and_taken_out(
    runs: tuple[str, ...], tmp_path: Path
) -> None:
    data = commented(*runs)
    assert mentions(tmp_path, data)
    found = redact(data, "a.xlsx", PERSON, DATASETS)
    assert found is not None
    assert not mentions(tmp_path, found.data)


def test_find_tells_of_a_file_that_mentions_the_person_nowhere_but_there(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.prepare(["T01"])
    for name, data in {
        "loi.xlsx": commented("số 038", "085000", "003"),
        "o.csv": lines([["Cột 1", "Cột 2"], ["Bùi Văn", "Mẫu"]]).encode(),
        "khac.csv": lines([["Cột 1", "Cột 2"], ["Trần Văn", "Mẫu"]]).encode(),
    }.items():
        (root.inbox / "T01" / name).write_bytes(data)
    receive(root, TODAY)
    places = find_in_archive(root, PERSON, CONTRACTS)
    assert sorted(place.what.split(" ")[0] for place in places) == ["T01/loi.xlsx", "T01/o.csv"]


@pytest.mark.parametrize("name", ["number beside", "a digit a cell"])
def test_a_later_file_with_a_number_that_is_split_is_rewritten(name: str, tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.prepare(["T01"])
    note_request(root, PERSON.number, (), "x")
    gate = make_gate(root, CONTRACTS)
    assert gate is not None
    rows, left = SPLIT[name]
    path = root.inbox / "T01" / "a.csv"
    path.write_bytes(made("csv", rows))
    assert cells_of(gate("T01", path, path.read_bytes())[1]) == trimmed(left)
