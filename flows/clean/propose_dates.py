"""Lists what a clerk may have meant by a date that can't be read, or that can be read as two days.

The text given has Latin letters in place of those of other scripts that look like them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from flows.clean.dates import DAYS_TO_1904, SERIAL_EPOCH, SERIALS
from flows.clean.nearest import OR
from schemas.contract import Column
from schemas.kinds import NGAY_SINH

_LOOK_ALIKE = str.maketrans("OoIl|", "00111")
_DAY_FIRST = re.compile(r"^\D*(\d{1,2})\D+(\d{1,2})\D+(\d{4}|\d{2})\D*$")
_YEAR_FIRST = re.compile(r"^\D*(\d{4}|[4-9]\d)\D+(\d{1,2})\D+(\d{1,2})\D*$")
_UNKNOWN_DAY = re.compile(r"^\D*0{1,2}\D+0{1,2}\D+((?:19|20)\d{2})\D*$")
_IN_DIGITS = re.compile(r"^\D*(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})(?:\D.*)?$")
_DURATION = re.compile(r"^(\d{6,7}):\d{2}:\d{2}$")
_MOMENT = re.compile(
    r"(?i)^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)? ?(?:Z|UTC|GMT|([+-]\d{2}):?(\d{2}))$"
)
# Clocks in Vietnam have been seven hours ahead of UTC; before 1976 they were up to nine.
_AHEAD, _MOST_AHEAD, _SINCE = timedelta(hours=7), timedelta(hours=9), 1976


def day(text: str, column: Column) -> Iterator[str]:
    """A complete date with unusual separators; a month before its day only if no other reading exists.

    A proposal names two days if a birth has two digits for its year, or a moment is near midnight.
    """
    if found := _UNKNOWN_DAY.match(text):
        yield found[1]
    if found := _MOMENT.match(text):
        yield from _list_days(found)
    text = re.sub(r"^(\d{1,2})(\d{2})((?:19|20)\d{2})$", r"\1/\2/\3", text.translate(_LOOK_ALIKE))
    text = re.sub(r"^((?:19|20)\d{2})(\d{2})(\d{2})$", r"\1-\2-\3", text)
    if found := _YEAR_FIRST.match(text):
        yield from _in_years(found[3], found[2], found[1], column)
    if found := _DAY_FIRST.match(text):
        yield from _in_years(found[1], found[2], found[3], column)
        yield from _in_years(found[2], found[1], found[3], column)
    serial = int(found[1]) // 24 if (found := _DURATION.match(text)) else _read_serial(text)
    if SERIALS[0] <= serial <= SERIALS[1]:
        yield _write(SERIAL_EPOCH + timedelta(days=serial))


def either_day(text: str, column: Column) -> Iterator[str]:
    """Both days that a date in digits or a number of days may be, each typed so that it has one reading."""
    if found := _IN_DIGITS.match(text):
        both = (*_existing(found[1], found[2], found[3]), *_existing(found[2], found[1], found[3]))
        yield OR.join(f"ngày {each.day} tháng {each.month} năm {each.year}" for each in both)
    if days := _read_serial(text.partition(".")[0]):
        yield OR.join(_write(SERIAL_EPOCH + timedelta(days + more)) for more in (DAYS_TO_1904, 0))


def month_first(text: str, column: Column) -> Iterator[str]:
    """A date in digits read month first."""
    if found := _IN_DIGITS.match(text):
        yield from map(_write, _existing(found[2], found[1], found[3]))


def _read_serial(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{5}", text) else 0


def _list_days(moment: re.Match[str]) -> Iterator[str]:
    """The days that a moment may be in Vietnam, and the day that it states."""
    try:
        stated = datetime.fromisoformat(moment[1])
    except ValueError:
        return
    utc = stated - timedelta(hours=int(moment[2] or 0), minutes=int(moment[3] or 0))
    there = utc + (_AHEAD if stated.year >= _SINCE else _MOST_AHEAD)
    yield OR.join(dict.fromkeys(_write(each) for each in (there.date(), stated.date())))


def _in_years(day_: str, month: str, year: str, column: Column) -> Iterator[str]:
    """The day in each year that `year` may stand for, as one proposal."""
    days = [each for full in _add_century(year, column) for each in _existing(day_, month, full)]
    if days:
        yield OR.join(map(_write, days))


def _add_century(year: str, column: Column) -> Iterable[str]:
    """The years that two digits may stand for: births in any of a long life, other dates in 2000–2049."""
    if len(year) == 4:
        return (year,)
    if column.kind is NGAY_SINH:
        return (f"19{year}",) if int(year) > 40 else (f"20{year}", f"19{year}")
    return (f"20{year}",) if int(year) < 50 else ()


def _existing(day_: str, month: str, year: str) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day_))
    except ValueError:
        return


def _write(day_: date) -> str:
    return f"{day_:%d/%m}/{day_.year:04}"
