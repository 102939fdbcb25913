"""Laws over every declared indicator, and agreement with the plan's list where it is at hand."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from schemas import units
from schemas.indicators import load
from tests.outside import OUTSIDE

INDICATORS = load()
PLAN = Path(__file__).parents[3] / "shared" / "domain" / "indicators.toml"


@pytest.fixture(scope="module")
def plan():
    if not PLAN.exists():
        pytest.skip(OUTSIDE)
    return tomllib.loads(PLAN.read_text(encoding="utf-8"))


def test_there_are_27_indicators():
    assert len(INDICATORS) == 27


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_expressions_use_columns_that_exist(indicator):
    if indicator.over is None:
        known = {"received", "due"}
    else:
        known = {column.name for column in indicator.over.columns} | {"_period_end", "_class", "_unit"}
    known |= set(indicator.joined.columns) if indicator.joined else set()
    used = {*indicator.tu_so.meta.root_names(), indicator.don_vi} - {"_unit"}
    used |= set() if indicator.mau_so is None else set(indicator.mau_so.meta.root_names())
    assert used <= known


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_a_kind_of_unit_owns_it(indicator):
    assert indicator.owner in units.KINDS


@pytest.mark.parametrize("indicator", INDICATORS.values(), ids=INDICATORS)
def test_floors_lie_under_targets(indicator):
    targets = indicator.targets.values()
    assert all(0 < (each.san or each.muc_tieu) <= each.muc_tieu <= 1 for each in targets)


@pytest.mark.parametrize("indicator", [i for i in INDICATORS.values() if i.thi_dua], ids=lambda i: i.name)
def test_what_ranks_thon_is_published_by_thon_and_has_a_target(indicator):
    assert "thon" in indicator.by
    assert indicator.targets


@pytest.mark.parametrize(
    ("name", "year", "target"),
    [
        ("kinh_te_so_grdp", 2029, None),
        ("kinh_te_so_grdp", 2030, (0.30, None)),
        ("kinh_te_so_grdp", 2031, (0.30, None)),
        ("dinh_danh_muc_2_kich_hoat", 2025, None),
        ("dinh_danh_muc_2_kich_hoat", 2028, (1.0, 0.85)),
        ("ho_internet", 2026, None),
    ],
)
def test_a_year_takes_the_last_target_named_by_then(name, year, target):
    found = INDICATORS[name].target(year)
    assert (found and (found.muc_tieu, found.san)) == target


def test_declarations_agree_with_the_plan(plan):
    declared = {
        name: {
            "title": i.title,
            "from": i.from_,
            "owner": i.owner,
            "by": list(i.by),
            "external": i.external,
            "count": i.mau_so is None,
            "targets": {str(year): (t.muc_tieu, t.san) for year, t in i.targets.items()},
        }
        for name, i in INDICATORS.items()
    }
    asked = {
        name: {
            "title": i["title"],
            "from": i["from"],
            "owner": i["owner"],
            "by": i["by"],
            "external": i.get("external", False),
            "count": "count" in i,
            "targets": {year: (t["muc_tieu"], t.get("san")) for year, t in i["targets"].items()},
        }
        for name, i in plan.items()
        if not name.startswith("_")
    }
    assert declared == asked


def test_weights_agree_with_the_plan(plan):
    assert {name: i.thi_dua for name, i in INDICATORS.items() if i.thi_dua} == plan["_thi_dua_thon"][
        "weights"
    ]


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("ho_internet", "hộ"),
        ("thon_phu_5g", "thôn"),
        ("bao_cao_dung_han", "báo cáo"),
        ("thanh_toan_khong_tien_mat_gia_tri", "triệu đồng"),
        ("rac_thu_gom", "tấn"),
    ],
)
def test_numbers_say_what_they_count(name, counted):
    assert INDICATORS[name].counted == counted
