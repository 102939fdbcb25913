"""What a submission says of itself beside its cells."""

from __future__ import annotations

import pytest

from flows.collect.submission import Submission
from flows.intake.owed import read_submission
from schemas.registry import load

CONTRACTS = load()


@pytest.mark.parametrize(
    ("written", "possible"),
    [
        (None, True),
        ("2026-11-24T09:00:00+07:00", True),
        ("2011-01-01T00:00:00+07:00", True),
        ("2026-11-25T08:00:00+07:00", True),
        ("1980-01-01T00:00:00+07:00", False),
        ("2027-01-01T00:00:00+07:00", False),
    ],
)
def test_an_impossible_clock_of_a_file_is_told(written: str | None, possible: bool) -> None:
    one = Submission("2026-11-24T10:00:00+07:00", "T01", "a.csv", "0" * 64, 3, written)
    codes = [problem.code for problem in read_submission(one, b"a;b", CONTRACTS).problems]
    assert ("tep.gio_sai" in codes) is not possible
