"""Three years of a commune, 5,000 files: roll call, records and indicators are as a plain ledger says."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from flows.day import run_day
from flows.engine.plain import PlainRunner
from flows.root import HERE, Root
from schemas.periods import Period, due, ended
from schemas.registry import load
from tests.arrived import receive

CONTRACTS = load()
DATASET = CONTRACTS.datasets["phan_anh_ha_tang"]
UNITS = [unit.name for unit in CONTRACTS.commune.owing(DATASET)]
FIRST, LAST = date(2026, 10, 1), date(2029, 9, 30)
MONTHS = [*ended(DATASET.cadence, DATASET.basis, FIRST, LAST)]
#: What a unit may do in a month, and how often.
HABITS = {
    "on time": 30,
    "late": 10,
    "silent": 5,
    "corrected": 30,
    "there and back": 5,
    "copied": 5,
    "in the wrong folder": 5,
    "in the wrong folder, put right": 5,
    "nothing to report": 5,
}
# Someone who hands in no such table: what lies in its folder is refused.
WRONG = "mat_tran"


@dataclass(frozen=True, slots=True)
class Drop:
    """A file that is dropped, or (`content` None) taken away, on a day."""

    day: date
    path: str
    content: str | None
    #: The unit that it counts for; None if it is refused.
    counts_for: str | None = None


@dataclass(slots=True)
class Truth:
    """What counts for a unit and period: the content, and the day of the first usable hand-in."""

    content: str = ""
    first: date | None = None


@dataclass(slots=True)
class Ledger:
    """The truth, kept by hand: the last usable hand-in of each unit and period."""

    of: dict[tuple[str, str], Truth] = field(default_factory=dict)

    def note(self, drop: Drop, label: str) -> None:
        if drop.content is not None and drop.counts_for is not None:
            truth = self.of.setdefault((drop.counts_for, label), Truth())
            truth.content, truth.first = drop.content, truth.first or drop.day


def rows_of(rng: random.Random, period: Period, count: int) -> str:
    """A table of `count` reports of one period."""
    lines = ["Ngày phản ánh;Nhà mạng;Nội dung;Trạng thái;Ngày giải quyết"]
    span = (period.end - period.start).days
    for number in range(1, count + 1):
        day = period.start + timedelta(days=rng.randrange(span))
        solved = rng.random() < 0.6
        state = ("Đã giải quyết", f"{day:%d/%m/%Y}") if solved else (rng.choice(("Mới", "Đang xử lý")), "")
        lines.append(
            f"{day:%d/%m/%Y};Viettel;Sóng yếu ở khu {rng.randrange(10**6)} ngõ {number};{';'.join(state)}"
        )
    return "\n".join(lines) + "\n"


def plan(rng: random.Random, unit: str, period: Period) -> Iterator[Drop]:
    """What one unit does about one month."""
    habit = rng.choices([*HABITS], [*HABITS.values()])[0]
    last = due(period, DATASET.due, CONTRACTS.commune.moved)
    day = last - timedelta(days=rng.randrange(2))
    name = f"{unit}/phản ánh tháng {period.label[5:]} năm {period.label[:4]}.csv"
    one, other = (rows_of(rng, period, rng.randint(1, 6)) for _ in range(2))
    match habit:
        case "on time":
            yield Drop(day, name, one, unit)
        case "late":
            yield Drop(last + timedelta(days=rng.randint(1, 5)), name, one, unit)
        case "corrected":
            yield Drop(day, name, one, unit)
            for late in range(1, rng.randint(2, 12)):
                yield Drop(last + timedelta(days=1 + late // 4), name, rows_of(rng, period, late), unit)
        case "there and back":
            yield Drop(day, name, one, unit)
            yield Drop(last + timedelta(days=2), name, other, unit)
            yield Drop(last + timedelta(days=4), name, one, unit)
        case "copied":
            yield Drop(day, name, one, unit)
            yield Drop(last + timedelta(days=2), name.replace("phản ánh", "bản sao phản ánh"), one, unit)
        case "in the wrong folder":
            yield Drop(day, name.replace(f"{unit}/", f"{WRONG}/{unit} "), one)
        case "in the wrong folder, put right":
            wrong = name.replace(f"{unit}/", f"{WRONG}/{unit} ")
            yield Drop(day, wrong, one)
            yield Drop(last + timedelta(days=3), wrong, None)
            yield Drop(last + timedelta(days=3), name, one, unit)
        case "nothing to report":
            yield Drop(
                day,
                name,
                "Ngày phản ánh;Nhà mạng;Nội dung;Trạng thái;Ngày giải quyết\nKhông phát sinh;;;;\n",
                unit,
            )


def do(root: Root, drop: Drop, at: int) -> None:
    path = root.inbox / drop.path
    if drop.content is None:
        path.unlink()
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(drop.content)
    moment = datetime.combine(drop.day, clock(8), HERE).timestamp() + at
    os.utime(path, (moment, moment))


def counted(content: str) -> tuple[int, int]:
    """The records of a content, and how many of them are solved."""
    lines = [line for line in content.splitlines()[1:] if not line.startswith("Không phát sinh")]
    return len(lines), sum("Đã giải quyết" in line for line in lines)


def check(root: Root, today: date, truth: Mapping[tuple[str, str], Truth]) -> None:
    """Roll call, records and indicators of the release on show are as the truth says."""
    read = root.latest
    roll = pl.read_parquet(read / "roll_call.parquet").filter(dataset=DATASET.name)
    for unit, label, last, received, state in roll.select(
        "unit", "period", "due", "received", "state"
    ).rows():
        known = truth.get((unit, label), Truth())
        assert received == known.first, (today, unit, label, state)
        if known.first is None:
            assert state == ("chua_co" if last < today else "chua_den_han"), (today, unit, label)
        elif not counted(known.content)[0]:
            assert state == "khong_phat_sinh", (today, unit, label)
        else:
            assert state == ("dung_han" if known.first <= last else "tre_han"), (today, unit, label)
    records = pl.read_parquet(read / "data" / DATASET.name, hive_partitioning=True)
    found = {(unit, label): n for unit, label, n in records.group_by("_unit", "ky").len().rows()}
    wanted = {key: counted(known.content)[0] for key, known in truth.items()}
    assert found == {key: n for key, n in wanted.items() if n}


def check_indicator(root: Root, truth: Mapping[tuple[str, str], Truth]) -> None:
    """The share of solved reports of every period, over the commune."""
    found = pl.read_parquet(root.latest / "indicators.parquet")
    shares = (
        found.filter(indicator="phan_anh_ha_tang_xong", by="xa").select("period", "tu_so", "mau_so").rows()
    )
    for label, solved, total in shares:
        every = [counted(known.content) for (_, of), known in truth.items() if of == label]
        assert (solved, total) == (sum(n for _, n in every), sum(n for n, _ in every)), label
    assert {label for label, *_ in shares} >= {label for _, label in truth}


@pytest.mark.proof
def test_three_years_of_habits_come_out_as_they_were(tmp_path: Path) -> None:
    rng, root, ledger = random.Random(9), Root(tmp_path), Ledger()
    root.prepare()
    waiting: list[tuple[Drop, str]] = []
    files = 0
    for period in MONTHS:
        waiting += [(drop, period.label) for unit in UNITS for drop in plan(rng, unit, period)]
        run_on = due(period, DATASET.due, CONTRACTS.commune.moved) + timedelta(days=6)
        for day in sorted({drop.day for drop, _ in waiting}):
            for at, (drop, label) in enumerate(each for each in waiting if each[0].day == day):
                do(root, drop, at)
                ledger.note(drop, label)
                files += drop.content is not None
            receive(root, day)
        waiting = []
        run_day(root, CONTRACTS, run_on, PlainRunner(Console(quiet=True)), "Ba năm dựng thử")
        check(root, run_on, ledger.of)
        check_indicator(root, ledger.of)
    assert files > 5_000
