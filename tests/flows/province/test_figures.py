"""The province's figures are sums of its communes', with bounds that hold whatever is still missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.province.figures import sum_figures
from schemas import indicators as plan

SHARE, COUNT = "ho_internet", "sang_kien_duoc_cong_nhan"
WITH_TARGET = "thanh_toan_khong_tien_mat"  # 0.80 from 2026 on
PLAN = plan.load()


def commune(
    name: str, tu_so: float | None, mau_so: float | None, unknown: float = 0.0, indicator: str = WITH_TARGET
) -> dict[str, object]:
    """A commune's published figure, bounded as a commune does it; nothing came where `tu_so` is None."""
    bounds: tuple[float | None, float | None] = (0.0, 1.0)
    if tu_so is not None and mau_so is not None:
        whole = mau_so + unknown
        bounds = (tu_so / whole, (tu_so + unknown) / whole) if whole else (None, None)
    elif tu_so is not None:
        bounds = (tu_so, tu_so + unknown)
    return {
        "indicator": indicator,
        "period": "2026-10",
        "by": "xa",
        "key": name,
        "tu_so": tu_so,
        "mau_so": mau_so,
        "value": tu_so / mau_so if tu_so is not None and mau_so else None,
        "low": bounds[0],
        "high": bounds[1],
        "completeness": 0.0 if tu_so is None else 1.0,
    }


def whole(communes: Sequence[dict[str, object]], asked: Sequence[str] | None = None) -> dict[str, object]:
    names = asked or [str(each["key"]) for each in communes]
    return measured(communes, dict(zip(names, names, strict=True)))


def measured(communes: Sequence[dict[str, object]], names: Mapping[str, str]) -> dict[str, object]:
    frame = pl.DataFrame(
        communes, schema_overrides=dict.fromkeys(("tu_so", "mau_so", "value", "low", "high"), pl.Float64)
    ).with_columns(
        *(pl.lit(None, pl.Float64).alias(name) for name in ("muc_tieu", "san", "quarantined_share")),
        *(pl.lit(None, pl.String).alias(name) for name in ("status", "reason")),
    )
    return sum_figures(frame, "Tỉnh Mẫu", names, PLAN).filter(by="tinh").row(0, named=True)


def test_a_share_is_the_sum_over_the_sum_and_no_average() -> None:
    told = whole([commune("A", 1, 2), commune("B", 900, 1000)])
    assert (told["tu_so"], told["mau_so"]) == (901, 1002)
    assert told["value"] == pytest.approx(901 / 1002)
    assert told["status"] == "dat"


def test_a_count_adds_up_and_has_no_denominator() -> None:
    told = whole([commune("A", 3, None, indicator=COUNT), commune("B", 4, None, 2, indicator=COUNT)])
    assert (told["value"], told["mau_so"], told["low"], told["high"]) == (7, None, 7, 9)


def test_a_commune_whose_day_failed_leaves_no_verdict() -> None:
    told = whole([commune("A", 95, 100)], asked=["A", "B", "C"])
    assert (told["value"], told["low"], told["high"]) == (0.95, 0, 1)
    assert (told["status"], told["communes"]) == ("chua_du_can_cu", 1)
    assert told["completeness"] == pytest.approx(1 / 3)
    assert told["reason"] == "Thiếu 2/3 xã: B, C; Phần chưa có có thể đổi kết luận"


def test_a_commune_in_which_nothing_came_is_named() -> None:
    told = whole([commune("A", 95, 100), commune("B", None, None)])
    assert told["status"] == "chua_du_can_cu"
    assert str(told["reason"]).startswith("Thiếu 1/2 xã: B")


def test_a_commune_is_missed_though_another_bears_its_name() -> None:
    told = measured(
        [commune("16246", 95, 100), commune("16247", None, None)],
        {"16246": "Đông Sơn", "16247": "Đông Sơn"},
    )
    assert str(told["reason"]).startswith("Thiếu 1/2 xã: Đông Sơn")


def test_a_commune_with_nothing_to_count_changes_nothing() -> None:
    told = whole([commune("A", 95, 100), commune("B", 0, 0)])
    assert (told["value"], told["low"], told["high"], told["status"]) == (0.95, 0.95, 0.95, "dat")


def test_what_is_missing_may_leave_the_verdict_open() -> None:
    told = whole([commune("A", 85, 100, unknown=50), commune("B", 85, 100)])
    assert told["low"] == pytest.approx(170 / 250)
    assert told["high"] == pytest.approx(220 / 250)
    assert told["status"] == "chua_du_can_cu"


parts = st.tuples(st.integers(0, 50), st.integers(1, 50), st.integers(0, 50))


@given(st.lists(parts, min_size=1, max_size=6))
def test_bounds_are_those_of_one_commune_with_all_rows(found: list[tuple[int, int, int]]) -> None:
    communes = [
        commune(str(at), tu_so, tu_so + rest, unknown) for at, (tu_so, rest, unknown) in enumerate(found)
    ]
    tu_so, rest, unknown = (sum(each) for each in zip(*found, strict=True))
    told, one = whole(communes), commune("one", tu_so, tu_so + rest, unknown)
    assert told["value"] == pytest.approx(one["value"])
    assert told["low"] == pytest.approx(one["low"])
    assert told["high"] == pytest.approx(one["high"])
