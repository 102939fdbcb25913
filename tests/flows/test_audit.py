from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.audit import audit
from flows.refusal import AuditRefusedError
from schemas.registry import load
from tests.conftest import Day

Spoil = Callable[[pl.DataFrame], pl.DataFrame]

# What is done to a table, and what the audit must say of it.
SPOILT: dict[str, tuple[str, Spoil, str]] = {
    "a row was lost": (
        "submissions.parquet",
        lambda t: t.with_columns(rows_seen=pl.col("rows_seen") + 1),
        "Số dòng đọc khác",
    ),
    "a state nobody knows": (
        "submissions.parquet",
        lambda t: t.with_columns(state=pl.lit("xong")),
        "trạng thái lạ",
    ),
    "a unit is not called": (
        "roll_call.parquet",
        lambda t: t.filter(pl.col("unit") != "T05"),
        "thiếu đơn vị",
    ),
    "a line of the roll call twice": ("roll_call.parquet", lambda t: pl.concat([t, t.head(1)]), "dòng trùng"),
    "an indicator twice": (
        "indicators.parquet",
        lambda t: pl.concat([t, t.head(1)]),
        "Chỉ tiêu có dòng trùng",
    ),
    "bounds turned round": (
        "indicators.parquet",
        lambda t: t.with_columns(low=pl.lit(0.9), high=pl.lit(0.1)),
        "nhỏ hơn cận dưới",
    ),
    "a completeness above one": (
        "indicators.parquet",
        lambda t: t.with_columns(completeness=pl.lit(1.2)),
        "ngoài 0 đến 1",
    ),
    "a record twice": (
        "data/dan_cu/ky=2026-10/cong_an.parquet",
        lambda t: pl.concat([t, t.head(1)]),
        "trùng khóa",
    ),
    "a blank required cell": (
        "data/dan_cu/ky=2026-10/cong_an.parquet",
        lambda t: t.with_columns(thon=pl.lit(None, pl.String)),
        "thiếu ô bắt buộc",
    ),
}


@pytest.fixture
def staged(clean: Day, tmp_path: Path) -> Path:
    return Path(shutil.copytree(clean.outcome.release, tmp_path / "staged"))


def test_a_good_release_passes(staged: Path) -> None:
    assert audit(staged, load()) >= 11


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_release_is_refused_with_its_reason(name: str, staged: Path) -> None:
    file, spoil, said = SPOILT[name]
    spoil(pl.read_parquet(staged / file, hive_partitioning=False)).write_parquet(staged / file)
    with pytest.raises(AuditRefusedError, match=said):
        audit(staged, load())
