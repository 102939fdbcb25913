"""Times days of a commune of 12,000 people after months of history, against days of the second month.

Prints three lines for the last month: the day with all files of the month, a day with one file, a day
without files. The first month is not used for comparison, since twice as many files come in.

Usage: python benchmarks/years.py [MONTHS]
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from flows.root import HERE
from flows.sample import write
from made import DAY, once
from measuring import a_day, import_ahead, seconds, tell
from schemas.registry import load

MONTHS = 12
# The unit whose file comes in one day later.
LATE = "T07"
KINDS = ("ca_thang", "mot_tep", "khong_co_tep")


def days(months: int) -> Iterator[date]:
    """The same day of each of `months` months."""
    for at in range(months):
        year, month = divmod(DAY.month - 1 + at, 12)
        yield DAY.replace(year=DAY.year + year, month=month + 1)


def a_month(day: date) -> Path:
    """The root of the commune with all submissions up to `day`, generated once."""
    return once(f"month-{day}", lambda root: write(root, clean=True, today=day))


def submission(root: Path, month: Path, after: float) -> Path:
    """Copy files of `month` written after the time `after` into the inbox; returns the file held back."""
    files = sorted(path for path in (month / "raw" / "inbox").rglob("*.*") if path.stat().st_mtime > after)
    late = next(path for path in files if path.parent.name == LATE)
    for path in files:
        if path != late:
            target = root / path.relative_to(month)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    return late


def taken(root: Path, day: date, month: Path, after: float) -> Mapping[str, float]:
    """Seconds of three days, by kind of day."""
    contracts = load()
    late = submission(root, month, after)
    whole = seconds(lambda: a_day(root, contracts, day))
    target = root / late.relative_to(month)
    shutil.copy(late, target)
    morning = datetime.combine(day + timedelta(days=1), datetime.min.time(), HERE).timestamp() + 8 * 3600
    os.utime(target, (morning, morning))
    single = seconds(lambda: a_day(root, contracts, day + timedelta(days=1)))
    with import_ahead() as (audits, _):
        quiet = seconds(lambda: a_day(root, contracts, day + timedelta(days=2), audits))
    return dict(zip(KINDS, (whole, single, quiet), strict=True))


def main() -> None:
    """Print one line per kind of day."""
    months = int(sys.argv[1]) if len(sys.argv) > 1 else MONTHS
    measured: list[Mapping[str, float]] = []
    with tempfile.TemporaryDirectory() as name:
        after = 0.0
        for day in days(months):
            measured.append(taken(Path(name) / "xa", day, a_month(day), after))
            after = datetime.combine(day, datetime.max.time(), HERE).timestamp()
    for kind in KINDS:
        tell(f"{kind}_thang_{months}", measured[-1][kind], measured[min(1, months - 1)][kind])


if __name__ == "__main__":
    main()
