"""Makes up columns of numbers, typed and exported by many hands and programs, whose values are known."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import polars as pl

from ambiguity import Ambiguity, Answer, Drawn
from flows.clean import clean_all
from flows.read.table import CellType, ReadTable
from schemas.contract import Column, Dataset, stored_column, typed_column, unread_column
from schemas.kinds import SO_LUONG, SO_THUC, SO_TIEN
from schemas.units import ngoc_lac

_COLUMNS = (
    Column("so_do", "Số đo", SO_THUC),
    Column("trieu", "Giá trị (triệu đồng)", SO_TIEN, unit="triệu đồng"),
    Column("dem", "Số lượt", SO_LUONG),
    Column("dong", "Lệ phí (đồng)", SO_TIEN),
)
_DATASET = Dataset("thu", "Thử", "thon", "thang", "nd09", "một dòng", (), (0, 99), _COLUMNS)
_WHOLE = ("dem", "dong")


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody writes numbers: the mark between thousands ("" for none) and the one before decimals."""

    groups: str
    decimals: str

    def write(self, value: Decimal, places: int | None) -> str:
        """`value` with so many decimals, or with those it has."""
        text = f"{value:f}" if places is None else f"{value:.{places}f}"
        whole, _, tail = text.partition(".")
        if self.groups:
            whole = f"{int(whole):,}".replace(",", self.groups)
        return whole + (self.decimals + tail if tail else "")

    def reads(self, text: str) -> Decimal | None:
        """What this hand means by `text`; None if it never writes so."""
        whole, mark, tail = text.partition(self.decimals)
        if mark and not re.fullmatch("[0-9]+", tail):
            return None
        grouped = self.groups and re.fullmatch(
            rf"[1-9][0-9]{{0,2}}(?:{re.escape(self.groups)}[0-9]{{3}})+", whole
        )
        if not grouped and not re.fullmatch("[0-9]+", whole):
            return None
        return Decimal((whole.replace(self.groups, "") if grouped else whole) + (f".{tail}" if tail else ""))


VIETNAMESE, ENGLISH = Hand(".", ","), Hand(",", ".")
PLAIN_COMMA, PLAIN_DOT = Hand("", ","), Hand("", ".")
_SPACED = tuple(Hand(groups, decimals) for groups in (" ", "\u00a0", "\u202f") for decimals in ",.")
_SWISS = (Hand("'", "."), Hand("’", "."))
_BY_SEPARATOR: Mapping[str | None, Hand] = {";": VIETNAMESE, ",": ENGLISH}
# Numbers that may be a group and a decimal: three digits behind one mark.
_TWO_READINGS = re.compile("[1-9][0-9]{0,2}[.,][0-9]{3}")

#: Where tables come from: separator (None in a workbook), the hands that write so, and how often.
_SOURCES: tuple[tuple[str | None, tuple[Hand, ...], int], ...] = (
    (";", (VIETNAMESE, VIETNAMESE, PLAIN_COMMA), 5),
    (",", (ENGLISH, ENGLISH, PLAIN_DOT), 4),
    (",", (VIETNAMESE,), 2),
    (";", (PLAIN_DOT, ENGLISH), 2),
    (None, (VIETNAMESE, VIETNAMESE, ENGLISH, PLAIN_DOT, PLAIN_COMMA), 5),
    (None, (*_SPACED, *_SWISS), 1),
)


@dataclass(frozen=True, slots=True)
class Given:
    """A table: its separator, the column asked about, the text of each column, cells stored as numbers."""

    separator: str | None
    asked: str
    texts: Mapping[str, tuple[str, ...]]
    stored: frozenset[int]

    def typed(self) -> Iterator[tuple[str, str]]:
        """Column and text of the cells that are not stored as numbers."""
        for name, column in self.texts.items():
            yield from ((name, text) for at, text in enumerate(column) if at not in self.stored)

    def is_read_by(self, hand: Hand) -> bool:
        """Whether `hand` may have written every typed cell."""
        return all(_fits(name, hand.reads(text)) for name, text in self.typed())


def draw(rng: random.Random) -> Drawn:
    """One table, and what the cells of its first column mean.

    Where no cell proves how numbers are written, the separator is that of the program that writes them so;
    in a column of two hands, each has a cell that proves its own.
    """
    while True:
        separator, hands, _ = rng.choices(_SOURCES, [weight for *_, weight in _SOURCES])[0]
        hand, height = rng.choice(hands), rng.choice((1, 1, 2, 3, 5, 8, 13, 21))
        names = rng.sample([column.name for column in _COLUMNS], rng.choice((1, 1, 2, 3)))
        values, texts = {}, {}
        for name in names:
            values[name], places = _values(rng, name, height)
            texts[name] = tuple(hand.write(value, places) for value in values[name])
        stored = frozenset[int]()
        if separator is None and rng.random() < 0.5:
            stored = frozenset(at for at in range(height) if rng.random() < 0.7)
            for name in names:
                texts[name] = tuple(
                    f"{values[name][at].normalize():f}" if at in stored else text
                    for at, text in enumerate(texts[name])
                )
        truth = tuple(map(float, values[names[0]]))
        given = Given(separator, names[0], texts, stored)
        if names[0] not in _WHOLE and rng.random() < 0.1:
            mixed = _mix(rng, given, values[names[0]])
            if mixed is not None:
                return Drawn(mixed, truth, decidable=False)
        usual = _BY_SEPARATOR.get(separator)
        if usual is None or _is_like(hand, usual) or not given.is_read_by(usual):
            return Drawn(given, truth, _is_decidable(given, truth))


def _is_like(hand: Hand, usual: Hand) -> bool:
    return hand.decimals == usual.decimals and hand.groups in ("", usual.groups)


def _values(rng: random.Random, name: str, height: int) -> tuple[list[Decimal], int | None]:
    """Values of one column, and the decimals that its format has; None if each has as many as it needs."""
    places = 0 if name in _WHOLE else rng.choice((0, 1, 2, 3))
    middle, spread = rng.uniform(0, 6), rng.uniform(0.2, 1.5)
    step = Decimal(1).scaleb(-places)
    if name == "dong":
        step, middle = Decimal(rng.choice((1, 500, 1000))), middle + 1
    drawn = [Decimal(10 ** rng.gauss(middle, spread)) for _ in range(height)]
    values = [max((value / step).to_integral_value(), Decimal(1)) * step for value in drawn]
    return values, rng.choice((places, None)) if places else 0


def _mix(rng: random.Random, given: Given, values: Sequence[Decimal]) -> Given | None:
    """The column asked about, in two hands; None unless each has a cell that the other cannot write."""
    pair = rng.choice(((VIETNAMESE, ENGLISH), (PLAIN_COMMA, PLAIN_DOT), (VIETNAMESE, PLAIN_DOT)))
    hands = [rng.choice(pair) for _ in values]
    texts = [hand.write(value.normalize(), None) for hand, value in zip(hands, values, strict=True)]
    for hand, other in zip(pair, (ENGLISH, VIETNAMESE), strict=True):
        if not any(h is hand and other.reads(text) is None for h, text in zip(hands, texts, strict=True)):
            return None
    return Given(given.separator, given.asked, {given.asked: tuple(texts)}, frozenset())


def _fits(name: str, value: Decimal | None) -> bool:
    return value is not None and (name not in _WHOLE or value == value.to_integral_value())


def _is_decidable(given: Given, truth: Sequence[float]) -> bool:
    """Whether all who may have written the table mean the same, or the separator tells of groups."""
    asked = given.texts[given.asked]
    usual = _BY_SEPARATOR.get(given.separator)
    possible = [hand for hand in (VIETNAMESE, ENGLISH, *_SPACED, *_SWISS) if given.is_read_by(hand)]
    if usual in possible and all(usual.groups in text for text in asked if _TWO_READINGS.fullmatch(text)):
        return True
    return all(
        float(hand.reads(text) or 0) == true
        for hand in possible
        for at, (text, true) in enumerate(zip(asked, truth, strict=True))
        if at not in given.stored
    )


def read(drawn: Sequence[Drawn]) -> Iterable[Sequence[Answer]]:
    """What is taken from the column asked about of each table."""
    by_layout = [_table(one.given) for one in drawn]
    for one, cleaned in zip(drawn, clean_all(by_layout, _DATASET, ngoc_lac()), strict=True):
        name = one.given.asked
        yield list(cleaned.frame.select(name, unread_column(name)).iter_rows())


def _table(given: Given) -> ReadTable:
    height = len(given.texts[given.asked])
    kinds = [CellType.NUMBER if at in given.stored else CellType.TEXT for at in range(height)]
    columns = [pl.int_range(2, height + 2, dtype=pl.UInt32, eager=True).alias("_row")]
    for column in _COLUMNS:
        if column.name in given.texts:
            columns.append(pl.Series(typed_column(column.name), given.texts[column.name], pl.String))
            columns.append(pl.Series(stored_column(column.name), kinds, pl.UInt8))
    letters = {name: "ABCD"[at] for at, name in enumerate(given.texts)}
    table = ReadTable("thu", "Trang 1", (), pl.DataFrame(columns), letters)
    return replace(table, separator=given.separator)


NUMBERS = Ambiguity(draw, read)
