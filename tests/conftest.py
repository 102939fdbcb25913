"""A small commune's day, made once a worker and looked at by many tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings
from rich.console import Console

from flows.day import DayOutcome, run_day
from flows.engine.plain import PlainRunner
from flows.root import Root
from flows.sample import write
from schemas.registry import Contracts, load

TODAY = date(2026, 11, 24)

# How long a machine takes says nothing about the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@dataclass(frozen=True)
class Day:
    """A root after its day, and what was planted in it."""

    root: Root
    outcome: DayOutcome
    truth: pl.DataFrame

    def table(self, name: str) -> pl.DataFrame:
        return pl.read_parquet(self.outcome.release / f"{name}.parquet")


def run_plainly(
    root: Path, as_of: date = TODAY, contracts: Contracts | None = None, acknowledged: str | None = None
) -> DayOutcome:
    runner = PlainRunner(Console(quiet=True))
    return run_day(Root(root), contracts or load(), as_of, runner, acknowledged)


def lines(rows: Sequence[Sequence[object]]) -> str:
    return "\n".join(";".join("" if cell is None else str(cell) for cell in row) for row in rows)


@pytest.fixture
def other_commune(tmp_path: Path) -> Path:
    """The root of a commune that is not the one of this installation; nothing was run yet."""
    root = tmp_path / "xa_khac"
    (root / "schemas").mkdir(parents=True)
    (root / "schemas" / "xa.csv").write_text(
        "ma_xa,ten_xa,ten_tinh,tu_ngay\n90001,Xã Mẫu,Tỉnh Mẫu,2026-09-15\n"
    )
    (root / "schemas" / "thon.csv").write_text("ma_thon,ten_thon,xa_cu\nA1,Thôn Mẫu Một,Xã Cũ\n")
    return root


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The day of a sample commune of 600 people with planted faults."""
    folder = tmp_path_factory.mktemp("planted")
    write(folder / "xa", persons=600, truth=folder / "truth.csv")
    truth = pl.read_csv(folder / "truth.csv", infer_schema_length=0)
    return Day(Root(folder / "xa"), run_plainly(folder / "xa"), truth)


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The day of the same commune with nothing planted."""
    folder = tmp_path_factory.mktemp("clean")
    write(folder, persons=600, clean=True)
    return Day(Root(folder), run_plainly(folder), pl.DataFrame())
