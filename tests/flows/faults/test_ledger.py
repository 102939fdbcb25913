"""Ten days of one commune's faults, fixed, back again, moved, renamed, waived: the ledger is as by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path

import polars as pl
import pytest

from flows.cli.main import main
from flows.collect.submission import Submission
from flows.day_tables import list_received
from flows.faults.ledger import follow, measure_pace
from flows.faults.table import build_fault_table
from flows.intake.records import clean_submission
from flows.protect import Key
from flows.roll_call import call_roll, find_roll_call_faults
from flows.settle.periods import settle_submissions
from schemas.declared import DeclarationError
from schemas.registry import Contracts, load
from schemas.tables import ISSUES
from schemas.units import Commune, Thon, Unit
from schemas.waivers import FILE, Waiver
from tests.conftest import lines

CONTRACTS = load()
DATASET = CONTRACTS.datasets["phan_anh_ha_tang"]
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


def table(*rows: list[object], month: int = 11) -> bytes:
    heading = ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"]
    return lines(
        [[f"Tháng {month} năm 2026"], heading, *([n, *row] for n, row in enumerate(rows, 1))]
    ).encode()


#: A table, but no form of the commune's.
STRANGE = b"Thu,Ca sang,Ca chieu\nHai,1,2\n"

#: What came on which day: unit, name, content. On the second day rows stand above, in another order.
INBOX: dict[int, list[tuple[str, str, bytes]]] = {
    1: [("T01", "phan anh.csv", table(BAD_A, BAD_B, SAME)), ("T02", "hong.xlsx", b"PK\x03\x04 half")],
    2: [("T01", "phan anh lan 2.csv", table(*OTHERS, SAME, BAD_B, BAD_A))],
    3: [("T01", "phan anh.csv", table(GOOD_A, BAD_B, SAME, *OTHERS))],
    4: [("T01", "thon ha.csv", table(SAME, OTHERS[0], BAD_A, BAD_B))],
    6: [("T02", "hong.csv", table(SAME))],
    9: [("T01", "sua.csv", table(GOOD_A, GOOD_B, SAME, BAD_C))],
    7: [("T01", "to khai.csv", STRANGE), ("T02", "danh ba.csv", STRANGE + b"Ba,4,5\n")],
    10: [("T01", "to khai.csv", table(BAD_B, GOOD_A, SAME))],
    31: [("T02", "thang 12.csv", table(["20/11/2026", *SAME[1:]], month=12))],
}


def day(number: int) -> date:
    return FIRST + timedelta(days=number - 1)


@cache
def contracts(*waivers: Waiver) -> Contracts:
    return replace(CONTRACTS, datasets={DATASET.name: DATASET}, commune=COMMUNE, waivers=waivers)


def ledger(number: int, before: pl.DataFrame, waivers: tuple[Waiver, ...] = ()) -> pl.DataFrame:
    """The ledger of the day, from everything that had come by then and the ledger before."""
    held = contracts(*waivers)
    all_cleaned = []
    for at in range(1, number + 1):
        for unit, name, content in INBOX.get(at, []):
            received = f"{day(at)}T09:00:00+07:00"
            submission = Submission(received, unit, name, sha256(content).hexdigest(), len(content))
            all_cleaned.append(clean_submission(submission, content, held))
    settled = settle_submissions(all_cleaned, [], held)
    called = call_roll(COMMUNE, held.datasets, list_received(settled), day(number))
    silent = find_roll_call_faults(called, COMMUNE, held.datasets)
    faults = build_fault_table(settled, silent, held, Key(b"key"))
    return follow(faults.followed, before, day(number), waivers)


@cache
def run(last: int) -> pl.DataFrame:
    before = run(last - 1) if last > 1 else ISSUES.conform(pl.DataFrame())
    return ledger(last, before, waivers(last)) if last else before


def waivers(number: int) -> tuple[Waiver, ...]:
    """The waiver is declared on the fifth day, and never taken out of the file."""
    return waived(WAIVER) if number >= 5 else ()


def waived(lines: str) -> tuple[Waiver, ...]:
    return CONTRACTS.with_waivers((HEAD + lines).encode()).waivers


def told(issues: pl.DataFrame) -> list[tuple[object, ...]]:
    return issues.select("unit", "code", "state", "opened", "closed", "age_days").sort("unit", "code").rows()


A, B, C = "trang_thai.ngoai_danh_muc", "ngay_giai_quyet.truoc_ngay", "ngay_giai_quyet.thieu_khi_xong"
BROKEN, SILENT, LATE = "tep.khong_mo_duoc", "giao_nop.chua_co", "giao_nop.tre_han"
NO_FORM = "tep.khong_ro_bo_du_lieu"
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
        ("T01", NO_FORM, "mo", 7, None),
        ("T02", NO_FORM, "mo", 7, None),
    ],
    9: [
        ("T01", C, "mo", 9, None),
        ("T01", B, "da_sua", 1, 9),
        ("T01", A, "da_sua", 1, 9),
        ("T02", SILENT, "da_sua", 4, 6),
        ("T02", LATE, "mo", 6, None),
        ("T02", BROKEN, "da_sua", 1, 6),
        ("T01", NO_FORM, "mo", 7, None),
        ("T02", NO_FORM, "mo", 7, None),
    ],
    10: [
        ("T01", C, "da_sua", 9, 10),
        ("T01", B, "mo_lai", 1, None),
        ("T01", A, "da_sua", 1, 9),
        ("T02", SILENT, "da_sua", 4, 6),
        ("T02", LATE, "mo", 6, None),
        ("T02", BROKEN, "da_sua", 1, 6),
        ("T01", NO_FORM, "da_sua", 7, 10),
        ("T02", NO_FORM, "mo", 7, None),
    ],
}
TRUTH[7] = [*TRUTH[6], *((unit, NO_FORM, "mo", 7, None) for unit in ("T01", "T02"))]


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


def test_a_file_that_is_no_form_is_not_forgotten_with_the_next_period() -> None:
    issues = ledger(31, run(10), waivers(31)).filter(code=NO_FORM, unit="T02")
    assert issues.select("state", "closed").rows() == [("mo", None)]


def test_a_waived_fault_is_shown_with_its_reason_and_last_day() -> None:
    shown = run(6).filter(state="mien").select("code", "reason", "until").rows()
    assert shown == [(B, "Sổ gốc thất lạc.", date(2026, 11, 22))]
    assert run(8)["reason"].null_count() == run(8).height


def test_a_fault_knows_how_often_it_came_back() -> None:
    assert run(10).filter(code=B)["reopened"].to_list() == [1]


def test_each_unit_is_told_how_it_keeps_up() -> None:
    assert measure_pace(run(10)).rows() == [("T01", 1, 0, 3, 9, 9.0, 3.0), ("T02", 2, 0, 2, 4, 3.5, 3.5)]


@pytest.mark.parametrize("column", ["record", "issue"])
def test_a_waiver_may_name_one_record_or_issue(column: str) -> None:
    one = run(4).filter(code=A)[column].item()
    waiver = waived(f",,{A},{one},Chờ thống nhất.,2026-12-31")
    other = waived(f",,{A},khac,Chờ thống nhất.,2026-12-31")
    states = [ledger(5, run(4), given).filter(code=A)["state"].item() for given in (waiver, other)]
    assert states == ["mien", "mo_lai"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("T01,,,,Vì thế,2026-12-31", "thiếu mã lỗi hoặc lý do"),
        (f"T01,,{A},,,2026-12-31", "thiếu mã lỗi hoặc lý do"),
        (f"T01,,{A},,Vì thế,", "chưa ghi ngày hết hạn"),
        (f"T01,,{A},,Vì thế,31/12", "chưa ghi ngày hết hạn"),
        (f"T99,,{A},,Vì thế,2026-12-31", "không có đơn vị “T99”"),
        (f"T01,ho_dan,{A},,Vì thế,2026-12-31", "không có bộ dữ liệu “ho_dan”"),
        ("T01,,ngay.thiếu,,Vì thế,2026-12-31", "không có mã lỗi “ngay.thiếu”"),
        ("T01", "thiếu mã lỗi hoặc lý do"),
    ],
)
def test_a_waiver_that_would_waive_nothing_is_refused_with_its_line(line: str, why: str) -> None:
    with pytest.raises(DeclarationError, match=f"^schemas/waivers.csv, dòng 4: {why}"):
        waived(f"{WAIVER}\n\n{line}")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (HEAD.encode("utf-16"), "không phải tệp CSV UTF-8"),
        (b"ma;code\n", "dòng 1: thiếu cột unit, dataset"),
    ],
)
def test_a_file_of_waivers_that_is_none_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(DeclarationError, match=why):
        load().with_waivers(content)


def test_a_bad_file_of_waivers_ends_the_command_with_2(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "schemas").mkdir()
    (tmp_path / FILE).write_text(f"{HEAD}T01,,khong.co,,Vì thế,2026-12-31\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["dulieuxa", "run", "--plain", "--root", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "schemas/waivers.csv, dòng 2: không có mã lỗi “khong.co”.\n"
    assert not (tmp_path / "curated" / "latest").exists()


def test_a_roots_own_waivers_add_to_those_declared_and_change_the_contracts() -> None:
    content = (HEAD + WAIVER).encode()
    held = load().with_waivers(content)
    assert (len(held.waivers), held.hash == load().hash) == (len(load().waivers) + 1, False)
    assert held.with_waivers(content) == held
