"""Hand-ins that may be older than what they replace: told, whoever is right; corrections are not."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from flows.check import check
from flows.collect.archive import keep
from flows.collect.submission import Meant, Submission
from flows.intake.model import CleanedSubmission
from flows.intake.records import clean_submission
from flows.read.formats.container import Container
from flows.read.formats.saved import read_saved
from flows.root import Root
from flows.settle.older import says_copy, says_old
from flows.settle.periods import settle_submissions
from schemas.registry import load
from tests.conftest import lines
from tests.flows.settle.households import table

CONTRACTS = load()
CODES = {"tep.ban_cu", "tep.sua_ky_cu", "tep.doi_het"}
Homes = Mapping[int, int]


def homes(counts: Homes, month: int = 10) -> list[list[object]]:
    rows = ({"ma_ho": f"H{number:05}", "nhan_khau": count} for number, count in counts.items())
    return table("ho_gia_dinh", month, rows)


def book(**sheets: list[list[object]]) -> bytes:
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(out)
    return out.getvalue()


def came(
    day: int, data: bytes, name: str, written: str | None = None, meant: Meant | None = None
) -> CleanedSubmission:
    received = f"2026-12-{day:02}T08:00:00+07:00"
    moment = f"2026-12-{written}:00+07:00" if written else None
    one = Submission(received, "T01", name, sha256(data).hexdigest(), len(data), moment, meant=meant)
    return clean_submission(one, data, CONTRACTS)


def told(*submissions: CleanedSubmission) -> list[tuple[str, str]]:
    found = settle_submissions(submissions, [], CONTRACTS).faults
    return found.filter(found["code"].is_in(CODES)).select("file", "code").rows()


NEW, OLD = dict.fromkeys(range(6), 4), {0: 5} | dict.fromkeys(range(1, 6), 4)


@pytest.mark.parametrize(
    ("name", "clocks", "second", "meant", "warned"),
    [
        ("ho.csv", ("01T09:00", "01T08:00"), OLD, None, True),
        ("ho.csv", ("01T09:00", "01T08:00"), OLD, "ca_bang", False),
        ("ho.csv", ("01T09:00", "01T08:00"), NEW, None, False),
        ("ho.csv", ("01T09:00", "01T09:30"), OLD, None, False),
        ("ho.csv", ("01T09:00", None), OLD, None, False),
        ("ho - Copy.csv", ("01T09:00", "01T09:00"), OLD, None, True),
        ("ho (1).csv", (None, None), OLD, None, True),
        ("ho (1).csv", ("01T09:00", "01T09:30"), OLD, None, False),
        ("ho bản cũ.csv", ("01T09:00", "01T09:30"), OLD, None, True),
        ("backup_ho.csv", (None, None), OLD, None, True),
    ],
)
def test_an_older_copy_that_changes_figures_is_told(
    name: str, clocks: tuple[str | None, str | None], second: Homes, meant: Meant | None, warned: bool
) -> None:
    first = came(1, lines(homes(NEW)).encode() + b"\n", "dau.csv", clocks[0])
    other = came(2, lines(homes(second)).encode(), name, clocks[1], meant)
    assert told(first, other) == [(name, "tep.ban_cu")] * warned


def test_names_of_old_versions_and_copies() -> None:
    old = (
        "Backup of ho.xlk",
        "ho (cũ).xlsx",
        "ho_cu.xlsx",
        "Bản cũ - hộ.xlsx",
        "ho.bak",
        "so lieu cu.csv",
        "cu/ho.csv",
        "Bản cũ/a.csv",
    )
    copies = ("ho - Copy.xlsx", "ho - Copy (2).xlsx", "Copy of ho.xlsx", "Bản sao của hộ.xlsx", "ho(1).xlsx")
    plain = (
        "danh sach dan cu.xlsx",
        "Dân cư.xlsx",
        "ho thang (11).xlsx",
        "hộ xã cũ.xlsx",
        "ho (nộp lần 2).csv",
    )
    assert [name for name in (*old, *copies, *plain) if says_old(name)] == [*old]
    assert [name for name in (*old, *copies, *plain) if says_copy(name)] == [*copies]


def test_a_sheet_of_an_earlier_period_that_changes_its_figures_is_told() -> None:
    october, november = homes(NEW), homes(NEW, 11)
    first = came(1, book(T10=october), "ho.xlsx")
    changed = came(2, book(T10=homes(OLD), T11=november), "ca nam.xlsx")
    assert told(first, changed) == [("ca nam.xlsx", "tep.sua_ky_cu")]
    assert told(first, came(2, book(T10=october, T11=november), "ca nam.xlsx")) == []
    # A workbook of both is corrected by another one.
    assert told(changed, came(3, book(T10=october, T11=november), "sua.xlsx")) == []


def test_other_figures_in_every_record_are_told() -> None:
    first = came(1, lines(homes(NEW)).encode(), "1.csv")
    every = dict.fromkeys(NEW, 7)
    assert told(first, came(2, lines(homes(every)).encode(), "2.csv")) == [("2.csv", "tep.doi_het")]
    assert told(first, came(2, lines(homes(every | {0: 4})).encode(), "2.csv")) == []
    assert told(first, came(2, lines(homes(every)).encode(), "2.csv", meant="ca_bang")) == []
    two = came(1, lines(homes({0: 4, 1: 4})).encode(), "1.csv")
    assert told(two, came(2, lines(homes({0: 5, 1: 5})).encode(), "2.csv")) == []


def test_check_says_it_too(tmp_path: Path) -> None:
    root, data = Root(tmp_path / "root"), lines(homes(NEW)).encode()
    moment = "2026-12-01T08:00:00+07:00"
    keep(
        root, Submission(moment, "T01", "ho.csv", sha256(data).hexdigest(), len(data), moment), data, "ho.csv"
    )
    path = tmp_path / "ho sua.csv"
    path.write_text(lines(homes(OLD)), encoding="utf-8")
    for day, warned in (
        (datetime(2026, 11, 30, tzinfo=UTC), True),
        (datetime(2026, 12, 2, tzinfo=UTC), False),
    ):
        os.utime(path, (day.timestamp(), day.timestamp()))
        checked = check(path, "T01", datetime(2026, 12, 3, tzinfo=UTC).date(), CONTRACTS, root)
        assert ("tep.ban_cu" in checked.faults["code"].to_list()) == warned


def test_a_workbook_says_when_it_was_saved() -> None:
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.save(out)
    saved = read_saved(out.getvalue(), Container.WORKBOOK)
    assert saved is not None
    assert abs(saved - datetime.now(UTC)).total_seconds() < 3600
    ods = io.BytesIO()
    with zipfile.ZipFile(ods, "w") as package:
        package.writestr("meta.xml", "<office:meta><dc:date>2026-12-01T09:30:00.5</dc:date></office:meta>")
    saved = read_saved(ods.getvalue(), Container.ODS)
    assert saved is not None
    assert saved.isoformat() == "2026-12-01T09:30:00.500000+07:00"
    xml = b"<?xml version='1.0'?><Workbook><DocumentProperties><LastSaved>2026-12-01T02:30:00Z</LastSaved>"
    assert read_saved(xml, Container.MARKUP) == datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
    for broken in (b"PK", b"", out.getvalue()[:900]):
        assert [read_saved(broken, container) for container in Container] == [None] * len(Container)
