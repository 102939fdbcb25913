"""Makes up columns of dates, typed by many hands and turned by Excel or not, whose days are known."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from ambiguity import Ambiguity, Answer, Drawn
from flows.clean import Occasion, clean_all
from flows.read.table import CellType, ReadTable
from schemas.contract import Column, Dataset, stored_column, typed_column, unread_column
from schemas.kinds import NGAY, NGAY_SINH
from schemas.periods import period
from schemas.units import ngoc_lac

_DATED, _UNDATED, _BIRTH = "ngay", "ngay_nhan", "ngay_sinh"
_COLUMNS = (
    Column(_DATED, "Ngày", NGAY),
    Column(_UNDATED, "Ngày nhận", NGAY),
    Column(_BIRTH, "Ngày sinh", NGAY_SINH),
)
_DATASET = Dataset("thu", "Thử", "thon", "thang", "nd09", "một dòng", (), (0, 99), _COLUMNS, dated=_DATED)
_OTHER_FORMS = ("{0:%Y-%m-%d}", "ngày {0.day} tháng {0.month} năm {0.year}")
# Excel takes a text with one of these signs for a date.
_SIGNS_OF_EXCEL = "/-"
# With fewer texts that Excel did not take for dates, nobody can know that it turned others.
_TEXTS_THAT_SHOW = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """One date: its text, and whether Excel stored it as a date. `form` is None for one in digits."""

    text: str
    real: bool = False
    form: str | None = None

    def read(self, *, month_first: bool) -> date | None:
        """The day that the digits stand for, read the one way or the other."""
        first, second, year = (int(part) for part in self.text.replace("-", "/").replace(".", "/").split("/"))
        try:
            return date(year, first if month_first else second, second if month_first else first)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody types dates, and what takes them.

    Attributes:
        month_first: Whether the month is typed first.
        sign: What is typed between day, month and year.
        padded: Whether `5` is typed as `05`.
        excel: Whether the Excel that takes them expects the month first; None if they go to a text file.
        kept: The share of cells that Excel keeps as texts because of their format.
    """

    month_first: bool
    sign: str = "/"
    padded: bool = True
    excel: bool | None = None
    kept: float = 0

    def type(self, day: date, rng: random.Random) -> Cell:
        """The cell that becomes of `day`."""
        parts = (day.month, day.day) if self.month_first else (day.day, day.month)
        digits = [f"{part:02}" if self.padded else str(part) for part in parts]
        cell = Cell(self.sign.join([*digits, f"{day.year:04}"]))
        if self.excel is None or self.sign not in _SIGNS_OF_EXCEL or rng.random() < self.kept:
            return cell
        taken = cell.read(month_first=self.excel)
        return cell if taken is None else Cell(f"{taken:%d/%m}/{taken.year:04}", real=True)


@dataclass(frozen=True, slots=True)
class Given:
    """A table of one column of dates, and its occasion."""

    column: str
    cells: tuple[Cell, ...]
    occasion: Occasion

    def is_likely(self, *, texts: bool, real: bool) -> bool:
        """Whether all dates can be, if the month stands first in its texts or in its real dates."""
        when = self.occasion
        first, last = (when.period.start, when.period.end) if self.column == _DATED else (date.min, when.day)
        days = [
            cell.read(month_first=real if cell.real else texts) for cell in self.cells if cell.form is None
        ]
        return all(day is not None and first <= day <= last for day in days)

    @property
    def missed(self) -> list[Cell]:
        """The texts with one reading that Excel takes for dates, but did not here."""
        texts = [cell for cell in self.cells if not (cell.form or cell.real)]
        return [
            cell
            for cell in texts
            if cell.text.strip("0123456789")[0] in _SIGNS_OF_EXCEL
            and None in (cell.read(month_first=False), cell.read(month_first=True))
        ]

    @property
    def may_be_otherwise(self) -> bool:
        """Whether what it shows is not as the form asks, or need not be."""
        if not self.is_likely(texts=False, real=False):
            return True
        turned = self.is_likely(texts=False, real=True) or self.is_likely(texts=True, real=True)
        return turned and any(cell.real for cell in self.cells) and bool(self.missed)


def draw(rng: random.Random) -> Drawn:
    """One column, and the days that its cells mean.

    The form asks for the day first. A column in which that is wrong shows it: else nobody could know.
    """
    while True:
        name, occasion = rng.choice((_DATED, _UNDATED, _BIRTH)), _draw_occasion(rng)
        days = _draw_days(rng, name, occasion)
        hands = _draw_hands(rng)
        typists = [rng.choice(hands) for _ in days]
        cells = [hand.type(day, rng) for hand, day in zip(typists, days, strict=True)]
        for at in range(len(cells)):
            if rng.random() < 0.03:
                form = rng.choice(_OTHER_FORMS)
                cells[at] = Cell(form.format(days[at]), form=form)
        given = Given(name, tuple(cells), occasion)
        if _is_as_asked(given, days):
            return Drawn(given, tuple(days), decidable=not given.may_be_otherwise)
        if _shows(given, hands, typists):
            return Drawn(given, tuple(days), decidable=False)


def _draw_occasion(rng: random.Random) -> Occasion:
    of = period(_DATASET, f"2026-{rng.randint(1, 11):02}")
    return Occasion(of, of.end + timedelta(days=rng.randint(1, 20)))


def _draw_days(rng: random.Random, name: str, occasion: Occasion) -> list[date]:
    height = rng.choice((1, 1, 2, 3, 5, 8, 13, 21, 40))
    first = {
        _DATED: occasion.period.start,
        _UNDATED: occasion.day - timedelta(days=900),
        _BIRTH: date(1930, 1, 1),
    }
    last = occasion.period.end if name == _DATED else occasion.day
    days = [first[name] + timedelta(days=rng.randint(0, (last - first[name]).days)) for _ in range(height)]
    return sorted(days) if name != _BIRTH and rng.random() < 0.5 else days


def _draw_hands(rng: random.Random) -> tuple[Hand, ...]:
    """The hands that filled a column: mostly one, or two that share it."""
    sign, padded, kept = rng.choice("//-."), rng.random() < 0.7, rng.choice((0, 0, 0.3))
    usual = Hand(False, sign, padded, rng.choice((None, False, False)), kept)
    other = Hand(True, sign, padded, usual.excel, kept)
    # Typed day first into an Excel that expects the month first, month first into one that expects the day.
    turned = Hand(False, sign, padded, True, kept), Hand(True, sign, padded, False, kept)
    drawn = rng.random()
    if drawn < 0.7:
        return (usual,)
    if drawn < 0.85:
        return (rng.choice((other, *turned)),)
    return (usual, rng.choice((other, *turned)))


def _is_as_asked(given: Given, days: Sequence[date]) -> bool:
    return all(
        cell.form or cell.read(month_first=False) == day for cell, day in zip(given.cells, days, strict=True)
    )


def _shows(given: Given, hands: Sequence[Hand], typists: Sequence[Hand]) -> bool:
    """Whether a column that is not as the form asks shows that."""
    texts = [cell for cell in given.cells if not (cell.form or cell.real)]
    by_month = [cell for cell in texts if cell.read(month_first=False) is None]
    if len(hands) > 1 and not by_month:
        # What one hand wrote month first, or an Excel turned, stands among dates that are right.
        by_excel = [cell for cell in texts if cell.text.strip("0123456789")[0] in _SIGNS_OF_EXCEL]
        all_missed = all(cell.read(month_first=True) is None for cell in by_excel)
        return all_missed and len(by_excel) >= _TEXTS_THAT_SHOW
    return bool(by_month) or given.may_be_otherwise


def read(drawn: Sequence[Drawn]) -> Iterable[Sequence[Answer]]:
    """What is taken from each column, and what is told: a flaw, or that the day is still to come."""
    given = [one.given for one in drawn]
    tables = [_table(one) for one in given]
    occasions = [one.occasion for one in given]
    for one, cleaned in zip(given, clean_all(tables, _DATASET, ngoc_lac(), occasions), strict=True):
        answers = cleaned.frame.select(one.column, unread_column(one.column)).iter_rows()
        yield [(day, told or ("tuong_lai" if day > one.occasion.day else None)) for day, told in answers]


def _table(given: Given) -> ReadTable:
    kinds = [CellType.DATE if cell.real else CellType.TEXT for cell in given.cells]
    columns = [
        pl.int_range(2, len(kinds) + 2, dtype=pl.UInt32, eager=True).alias("_row"),
        pl.Series(typed_column(given.column), [cell.text for cell in given.cells], pl.String),
        pl.Series(stored_column(given.column), kinds, pl.UInt8),
    ]
    return ReadTable("thu", "Trang 1", (), pl.DataFrame(columns), {given.column: "B"})


DATES = Ambiguity(draw, read)
