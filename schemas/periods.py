"""Computes reporting periods and deadlines, and recognizes periods in titles and file names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from schemas.contract import Basis, Cadence, Dataset

_DAY = timedelta(days=1)
_MONTHS: Mapping[Cadence, int] = {"thang": 1, "quy": 3, "nam": 12}
_LABEL: Mapping[Cadence, re.Pattern[str]] = {
    "thang": re.compile(r"(\d{4})-(0[1-9]|1[0-2])"),
    "quy": re.compile(r"(\d{4})-Q([1-4])"),
    "nam": re.compile(r"(\d{4})()"),
}
#: A regular expression for the label of any period.
LABEL = "|".join(label.pattern for label in _LABEL.values())


@dataclass(frozen=True, slots=True)
class Period:
    """One reporting period, first and last day included."""

    label: str
    cadence: Cadence
    start: date
    end: date


def period(of: Dataset | tuple[Cadence, Basis], label: str) -> Period:
    """The period with the `label` (`2026-11`, `2026-Q4`, `2026`) of a dataset or (cadence, basis).

    `nd09` runs from the 15th of the month before to the 14th of the last month (Nghị định
    09/2019/NĐ-CP art. 12); `calendar` and `point_in_time` are calendar periods, the latter
    meaning the state on the last day.

    Raises:
        ValueError: `label` is not a label of that cadence.
    """
    cadence, basis = (of.cadence, of.basis) if isinstance(of, Dataset) else of
    match = _LABEL[cadence].fullmatch(label)
    if match is None:
        raise ValueError(f"{label!r} is no label of a period with cadence {cadence!r}")
    year, number = int(match[1]), int(match[2] or 1)
    last_month = number * _MONTHS[cadence]
    first, after = _first(year, last_month - _MONTHS[cadence] + 1), _first(year, last_month + 1)
    if basis == "nd09":
        return Period(label, cadence, _back(first), _back(after) - _DAY)
    return Period(label, cadence, first, after - _DAY)


def _first(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _back(first_of_month: date) -> date:
    """The 15th of the month before."""
    return (first_of_month - _DAY).replace(day=15)


def ended(cadence: Cadence, basis: Basis, since: date, until: date) -> tuple[Period, ...]:
    """The periods whose last day is in [since, until], oldest first."""
    # For every basis, the last day of a period is in the year of its label.
    periods = (
        period((cadence, basis), label)
        for year in range(since.year, until.year + 1)
        for label in _labels(cadence, year)
    )
    return tuple(each for each in periods if since <= each.end <= until)


def _labels(cadence: Cadence, year: int) -> tuple[str, ...]:
    if cadence == "nam":
        return (f"{year}",)
    if cadence == "quy":
        return tuple(f"{year}-Q{number}" for number in range(1, 5))
    return tuple(f"{year}-{number:02}" for number in range(1, 13))


def open_window(cadence: Cadence, basis: Basis, day: date) -> Period:
    """The period assumed for a file submitted on `day` that names none: the latest one ended by then."""
    return ended(cadence, basis, day.replace(year=day.year - 2, day=1), day)[-1]


def before(of: Dataset | tuple[Cadence, Basis], label: str) -> Period:
    """The period before the one with the `label`."""
    cadence, basis = (of.cadence, of.basis) if isinstance(of, Dataset) else of
    return open_window(cadence, basis, period(of, label).end - _DAY)


@cache
def _holidays(year: int) -> Set[date]:
    import holidays  # noqa: PLC0415 - takes long to import, and only deadlines need it

    return holidays.country_holidays("VN", years=year).keys()


def is_working(day: date, moved: Mapping[date, bool]) -> bool:
    """Whether `day` is a working day: no weekend, no public holiday (Bộ luật Lao động 2019 art. 112).

    `moved` takes precedence: true for a day worked in exchange, false for a day off in exchange.
    """
    return moved[day] if day in moved else day.weekday() < 5 and day not in _holidays(day.year)


def due(of: Period, working_days: int, moved: Mapping[date, bool]) -> date:
    """The deadline: the `working_days`-th working day after the period's end."""
    day = of.end
    while working_days > 0:
        day += _DAY
        working_days -= is_working(day, moved)
    return day


_YEAR = r"(?P<year>20\d\d)(?!\d)"
_OF_YEAR = rf"\W*(?:nam\W*)?{_YEAR}"
_MONTH = r"(?P<number>1[0-2]|0?[1-9])"
_QUARTER = r"(?P<number>iv|i{1,3}|[1-4])"
_ROMAN: Mapping[str, int] = {"i": 1, "ii": 2, "iii": 3, "iv": 4}

#: Dates, such as the date of signing, are no periods; the day may be left blank, to be written by hand.
_DATES = re.compile(
    r"ngay\W*\d{0,2}\W*thang\W*\d{0,2}\W*nam\W*\d{0,4}"
    r"|(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}(?!\d)"
)
#: Patterns of periods, by cadence; `number` is the month or quarter.
_NAMED: Mapping[Cadence, tuple[re.Pattern[str], ...]] = {
    "thang": (
        re.compile(rf"thang\W*{_MONTH}{_OF_YEAR}"),
        re.compile(rf"\bky(?: bao cao)?\W*{_MONTH}[/.-]{_YEAR}(?!/)"),
        re.compile(rf"\bt{_MONTH}[/.]{_YEAR}"),
        re.compile(rf"(?<![\w/.-])(?<!so ){_MONTH}[.-]{_YEAR}(?![/-])"),
        re.compile(r"(?<![\w/.-])(?P<year>20\d\d)[.-](?P<number>1[0-2]|0[1-9])(?![\w/-])"),
    ),
    "quy": (
        re.compile(rf"\bquy\W*{_QUARTER}{_OF_YEAR}"),
        re.compile(rf"\bq(?P<number>[1-4])\W?{_YEAR}"),
        re.compile(r"(?<!\d)(?P<year>20\d\d)\W?q(?P<number>[1-4])(?!\w)"),
    ),
    "nam": (
        re.compile(rf"\b(?:nam|ky(?: bao cao)?)\W*{_YEAR}(?P<number>)(?!\W?(?:-|den)\W?20\d\d)"),
        re.compile(rf"(?<![\w/.-])(?<!- )(?<!den ){_YEAR}(?P<number>)(?=$|\.[a-z]{{3,4}}$)"),
    ),
}


def read_period(texts: Iterable[str], cadence: Cadence) -> set[str]:
    """Labels of the periods named in title rows or a file name, such as "Quý IV/2026".

    Case, tone marks, the Unicode form and underscores do not matter. A date ("ngày 17 tháng 11 năm 2026")
    is not a period, and the year of a month or quarter is not a yearly period.
    """
    return {label for text in texts for label in _read(_plain(text), cadence)}


def _read(text: str, cadence: Cadence) -> Iterable[str]:
    text = _DATES.sub(" ; ", text)
    if cadence == "nam":
        for shorter in (*_NAMED["thang"], *_NAMED["quy"]):
            text = shorter.sub(" ; ", text)
    for spelling in _NAMED[cadence]:
        for match in spelling.finditer(text):
            number = _ROMAN.get(match["number"]) or int(match["number"] or 1)
            yield _labels(cadence, int(match["year"]))[number - 1]


def _plain(text: str) -> str:
    """Lower case without tone marks; underscores, which replace spaces in file names, become spaces."""
    letters = unicodedata.normalize("NFD", text.lower().replace("đ", "d").replace("_", " "))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def in_words(label: str) -> str:
    """The period in Vietnamese: "tháng 11/2026", "quý IV/2026", "năm 2025"."""
    year, _, part = label.partition("-")
    if not part:
        return f"năm {year}"
    if part.startswith("Q"):
        return f"quý {('I', 'II', 'III', 'IV')[int(part[1]) - 1]}/{year}"
    return f"tháng {part}/{year}"
