"""Rules across datasets: accounts and households against the register of their period, nothing made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import pytest

from flows.settle.model import LIVE
from flows.validate.across import explain_unjudged, reconcile
from flows.validate.records import Verdict, _apart, validate
from schemas.registry import load
from tests.flows.trial import DAY, part_of

CONTRACTS = load()
DATASETS = CONTRACTS.datasets
Rows = Sequence[Mapping[str, str]]
HERE, THERE = "Thôn Thanh Sơn", "Phố 1"


def verdict_of(name: str, *submissions: Rows) -> Verdict:
    parts = [(part_of(DATASETS[name], rows, CONTRACTS), DAY) for rows in submissions]
    return validate(parts, DATASETS[name])


def code_of(place: str) -> str:
    return str(part_of(DATASETS["dan_cu"], [{"thon": place}], CONTRACTS).frame["thon"][0])


def crossed(name: str, own: Rows, register: Rows | None, *, own_period: str = "2026-10") -> Verdict:
    verdicts = {name: verdict_of(name, own)}
    unit = code_of(HERE) if name == "ho_gia_dinh" else "cong_an"
    live = [(name, 0, unit, own_period)]
    if register is not None:
        verdicts["dan_cu"] = verdict_of("dan_cu", register)
        live.append(("dan_cu", 0, "cong_an", "2026-10"))
    return reconcile(verdicts, pl.DataFrame(live, schema=LIVE, orient="row"), DATASETS).verdicts[name]


def found(verdict: Verdict, name: str) -> list[tuple[int | None, str, str]]:
    codes = [rule.code for rule in DATASETS[name].cross]
    mine = verdict.faults.filter(pl.col("code").is_in(codes))
    return mine.select("_row", "column", "code").sort("_row", "code").rows()


def person(number: int, **more: str) -> dict[str, str]:
    return {"so_dinh_danh": f"0380900000{number:02}", "quan_he": "Con", **more}


def account(number: int, **more: str) -> dict[str, str]:
    return {"so_dinh_danh": f"0380900000{number:02}", **more}


DEAD = {"tinh_trang": "Đã chết", "ngay_mat": "01/10/2026"}
TOO_YOUNG = "muc_do.duoi_14_tuoi"
YOUNG = {"ngay_sinh": "01/11/2012"}


@pytest.mark.parametrize(
    ("own", "register", "codes"),
    [
        (account(1), [person(1)], []),
        (account(2), [person(1)], ["so_dinh_danh.khong_co_trong_dan_cu"]),
        (account(1), [person(1, **DEAD)], ["so_dinh_danh.da_chet"]),
        (account(1), [person(1, tinh_trang="Đã chuyển đi")], []),
        (account(1, muc_do="2"), [person(1, **YOUNG)], [TOO_YOUNG]),
        (account(1, muc_do="1"), [person(1, **YOUNG)], []),
        (account(1, muc_do="2"), [person(1, ngay_sinh="2013")], [TOO_YOUNG]),
        (account(1, muc_do="2"), [person(1, ngay_sinh="2012")], []),  # perhaps 14 by then
        (
            account(1, muc_do="2"),
            [person(1, **YOUNG, **DEAD)],
            [TOO_YOUNG, "so_dinh_danh.da_chet"],
        ),
        (account(1), [person(1, tinh_trang="?")], []),
        (account(1), [person(1, ngay_sinh="?")], []),  # quarantined, but there
        (account(1), [person(1, **DEAD), person(1)], []),  # two rows of one number: nobody can tell
        (account(1, so_dinh_danh="?"), [person(1)], []),
        (
            account(1, so_dinh_danh="099090000001"),
            [person(1)],
            [],
        ),  # wrong for sure
    ],
)
def test_accounts_against_the_register(own: dict[str, str], register: Rows, codes: list[str]) -> None:
    columns = {code: code.partition(".")[0] for code in codes}
    verdict = crossed("dinh_danh", [own], register)
    assert found(verdict, "dinh_danh") == [(2, columns[code], code) for code in codes]


def home(number: int, size: int | str = 1, **more: str) -> dict[str, str]:
    return {"ma_ho": f"H000{number:02}", "nhan_khau": str(size), **more}


def member(number: int, house: int, **more: str) -> dict[str, str]:
    return person(number, ma_ho=f"H000{house:02}", **more)


UNKNOWN, UNREPORTED, SIZE = (
    "ma_ho.khong_co_trong_dan_cu",
    "ma_ho.chua_bao_cao",
    "nhan_khau.khac_dan_cu",
)


@pytest.mark.parametrize(
    ("own", "register", "faults"),
    [
        ([home(1)], [member(1, 1)], []),
        ([home(1), home(2)], [member(1, 1)], [(3, "ma_ho", UNKNOWN)]),
        ([home(1)], [member(1, 1), member(2, 2)], [(None, "ma_ho", UNREPORTED)]),
        (
            [home(1)],
            [member(1, 1), member(2, 2, tinh_trang="Đã chuyển đi")],
            [],
        ),  # nobody lives there
        ([home(1)], [member(1, 1), member(2, 2, thon=THERE)], []),
        ([home(2)], [member(2, 2, thon=THERE)], [(2, "ma_ho", UNKNOWN)]),
        ([home(2)], [member(2, 2, thon="?")], []),  # where it stands nobody can read
        ([home(1, 2)], [member(1, 1)], [(2, "nhan_khau", SIZE)]),
        ([home(1, 1)], [member(1, 1), member(2, 1)], [(2, "nhan_khau", SIZE)]),
        ([home(1, 2)], [member(1, 1), member(2, 1, **DEAD)], [(2, "nhan_khau", SIZE)]),
        ([home(1, 2)], [member(1, 1), member(2, 1, tinh_trang="?")], []),  # may be alive
        ([home(1, 2)], [member(1, 1), person(2, ma_ho="?")], []),  # may be of this household
        ([home(1, 45)], [member(1, 1)], []),  # a size out of range is compared with nothing
        ([home(1, 3), home(2)], [member(1, 1)], [(2, "nhan_khau", SIZE), (3, "ma_ho", UNKNOWN)]),
        (
            [home(1), {"ma_ho": "?"}],
            [member(1, 1), member(2, 2)],
            [],
        ),  # that may be the one
    ],
)
def test_households_against_the_register_both_ways(
    own: Rows, register: Rows, faults: list[tuple[int | None, str, str]]
) -> None:
    assert found(crossed("ho_gia_dinh", own, register), "ho_gia_dinh") == faults


def test_messages_say_how_many_and_name_nobody() -> None:
    verdict = crossed("ho_gia_dinh", [home(1, 3)], [member(1, 1), member(2, 2), member(3, 3)])
    said = dict(verdict.faults.select("code", "message").rows())
    assert said[UNREPORTED] == "Hộ có trong danh sách dân cư nhưng thôn chưa báo cáo. Còn thiếu 2 trên 3 hộ."
    assert (
        said[SIZE] == "Số nhân khẩu khác danh sách dân cư. Danh sách dân cư ghi 1 người đang sống trong hộ."
    )


def test_a_good_row_with_a_fault_is_to_be_completed_and_a_quarantined_one_stays_so() -> None:
    rows = [home(1, 3), home(2, 3, internet="?"), home(3)]
    register = [member(1, 1), member(2, 2), member(3, 3)]
    assert crossed("ho_gia_dinh", rows, register).judged["_class"].to_list() == [
        "can_bo_sung",
        "khong_su_dung",
        "dat",
    ]


def test_cells_are_tallied_once_and_missing_households_count() -> None:
    alone = crossed("ho_gia_dinh", [home(1, 3)], None).tally
    beside = crossed("ho_gia_dinh", [home(1, 3)], [member(1, 1), member(2, 2)]).tally
    before, after = (
        {row["dimension"]: (row["judged"], row["failed"]) for row in each.rows(named=True)}
        for each in (alone, beside)
    )
    assert after["dung"] == before["dung"]  # the cell was judged already
    assert after["sach"] == (before["sach"][0] + 1, before["sach"][1] + 1)
    assert after["du"] == (before["du"][0] + 2, before["du"][1] + 1)


@pytest.mark.parametrize(("register", "period"), [(None, "2026-10"), ([person(1)], "2026-09")])
def test_without_the_other_dataset_nothing_is_judged(register: Rows | None, period: str) -> None:
    alone = verdict_of("dinh_danh", [account(2)])
    verdict = crossed("dinh_danh", [account(2)], register, own_period=period)
    assert found(verdict, "dinh_danh") == []
    assert verdict.tally.equals(alone.tally)


def test_what_was_not_judged_is_told() -> None:
    verdicts = {"dinh_danh": verdict_of("dinh_danh", [account(1)])}
    live = pl.DataFrame([("dinh_danh", 0, "cong_an", "2026-10")], schema=LIVE, orient="row")
    unjudged = reconcile(verdicts, live, DATASETS).unjudged
    assert sorted(unjudged["code"]) == sorted(rule.code for rule in DATASETS["dinh_danh"].cross)
    reason = "Chưa đối chiếu được với “Dân cư” tháng 10/2026: chưa có lượt nộp nào dùng được."
    assert explain_unjudged(unjudged, DATASETS).rows() == [
        ("cong_an", "dinh_danh", "2026-10", "dung", reason),
        ("cong_an", "dinh_danh", "2026-10", "song", reason),
    ]


def test_a_hand_in_not_in_effect_is_not_compared() -> None:
    verdicts = {
        "dinh_danh": verdict_of("dinh_danh", [account(2)], [account(1)]),
        "dan_cu": verdict_of("dan_cu", [person(1)]),
    }
    live = [("dinh_danh", 1, "cong_an", "2026-10"), ("dan_cu", 0, "cong_an", "2026-10")]
    after = reconcile(verdicts, pl.DataFrame(live, schema=LIVE, orient="row"), DATASETS).verdicts
    assert found(after["dinh_danh"], "dinh_danh") == []


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=lambda dataset: dataset.name)
def test_what_a_rule_is_tied_to_is_handed_in_by_one_unit(dataset) -> None:
    for rule in dataset.cross:
        assert len(CONTRACTS.commune.owing(DATASETS[rule.tied.to])) == 1
        assert rule.severity == "canh_bao"
        assert DATASETS[rule.tied.to].basis == dataset.basis


def test_rules_find_the_same_together_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two submissions, so that what is known of their rows lies in two pieces."""
    live = [("dinh_danh", 0, "cong_an", "2026-09"), ("dinh_danh", 1, "cong_an", "2026-10")]
    register = ("dan_cu", 0, "cong_an", "2026-10")

    def judged() -> Verdict:
        verdicts = {
            "dinh_danh": verdict_of(
                "dinh_danh", [account(at) for at in range(5)], [account(at) for at in range(9)]
            ),
            "dan_cu": verdict_of("dan_cu", [person(at, **(DEAD if at % 3 else YOUNG)) for at in range(8)]),
        }
        of_day = pl.DataFrame([*live, register], schema=LIVE, orient="row")
        return reconcile(verdicts, of_day, DATASETS).verdicts["dinh_danh"]

    together = judged()
    monkeypatch.setattr("flows.validate.records._together", _apart)
    apart = judged()
    assert found(apart, "dinh_danh")
    assert found(together, "dinh_danh") == found(apart, "dinh_danh")
    assert together.judged.equals(apart.judged)
