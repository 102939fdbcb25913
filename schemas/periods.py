"""Computes reporting periods and deadlines, and recognizes periods in titles and file names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

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


def is_label(of: Dataset, label: str) -> bool:
    """Whether `label` is one of a period of the dataset."""
    return _LABEL[of.cadence].fullmatch(label) is not None


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


def latest_ended(cadence: Cadence, basis: Basis, day: date) -> Period:
    """The latest period that had ended by `day`."""
    return ended(cadence, basis, day.replace(year=day.year - 2, day=1), day)[-1]


def containing(of: Dataset, day: date) -> Period:
    """The period in which `day` lies."""
    return _containing(of.cadence, of.basis, day)


@lru_cache(maxsize=4096)
def _containing(cadence: Cadence, basis: Basis, day: date) -> Period:
    return ended(cadence, basis, day, date(day.year + 1, 12, 31))[0]


def latest_begun(of: Dataset, number: int, day: date) -> Period:
    """The latest month or quarter of this `number` (1 to 12, 1 to 4) that had begun by `day`."""
    years = (day.year + 1, day.year, day.year - 1)
    found = (period(of, _labels(of.cadence, year)[number - 1]) for year in years)
    return next(each for each in found if each.start <= day)


def of_year(cadence: Cadence, number: int, year: int) -> str:
    """The label of month or quarter number `number` of `year`."""
    return _labels(cadence, year)[number - 1]


def before(of: Dataset | tuple[Cadence, Basis], label: str) -> Period:
    """The period before the one with the `label`."""
    cadence, basis = (of.cadence, of.basis) if isinstance(of, Dataset) else of
    return latest_ended(cadence, basis, period(of, label).end - _DAY)


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


def open_windows(of: Dataset, day: date, moved: Mapping[date, bool]) -> tuple[Period, ...]:
    """The periods that are handed in on `day`: they have ended, and their deadline is not over."""
    # No deadline is more than a year after its period.
    recent = ended(of.cadence, of.basis, day.replace(year=day.year - 1, day=1), day)
    return tuple(each for each in recent if day <= due(each, of.due, moved))


_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
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


_AND = r"\s*(?:[,;&+-]|va|den)\s*"
#: Several months or quarters in a row, such as "tháng 9, 10" or "tháng 9 và tháng 10".
_ONE: Mapping[Cadence, tuple[str, str]] = {
    "thang": ("thang", r"(?:1[0-2]|0?[1-9])(?!\d)"),
    "quy": ("quy", r"(?:iv|i{1,3}|[1-4])\b"),
}
_LISTS: Mapping[Cadence, str] = {
    cadence: rf"\b{word}\W{{0,3}}(?P<numbers>{number}(?:{_AND}(?:{word}\s*)?{number})"
    for cadence, (word, number) in _ONE.items()
}
_WITH_YEAR = {cadence: re.compile(rf"{text}+){_OF_YEAR}") for cadence, text in _LISTS.items()}
#: Without a year; what follows is no further number, but perhaps a year of two digits.
_WITHOUT_YEAR = {
    cadence: re.compile(rf"{text}*)(?!\w)(?!\s*[/.-]\s*(?!2\d(?!\d))\d)") for cadence, text in _LISTS.items()
}
_NUMBER = re.compile(r"\d+|\b(?:iv|i{1,3})\b")
#: Days without a year, and a word that differs from "tháng" in tone marks only, as in the thôn "Cao Thắng 2".
_DAYS = re.compile(r"ngay\W*\d{1,2}\W*thang\W*\d{1,2}")
#: The first and last day of a period beside its name, as in "tháng 11 (từ 15 tháng 10 đến 14 tháng 11)".
_FROM_TO = re.compile(r"\b(?:từ|tu|đến|den|tới|toi)\W*\d{1,2}\W*(?:tháng|thang)\W*\d{1,2}\b", re.IGNORECASE)
#: In brackets the period with which figures are compared, as in "tháng 11 (so với tháng 10)", is not theirs.
_COMPARED = re.compile(
    r"\(\s*so voi (?:cung ky )?(?:thang|quy|nam)\W{0,3}(?:\d{1,4}|i{1,3}|iv)\b"
    r"(?:\W{0,2}(?:nam )?(?:19|20)\d\d\b)?\s*\)"
)
_NO_MONTH = re.compile("th[ăắằẳẵặ]ng")


def read_period(texts: Iterable[str], cadence: Cadence) -> set[str]:
    """Labels of the periods named in title rows or a file name, such as "Quý IV/2026".

    Case, tone marks, the Unicode form and underscores do not matter. A date ("ngày 17 tháng 11 năm 2026")
    is not a period, and the year of a month or quarter is not a yearly period.
    """
    return {label for text in texts for label in _read(text, cadence)}


@lru_cache(maxsize=4096)
def _read(text: str, cadence: Cadence) -> frozenset[str]:
    return frozenset(_list_labels(_plain(text), cadence))


def _list_labels(text: str, cadence: Cadence) -> Iterable[str]:
    text = _DATES.sub(" ; ", _COMPARED.sub(" ; ", text))
    if cadence == "nam":
        for shorter in (*_NAMED["thang"], *_NAMED["quy"]):
            text = shorter.sub(" ; ", text)
    for spelling in _NAMED[cadence]:
        for match in spelling.finditer(text):
            number = _ROMAN.get(match["number"]) or int(match["number"] or 1)
            yield _labels(cadence, int(match["year"]))[number - 1]
    if cadence in _WITH_YEAR:
        for match in _WITH_YEAR[cadence].finditer(text):
            yield from (of_year(cadence, number, int(match["year"])) for number in _list_numbers(match))


def _list_numbers(match: re.Match[str]) -> set[int]:
    return {_ROMAN.get(number) or int(number) for number in _NUMBER.findall(match["numbers"])}


def read_numbers(texts: Iterable[str], cadence: Cadence) -> set[int]:
    """Numbers of the months (1 to 12) or quarters (1 to 4) named without a year, such as "Tháng 10"."""
    if cadence not in _WITHOUT_YEAR:
        return set()
    return {number for text in texts for number in _read_numbers(text, cadence)}


@lru_cache(maxsize=4096)
def _read_numbers(text: str, cadence: Cadence) -> frozenset[int]:
    composed = unicodedata.normalize("NFC", text.lower())
    plain = _DATES.sub(" ; ", _COMPARED.sub(" ; ", _plain(_NO_MONTH.sub(";", composed))))
    matches = _WITHOUT_YEAR[cadence].finditer(_DAYS.sub(";", plain))
    return frozenset(number for match in matches for number in _list_numbers(match))


def without_days(text: str) -> str:
    """`text` without the days from and to which something runs: their months are no periods."""
    return _FROM_TO.sub(";", unicodedata.normalize("NFC", text))


_DAY_IN = r"(?:ngay\W*)?(?P<d{0}>\d{{1,2}})\s*(?:[/.-]|thang)\s*(?P<m{0}>\d{{1,2}})"
_YEAR_IN = r"\s*(?:[/.-]|nam)\s*(?P<y{0}>(?:19|20)\d\d)(?!\d)"
#: The first and the last day of something: "từ ngày 15/10 đến ngày 14/11/2026", "15/10/2026 - 14/11/2026".
_SPAN = re.compile(
    rf"(?<![\d/.-]){_DAY_IN.format(1)}(?:{_YEAR_IN.format(1)})?\s*(?:den|toi|-|–|—)\s*(?:het\s*)?"
    rf"{_DAY_IN.format(2)}{_YEAR_IN.format(2)}"
)


def read_spans(texts: Iterable[str]) -> set[tuple[date, date]]:
    """The first and last day of each span of days that `texts` name; only the last one needs a year."""
    return {span for text in texts for span in _read_spans(text)}


@lru_cache(maxsize=4096)
def _read_spans(text: str) -> frozenset[tuple[date, date]]:
    return frozenset(filter(None, map(_span, _SPAN.finditer(_plain(text)))))


def _span(found: re.Match[str]) -> tuple[date, date] | None:
    """Both days; None if one does not exist, or the last comes first."""
    try:
        last = date(int(found["y2"]), int(found["m2"]), int(found["d2"]))
        first = date(int(found["y1"] or last.year), int(found["m1"]), int(found["d1"]))
        if first > last and found["y1"] is None:
            first = first.replace(year=last.year - 1)
    except ValueError:
        return None
    return (first, last) if first <= last else None


_SOME_YEAR = r"(?:\W*(?:nam\W*)?(?P<year>(?:19|20)\d\d))?"
#: Words that are a period and nothing else, such as the heading of a column.
_ALONE: Mapping[Cadence, re.Pattern[str]] = {
    "thang": re.compile(rf"(?:thang|t)\W{{0,2}}{_MONTH}{_SOME_YEAR}"),
    "quy": re.compile(rf"(?:quy|q)\W{{0,2}}{_QUARTER}{_SOME_YEAR}"),
    "nam": re.compile(r"(?:nam\W*)?(?P<year>(?:19|20)\d\d)(?P<number>)"),
}
_WORDS: Mapping[Cadence, str] = {"thang": "tháng", "quy": "quý", "nam": "năm"}


@lru_cache(maxsize=4096)
def read_alone(text: str, cadence: Cadence) -> str | None:
    """The period in words, such as "tháng 1" or "tháng 1/2026", if `text` names it and nothing else.

    `read_period` and `read_numbers` read these words. "T1", "THÁNG 01" and "Tháng 1" give the same words.
    """
    match = _ALONE[cadence].fullmatch(_plain(text).strip())
    if match is None:
        return None
    number = _ROMAN.get(match["number"]) or match["number"].lstrip("0")
    return f"{_WORDS[cadence]} {'/'.join(filter(None, (str(number), match['year'])))}"


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
