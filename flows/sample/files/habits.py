"""Chooses a clerk's habits for one file: format, headings, spelling of dates and ticks, Unicode form."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from flows.sample.files.cells import Broken, Typed, Unsaved
from flows.sample.people.person import Row
from flows.sample.submission import SampleSubmission
from flows.sample.world import World
from schemas.contract import Column

Format = Literal["xlsx", "csv", "ods"]
_FORMATS: tuple[Format, ...] = ("xlsx", "csv", "ods")
_FIXED: Mapping[tuple[str, str], tuple[Format, Format]] = {  # by unit and dataset: older, latest period
    ("cong_an", "dinh_danh"): ("csv", "xlsx"),
    ("mobifone", "ha_tang_vien_thong"): ("csv", "csv"),
    ("vnpt", "ha_tang_vien_thong"): ("ods", "xlsx"),
    ("van_phong", "ho_so_cong_viec"): ("xlsx", "ods"),
    ("van_phong", "ho_so_tthc"): ("csv", "xlsx"),
    ("kinh_te", "moi_truong"): ("ods", "xlsx"),
}
_DATES = ("d/m/y", "true", "short", "d-m-y", "d.m.y")
_SECTIONED = {"dan_cu", "dinh_danh"}


@dataclass(frozen=True, slots=True)
class Habits:
    """How one file is filled in.

    `headings` has the levels of each column's heading. `worded` are the yes-no columns answered in words;
    the others are ticked. With `sections`, rows between the records name the thôn. `untidy` is the share
    of values typed untidily.
    """

    format: Format
    headings: Mapping[str, tuple[str, ...]]
    worded: frozenset[str]
    dates: str
    capitals: bool
    shouted: bool
    decomposed: bool
    untidy: float
    numbers: Literal["", "(1)", "1", "A"]
    counted: bool
    remarks: bool
    sections: bool
    thon_column: bool
    short_period: bool
    spare_sheets: bool
    letter_number: bool
    declared: bool


def pick_habits(world: World, submission: SampleSubmission) -> Habits:
    """Draw the habits of a submission; some are fixed by its unit or dataset."""
    rng = world.rng("habits", submission.unit, submission.dataset.name, submission.period.label)
    kind = _format(rng, submission)
    sections = submission.dataset.name in _SECTIONED
    hidden_thon = sections and ("thon" not in submission.dataset or not submission.latest)
    habits = Habits(
        format=kind,
        headings={c.name: _heading(rng, c, flat=kind == "csv") for c in submission.dataset.columns},
        worded=frozenset(c.name for c in submission.dataset.columns if _is_worded(rng, c, submission)),
        dates=rng.choices(_DATES, (45, 25, 12, 10, 8))[0],
        capitals=submission.unit == "cong_an" or rng.random() < 0.1,
        shouted=rng.random() < 0.2,
        decomposed=rng.random() < 0.08,
        untidy=0.05,
        numbers=rng.choices(("", "(1)", "1", "A"), (30, 35, 20, 15))[0],
        counted=rng.random() < 0.9,
        remarks=rng.random() < 0.15,
        sections=sections,
        thon_column=not hidden_thon,
        short_period=rng.random() < 0.2,
        spare_sheets=rng.random() < 0.2,
        letter_number=rng.random() < 0.25,
        declared=rng.random() < 0.4,
    )
    return _flatten_sometimes(habits, rng)


def _format(rng: random.Random, submission: SampleSubmission) -> Format:
    drawn = rng.choices(_FORMATS, (82, 11, 7))[0]
    usual: Format = drawn if submission.dataset.unit == "thon" else "xlsx"
    fixed = _FIXED.get((submission.unit, submission.dataset.name), (usual, usual))[submission.latest]
    return "xlsx" if any(map(_needs_workbook, submission.rows)) else fixed


def _needs_workbook(row: Row) -> bool:
    """Whether the row has a failed or unsaved formula: only an xlsx can hold these."""
    return any(isinstance(v, Typed) and isinstance(v.cell, Broken | Unsaved) for v in row.values())


def _heading(rng: random.Random, column: Column, *, flat: bool) -> tuple[str, ...]:
    levels = tuple(column.label.split(" > "))
    if len(levels) > 1:
        return (column.also[0],) if flat else levels
    return (rng.choice(column.also),) if column.also and rng.random() < 0.25 else levels


def _flatten_sometimes(habits: Habits, rng: random.Random) -> Habits:
    """Sometimes replace headings of two levels by a flat one."""
    if habits.format == "csv" or rng.random() < 0.75:
        return habits
    flat = {name: (" - ".join(levels),) for name, levels in habits.headings.items()}
    return replace(habits, headings=flat)


def _is_worded(rng: random.Random, column: Column, submission: SampleSubmission) -> bool:
    """Whether a column is answered in words; without any yes, or with a planted blank, it must be."""
    if column.kind.name != "co_khong":
        return False
    values = [row[column.name] for row in submission.rows]
    return rng.random() < 0.35 or True not in values or Typed(None) in values
