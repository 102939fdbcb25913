"""A person is taken out of a file of any format; all else is read from it as before."""

from __future__ import annotations

from pathlib import Path
from random import Random

import polars as pl
import pytest

from flows.forget.person import ERASED, ForgottenPerson
from flows.forget.redact import redact
from flows.forget.traces import find_traces, read_texts
from flows.read import read_file
from flows.read.table import ReadTable
from flows.root import Root
from schemas.datasets import load
from schemas.registry import load as load_contracts
from tests.conftest import lines
from tests.flows.read.layouts import CONTAINERS, lay_out

DATASETS = load()
NUMBER = "038085000003"


def table(data: bytes) -> ReadTable:
    (found,) = read_file(data, "ds.csv", DATASETS).tables
    return found


@pytest.mark.parametrize("container", CONTAINERS)
def test_a_row_goes_and_the_others_are_read_as_before(container: str) -> None:
    data = CONTAINERS[container](lay_out(DATASETS["dan_cu"], Random(container)))
    number = table(data).cells["so_dinh_danh.typed"][0]
    person = ForgottenPerson(number)
    found = redact(data, "ds.csv", person, DATASETS)
    assert found is not None
    assert (found.rows, found.cells) == (1, 0)
    before, after = table(data), table(found.data)
    assert after.cells.equals(before.cells.filter(pl.col("so_dinh_danh.typed") != number))
    assert after.letters == before.letters
    assert not person.seen_in(read_texts(found.data))
    assert redact(found.data, "ds.csv", person, DATASETS) is None


@pytest.mark.parametrize("container", ["xlsx", "xls", "csv"])
def test_a_name_is_replaced_where_no_number_stands(container: str) -> None:
    data = CONTAINERS[container](lay_out(DATASETS["ho_gia_dinh"], Random(container)))
    name = table(data).cells["chu_ho.typed"][0]
    person = ForgottenPerson(NUMBER, (name.lower(),))
    found = redact(data, "ho.csv", person, DATASETS)
    assert found is not None
    assert found.rows == 0
    before, after = table(data).cells, table(found.data).cells
    assert after.drop("chu_ho.typed").equals(before.drop("chu_ho.typed"))
    assert after["chu_ho.typed"].to_list() == [
        ERASED if each == name else each for each in before["chu_ho.typed"]
    ]


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("038085000003", None),
        ("38085000003", None),
        ("'038 085 000 003", None),
        ("38085000003.0", None),
        ("Ông có số 038085000003 gọi lại", f"Ông có số {ERASED} gọi lại"),
        ("gọi 0912.345.678 nhé", f"gọi {ERASED} nhé"),
        ("0380850000031", "0380850000031"),
        ("138085000003", "138085000003"),
        ("ông Bùi  văn MẪU phản ánh", f"ông {ERASED} phản ánh"),
        ("Bùi Văn Mẫun", "Bùi Văn Mẫun"),
    ],
)
def test_what_tells_of_a_person(typed: str, left: str | None) -> None:
    person = ForgottenPerson(NUMBER, ("bùi văn mẫu",), ("0912345678",))
    data = lines([["Một", "Hai"], ["a", typed], ["b", "c"]]).encode()
    found = redact(data, "x.csv", person, DATASETS)
    text = (found.data if found else data).decode()
    assert text == lines([["Một", "Hai"], ["a", left] if left else [], ["b", "c"]])


def test_a_file_that_is_no_table_goes_as_a_whole() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument\0Bùi Văn Mẫu\0\0".encode("utf-16-le")
    found = redact(data, "don.doc", ForgottenPerson(NUMBER, ("bùi văn mẫu",)), DATASETS)
    assert found is not None
    assert found.data.decode().startswith(ERASED)


@pytest.mark.parametrize(
    ("start", "can_be_read"),
    [(b"%PDF-1.7 ", False), (b"\x89PNG", False), (b"PK\x05\x06" + b"\0" * 18, True), (b"PK\x05\x06", True)],
    ids=["pdf", "picture", "empty zip", "broken zip"],
)
def test_what_nobody_can_look_into_is_told(start: bytes, can_be_read: bool, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(start + f" {NUMBER} ".encode())
    left, sealed = find_traces(Root(tmp_path), ForgottenPerson(NUMBER), load_contracts())
    assert (left, sealed) == (([tmp_path / "a"], []) if can_be_read else ([], [tmp_path / "a"]))
