"""Decides column by column whether days come before months, and reads dates so or tells the doubt.

The form asks for the day first. A column is read month first only if that is proved: by dates that can be
read in no other way, or because Excel made dates of some texts and left others, as its settings for another
country do. Whatever is read so, or remains in doubt, is told at every cell that it concerns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum

import polars as pl

from flows.clean.date_evidence import (
    IS_DAY_FIRST,
    ONLY_DAY_FIRST,
    TWO_READINGS,
    Evidence,
    Half,
    Occasion,
    add_limits,
    find_unproved,
    list_dates,
    weigh,
)
from flows.clean.reading import Reading, make_nulls
from schemas.contract import UNREAD, Dataset, stored_column
from schemas.kinds import NGAY, NGAY_SINH

# One date the other way among so many is a slip of the hand: the others may be read, but with a doubt.
_SLIP = 20
# So many real dates and so many texts are no chance if each half keeps to its side of the 12th.
_NO_CHANCE = 5
# So many texts, all after the 12th, are enough for a doubt.
_FEW = 3

#: The text that names cells, given their rows.
Address = Callable[[Iterable[int]], str]


class Order(Enum):
    """How one half of a column (its texts, or its real dates) is to be read.

    With `DOUBTFUL` it is read day first, and told where the month may be first. With `EITHER` both orders are
    proved, so that no date with two readings can be read.
    """

    DAY_FIRST = "day_first"
    DOUBTFUL = "doubtful"
    MONTH_FIRST = "month_first"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class ColumnOrder:
    """The order of both halves of one date column of a table; if not day first, a sentence that says why."""

    texts: Order
    real: Order
    texts_why: str | None = None
    real_why: str | None = None


def settle_orders(
    readings: Mapping[str, Reading],
    dataset: Dataset,
    cells: pl.DataFrame,
    tables: pl.Series,
    letters: Sequence[Mapping[str, str]],
    occasions: Sequence[Occasion | None],
) -> dict[str, Reading]:
    """The readings of the date columns that are not plainly day first, in the order that is proved.

    Args:
        readings: The readings of all columns, dates day first.
        dataset: The contract.
        cells: The cells of all tables.
        tables: The number of the table of each cell.
        letters: The letter of each column in each table.
        occasions: The occasion of each table, if it is known.
    """
    columns = [each for each in dataset.columns if each.name in readings and each.kind in (NGAY, NGAY_SINH)]
    stored = {each.name: cells[stored_column(each.name)] for each in columns}
    unproved = set[int]().union(
        *(find_unproved(readings[each.name], stored[each.name], tables) for each in columns)
    )
    if not unproved:
        return {}
    dates, evidence = {}, {}
    for each in columns:
        listed = list_dates(readings[each.name], stored[each.name], tables, unproved)
        dates[each.name] = add_limits(listed, each, dataset, occasions)
        evidence[each.name] = weigh(dates[each.name], each)
    verdicts: dict[str, dict[int, ColumnOrder]] = {}
    for table in sorted(unproved):
        of_table = {name: found[table] for name, found in evidence.items() if table in found}
        for name, verdict in decide_table(of_table).items():
            explained = _explain(verdict, of_table[name], _addresser(cells, name, letters[table].get(name)))
            verdicts.setdefault(name, {})[table] = explained
    return {name: _reread(readings[name], dates[name], found) for name, found in verdicts.items()}


def _addresser(cells: pl.DataFrame, name: str, letter: str | None) -> Address:
    own = cells.get_column(f"{name}.letter", default=None)

    def name_cells(rows: Iterable[int]) -> str:
        return ", ".join(f"{letter if own is None else own[at]}{cells['_row'][at]}" for at in rows)

    return name_cells


def decide_table(columns: Mapping[str, Evidence]) -> dict[str, ColumnOrder]:
    """The verdicts of the date columns of one table that are not plainly day first.

    Beside such a column, one that proves nothing itself is doubtful.
    """
    found = {
        name: ColumnOrder(decide_texts(of.texts), decide_real(of.texts, of.real))
        for name, of in columns.items()
    }
    if any(one.texts is not Order.DAY_FIRST for one in found.values()):
        found = {
            name: replace(one, texts=_doubt(one.texts, columns[name].texts)) for name, one in found.items()
        }
    if any({one.texts, one.real} != {Order.DAY_FIRST} for one in found.values()):
        found = {name: replace(one, real=_doubt(one.real, columns[name].real)) for name, one in found.items()}
    return {name: one for name, one in found.items() if {one.texts, one.real} != {Order.DAY_FIRST}}


def _doubt(order: Order, half: Half) -> Order:
    proves_nothing = half.both and not half.days and half.leans >= 0
    return Order.DOUBTFUL if order is Order.DAY_FIRST and proves_nothing else order


def decide_texts(texts: Half) -> Order:
    """The order of the texts of a column."""
    if texts.days and texts.months:
        if texts.days >= _SLIP * texts.months:
            return Order.DOUBTFUL
        return Order.MONTH_FIRST if texts.months >= _SLIP * texts.days else Order.EITHER
    if texts.months:
        proved = texts.leans > 0 or (texts.months_apart > 1 and not texts.leans)
        return Order.MONTH_FIRST if proved else Order.DOUBTFUL
    return Order.DOUBTFUL if not texts.days and texts.is_suspect else Order.DAY_FIRST


def decide_real(texts: Half, real: Half) -> Order:
    """The order of the real dates: whether Excel took days for months.

    It made dates where its settings allowed, and the others remained texts: then no text that Excel can take
    for a date has two readings, and no real date has a day after the 12th, but for those of another.
    """
    missed = texts.once_by_excel
    if not real.both or not (missed or (real.is_suspect and not real.days)):
        return Order.DAY_FIRST
    if not missed:
        return Order.DOUBTFUL
    missed_all = not texts.both_by_excel and not (texts.days and texts.months)
    if real.days:
        is_doubtful = texts.months or (missed_all and missed >= _FEW)
        return Order.DOUBTFUL if is_doubtful else Order.DAY_FIRST
    no_chance = missed_all and real.both_apart >= _NO_CHANCE and missed >= _NO_CHANCE
    if missed_all and (real.leans > 0 or (no_chance and not real.leans)):
        return Order.MONTH_FIRST
    return Order.DOUBTFUL


_TAKEN_AS = "Đang hiểu là ngày trước, tháng sau."
_SUSPECT = f"Đọc tháng trước thì cột này hợp hơn với kỳ báo cáo, ngày nộp hoặc thứ tự các dòng. {_TAKEN_AS}"
_BESIDE = f"Một cột ngày khác của bảng có ngày và tháng đổi chỗ. {_TAKEN_AS}"


def _explain(verdict: ColumnOrder, of: Evidence, address: Address) -> ColumnOrder:
    """`verdict` with the sentences that say why."""
    return replace(
        verdict,
        texts_why=_explain_texts(verdict.texts, of.texts, address),
        real_why=_explain_real(verdict.real, of.texts, of.real, address),
    )


def _explain_texts(order: Order, texts: Half, address: Address) -> str | None:
    if order is Order.DAY_FIRST:
        return None
    if order is Order.EITHER:
        return f"Ô {address(texts.a_month)} ghi tháng trước, ô {address(texts.a_day)} ghi ngày trước."
    if not texts.months:
        return _SUSPECT if texts.is_suspect else _BESIDE
    shown = f"Ô {address(texts.a_month)} có số đứng giữa lớn hơn 12."
    return shown if order is Order.MONTH_FIRST else f"{shown} {_TAKEN_AS}"


def _explain_real(order: Order, texts: Half, real: Half, address: Address) -> str | None:
    if order is Order.DAY_FIRST:
        return None
    left = sorted([*texts.a_day, *texts.a_month])[:2]
    if not left:
        return _SUSPECT if real.is_suspect else _BESIDE
    shown = f"Excel hiểu ô {address(real.a_both)} là ngày nhưng để ô {address(left)} là chữ"
    if order is Order.MONTH_FIRST:
        return f"{shown}: ngày và tháng của các ô kiểu ngày đã bị đổi chỗ."
    return f"{shown}: ngày và tháng của các ô kiểu ngày có thể đã bị đổi chỗ. {_TAKEN_AS}"


def _reread(reading: Reading, dates: pl.DataFrame, verdicts: Mapping[int, ColumnOrder]) -> Reading:
    """`reading` of one column with the dates of the tables of `verdicts` read and told as those say."""
    told = _tell(dates, verdicts)
    at = told["at"]
    notes = make_nulls(reading.value.len(), pl.String) if reading.notes is None else reading.notes.clone()
    answers = reading.answers
    if answers is not None:
        answers = answers.update(
            told.select("at", "value"), on="at", include_nulls=True, maintain_order="left"
        )
        answers = answers.with_columns(change=pl.when(pl.col("value").is_not_null()).then("change"))
        if "precision" in answers.columns:
            is_told = pl.col("at").is_in(at.implode())
            answers = answers.with_columns(
                precision=pl.when(is_told).then(pl.lit("ngay")).otherwise("precision")
            )
    return Reading(
        reading.value.clone().scatter(at, told["value"]),
        reading.unread.clone().scatter(at, told["unread"]),
        answers,
        notes.scatter(at, told["why"]),
    )


def _tell(dates: pl.DataFrame, verdicts: Mapping[int, ColumnOrder]) -> pl.DataFrame:
    """The cells (`at`) that are told: their `value`, their flaw (`unread`), and `why`."""
    schema = {"table": pl.UInt32} | dict.fromkeys(("texts", "real_dates", "texts_why", "real_why"), pl.String)
    rows = [(n, one.texts.value, one.real.value, one.texts_why, one.real_why) for n, one in verdicts.items()]
    frame = dates.join(
        pl.DataFrame(rows, schema=schema, orient="row"), on="table", how="inner", maintain_order="left"
    )
    frame = frame.with_columns(
        order=pl.when("real").then("real_dates").otherwise("texts"),
        why=pl.when("real").then("real_why").otherwise(pl.coalesce("texts_why", "real_why")),
    )
    order, month_first = pl.col("order"), pl.lit("month_first")
    is_month_first = (order == month_first) & ~ONLY_DAY_FIRST
    # In a column whose real dates Excel turned, every text is told too: the whole column is to be retyped.
    beside_turned = (order == "day_first") & ~pl.col("real") & (pl.col("real_dates") == month_first)
    is_doubtful = (order == "doubtful") | beside_turned
    unread = (
        pl.when(is_month_first | (beside_turned & ~TWO_READINGS))
        .then(pl.lit("thang_truoc"))
        .when(TWO_READINGS & is_doubtful & ~IS_DAY_FIRST)
        .then(pl.lit("mo_ho"))
        .when(TWO_READINGS & (order == "either"))
        .then(pl.lit("hai_thu_tu"))
    )
    value = (
        pl.when(is_month_first)
        .then("month_first")
        .when(~(TWO_READINGS & (order == "either")))
        .then("day_first")
    )
    return frame.select("at", "why", value=value, unread=unread.cast(UNREAD)).filter(
        pl.col("unread").is_not_null()
    )
