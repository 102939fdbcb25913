"""Ten days of one commune's faults, fixed, back again, moved, renamed, waived: the ledger is as by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import polars as pl
import pytest

from flows.build import _handed_in
from flows.collect import HandIn
from flows.digest import digest
from flows.faults import fault_table
from flows.ledger import follow, pace
from flows.protect import Key
from flows.roll_call import roll_call, roll_call_faults, unusual
from flows.settle import settle
from schemas.registry import Contracts, load
from schemas.tables import ISSUES
from schemas.units import Commune, Thon, Unit
from schemas.waivers import Waiver, WaiverError, read
from tests.conftest import lines

DATASET = load().datasets["phan_anh_ha_tang"]
COMMUNE = Commune(
    code="00001",
    name="Xã Mẫu",
    province="Tỉnh Mẫu",
    since=date(2026, 11, 1),
    units=(Unit("T01", "thon", "Thôn Hạ"), Unit("T02", "thon", "Bản Chu")),
    thon=(Thon("T01", "Thôn Hạ", "Xã Cũ"), Thon("T02", "Bản Chu", "Xã Cũ")),
    moved={},
)
WAIVER = "T01,phan_anh_ha_tang,ngay_giai_quyet.truoc_ngay,,Sổ gốc thất lạc.,2026-11-22"
HEAD = "unit,dataset,code,record,reason,until\n"
FIRST = date(2026, 11, 16)

SAME = ["03/11/2026", "Khác", "Cột xiêu", "Mới", None]
GOOD_A = ["20/10/2026", "Viettel", "Mất sóng", "Đã giải quyết", "22/10/2026"]
BAD_A = ["20/10/2026", "Viettel", "Mất sóng", "Xong xuôi cả", "22/10/2026"]
GOOD_B = ["01/11/2026", "VNPT", "Đứt cáp", "Đang xử lý", "02/11/2026"]
BAD_B = ["01/11/2026", "VNPT", "Đứt cáp", "Đang xử lý", "31/10/2026"]
BAD_C = ["05/11/2026", "VNPT", "Tủ cáp hỏng", "Đã giải quyết", None]
OTHERS = [["06/11/2026", "Viettel", f"Việc số {n}", "Mới", None] for n in range(3)]


def table(*rows: list[object]) -> bytes:
    heading = ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]
    return lines([["Tháng 11 năm 2026"], heading, *([n, *row] for n, row in enumerate(rows, 1))]).encode()


#: What came on which day: unit, name, content. On the second day rows stand above, in another order.
INBOX: dict[int, list[tuple[str, str, bytes]]] = {
    1: [("T01", "phan anh.csv", table(BAD_A, BAD_B, SAME)), ("T02", "hong.xlsx", b"PK\x03\x04 half")],
    2: [("T01", "phan anh (2).csv", table(*OTHERS, SAME, BAD_B, BAD_A))],
    3: [("T01", "phan anh.csv", table(GOOD_A, BAD_B, SAME))],
    4: [("T01", "thon ha.csv", table(SAME, OTHERS[0], BAD_A, BAD_B))],
    6: [("T02", "bao cao.csv", table(SAME))],
    9: [("T01", "sua.csv", table(GOOD_A, GOOD_B, SAME, BAD_C))],
    10: [("T01", "sua lan nua.csv", table(BAD_B, GOOD_A, SAME))],
}


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


def contracts(*waivers: Waiver) -> Contracts:
    return replace(load(), datasets={DATASET.name: DATASET}, commune=COMMUNE, waivers=waivers)


def ledger(number: int, before: pl.DataFrame, waivers: tuple[Waiver, ...] = ()) -> pl.DataFrame:
    """The ledger of the day, from everything that had come by then and the ledger before."""
    held = contracts(*waivers)
    digests = []
    for at in range(1, number + 1):
        for unit, name, content in INBOX.get(at, []):
            received = f"{day(at)}T09:00:00+07:00"
            hand_in = HandIn(received, unit, name, sha256(content).hexdigest(), len(content))
            digests.append(digest(hand_in, content, held))
    settled = settle(digests, [], held.datasets)
    called = roll_call(COMMUNE, held.datasets, _handed_in(settled), day(number))
    judged = {name: settled.records(name) for name in settled.verdicts}
    silent = [roll_call_faults(called, COMMUNE, held.datasets), unusual(judged, held.datasets)]
    faults = fault_table(settled, digests, [], pl.concat(silent), held, Key(b"key"))
    return follow(faults.followed, before, day(number), waivers)


def run(last: int) -> pl.DataFrame:
    now = ISSUES.conform(pl.DataFrame())
    for number in range(1, last + 1):
        now = ledger(number, now, waivers(number))
    return now


def waivers(number: int) -> tuple[Waiver, ...]:
    """The waiver is declared on the fifth day, and never taken out of the file."""
    return read(HEAD + WAIVER) if number >= 5 else ()


def told(issues: pl.DataFrame) -> list[tuple[object, ...]]:
    return issues.select("unit", "code", "state", "opened", "closed", "age_days").sort("unit", "code").rows()


A, B, C = "trang_thai.ngoai_danh_muc", "ngay_giai_quyet.truoc_ngay", "ngay_giai_quyet.thieu_khi_xong"
BROKEN, SILENT, LATE = "tep.khong_mo_duoc", "giao_nop.chua_co", "giao_nop.tre_han"
TRUTH: dict[int, list[tuple[object, ...]]] = {
    1: [("T01", B, "mo", 1, None), ("T01", A, "mo", 1, None), ("T02", BROKEN, "mo", 1, None)],
    2: [("T01", B, "mo", 1, None), ("T01", A, "mo", 1, None), ("T02", BROKEN, "mo", 1, None)],
    3: [("T01", B, "mo", 1, None), ("T01", A, "da_sua", 1, 3), ("T02", BROKEN, "mo", 1, None)],
    4: [
        ("T01", B, "mo", 1, None),
        ("T01", A, "mo_lai", 1, None),
        ("T02", SILENT, "mo", 4, None),
        ("T02", BROKEN, "mo", 1, None),
    ],
    5: [
        ("T01", B, "mien", 1, None),
        ("T01", A, "mo_lai", 1, None),
        ("T02", SILENT, "mo", 4, None),
        ("T02", BROKEN, "mo", 1, None),
    ],
    6: [
        ("T01", B, "mien", 1, None),
        ("T01", A, "mo_lai", 1, None),
        ("T02", SILENT, "da_sua", 4, 6),
        ("T02", LATE, "mo", 6, None),
        ("T02", BROKEN, "da_sua", 1, 6),
    ],
    8: [
        ("T01", B, "mo", 1, None),
        ("T01", A, "mo_lai", 1, None),
        ("T02", SILENT, "da_sua", 4, 6),
        ("T02", LATE, "mo", 6, None),
        ("T02", BROKEN, "da_sua", 1, 6),
    ],
    9: [
        ("T01", C, "mo", 9, None),
        ("T01", B, "da_sua", 1, 9),
        ("T01", A, "da_sua", 1, 9),
        ("T02", SILENT, "da_sua", 4, 6),
        ("T02", LATE, "mo", 6, None),
        ("T02", BROKEN, "da_sua", 1, 6),
    ],
    10: [
        ("T01", C, "da_sua", 9, 10),
        ("T01", B, "mo_lai", 1, None),
        ("T01", A, "da_sua", 1, 9),
        ("T02", SILENT, "da_sua", 4, 6),
        ("T02", LATE, "mo", 6, None),
        ("T02", BROKEN, "da_sua", 1, 6),
    ],
}
TRUTH[7] = TRUTH[6]


@pytest.mark.parametrize("number", sorted(TRUTH))
def test_the_ledger_is_as_written_by_hand(number: int) -> None:
    truth = [
        (unit, code, state, day(opened), closed and day(closed), (closed or number) - opened)
        for unit, code, state, opened, closed in TRUTH[number]
    ]
    assert told(run(number)) == sorted(truth, key=lambda row: row[:2])


@pytest.mark.parametrize("number", [1, 3, 5, 8, 10])
def test_running_a_day_again_changes_nothing(number: int) -> None:
    before = run(number - 1)
    once = ledger(number, before, waivers(number))
    assert once.equals(ledger(number, before, waivers(number)))


def test_a_waived_fault_is_shown_with_its_reason_and_last_day() -> None:
    waived = run(6).filter(state="mien").select("code", "reason", "until").rows()
    assert waived == [(B, "Sổ gốc thất lạc.", date(2026, 11, 22))]
    assert run(8)["reason"].null_count() == run(8).height


def test_a_fault_knows_how_often_it_came_back() -> None:
    assert run(10).filter(code=B)["reopened"].to_list() == [1]


def test_each_unit_is_told_how_it_keeps_up() -> None:
    assert pace(run(10)).rows() == [("T01", 1, 0, 2, 9, 9.0, 4.5), ("T02", 1, 0, 2, 4, 4.0, 3.5)]


@pytest.mark.parametrize("column", ["record", "issue"])
def test_a_waiver_may_name_one_record_or_issue(column: str) -> None:
    one = run(4).filter(code=A)[column].item()
    waiver = read(f"{HEAD},,{A},{one},Chờ thống nhất.,2026-12-31")
    other = read(f"{HEAD},,{A},khac,Chờ thống nhất.,2026-12-31")
    states = [ledger(5, run(4), given).filter(code=A)["state"].item() for given in (waiver, other)]
    assert states == ["mien", "mo_lai"]


@pytest.mark.parametrize(
    "line",
    [
        "T01,,,,Vì thế,2026-12-31",
        "T01,,a.thieu,,,2026-12-31",
        "T01,,a.thieu,,Vì thế,",
        "T01,,a.thieu,,Vì,31/12",
    ],
)
def test_a_waiver_without_code_reason_or_day_is_refused(line: str) -> None:
    with pytest.raises(WaiverError, match="Dòng 2"):
        read(HEAD + line)


def test_a_roots_own_waivers_add_to_those_declared_and_change_the_contracts() -> None:
    held = load().with_waivers(HEAD + WAIVER)
    assert (len(held.waivers), held.digest == load().digest) == (len(load().waivers) + 1, False)
    assert held.with_waivers(HEAD + WAIVER) == held
