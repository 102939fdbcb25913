"""The rule that every dataset has whose rows say when they happened: those days lie in the period."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from schemas.contract import Dataset
from schemas.datasets import load
from schemas.judgement import rules_of

DATED = [dataset for dataset in load().values() if dataset.dated]
START, END, JUDGED = date(2026, 10, 15), date(2026, 11, 14), date(2026, 11, 28)
#: When it happened, when it was over, whether that is told, and the day that is asked for.
CASES = [
    (date(2026, 10, 15), None, False, None),
    (date(2026, 11, 14), date(2026, 11, 20), False, None),
    (date(2026, 3, 11), None, True, "03/11/2026"),
    (date(2025, 11, 4), None, True, "04/11/2026"),
    (date(2026, 10, 14), None, True, None),
    (date(2026, 11, 15), date(2026, 11, 16), True, None),
    (date(2026, 8, 30), date(2026, 9, 2), True, None),
    # What is over in the period may have begun long before it.
    (date(2025, 8, 30), date(2026, 10, 15), False, None),
    # Days to come, and blank ones, have faults of their own.
    (date(2026, 12, 5), None, False, None),
    (None, date(2026, 11, 1), False, None),
]


@pytest.mark.parametrize("dataset", DATED, ids=lambda dataset: dataset.name)
def test_days_outside_the_period_are_told(dataset: Dataset) -> None:
    (rule,) = (each for each in rules_of(dataset) if each.code == f"{dataset.dated}.ngoai_ky")
    frame = pl.DataFrame(
        [{dataset.dated: day, dataset.closed or "khac": over} for day, over, _, _ in CASES],
        schema={str(dataset.dated): pl.Date, dataset.closed or "khac": pl.Date},
    ).with_columns(_period_start=START, _period_end=END, _judged_on=JUDGED)
    told = frame.select(fails=rule.fails_when.fill_null(value=False))["fails"].to_list()
    if dataset.closed:
        assert told == [wanted for _, _, wanted, _ in CASES]
    assert rule.severity == "canh_bao"
    assert [told[at] for at in (0, 2, 3, 4, 9)] == [False, True, True, True, False]
    if rule.note is not None:
        asked = frame.select(note=rule.note)["note"].to_list()
        assert [note and note.split()[3] for note in asked] == [wanted for *_, wanted in CASES]
