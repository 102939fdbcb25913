"""What the submissions of a commune came to: which of them count, their records, faults and repairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from flows.collect.submission import WHO, Submission
from flows.intake.model import SubmissionSummary
from flows.measure.counts import COUNTS
from flows.protect import mask_numbers
from flows.settle.compare import RecordChanges
from flows.settle.unusual import PRINTS
from flows.validate.across import UNJUDGED
from schemas.contract import QUARANTINED
from schemas.periods import Period
from schemas.tables import CHANGES, FAULTS

# A whole register copied would not fit beside itself.
ROWS_AT_ONCE = 1 << 17

#: The unit, dataset and period that a submission answers for.
Owes: TypeAlias = tuple[str, str, str]

LIVE = {"dataset": pl.String, "_part": pl.UInt32, "_unit": pl.String, "_period": pl.String}


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """What one submission brought for one dataset and period, after judging.

    `number` is its number among those of its dataset and period; `tables` gives each table's sheet and its
    columns' letters. `records` counts what was read; `accepted`, `quarantined`, `repeated` what became of it.
    """

    submission: Submission
    dataset: str
    period: Period
    nil: bool
    tables: tuple[tuple[str, Mapping[str, str]], ...]
    number: int
    records: int
    accepted: int
    quarantined: int
    repeated: int

    @property
    def taken(self) -> bool:
        """Whether anything of it can be used: an accepted record, or a declared nothing."""
        return self.accepted > 0 or self.nil

    @property
    def owes(self) -> Owes:
        """What it answers for."""
        return self.submission.unit, self.dataset, self.period.label


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a submission changed against `former`: an earlier one of its period, or of the period before."""

    dataset: str
    period: str
    former: str
    change: RecordChanges


@dataclass(frozen=True, slots=True)
class Standing:
    """All that was judged, in order of arrival, and what is in effect for each unit, dataset and period."""

    judged: Sequence[JudgedPart]
    in_effect: Mapping[Owes, JudgedPart]

    def counts(self, judged: JudgedPart) -> bool:
        """Whether `judged` is not superseded: in effect, or refused after the one in effect."""
        current = self.in_effect.get(judged.owes)
        return current is None or judged is current or judged.submission > current.submission

    def by_hand_in(self) -> dict[Submission, list[JudgedPart]]:
        """What was judged of each submission."""
        found: dict[Submission, list[JudgedPart]] = {}
        for one in self.judged:
            found.setdefault(one.submission, []).append(one)
        return found


#: What is found, before it is numbered and masked; `record` is what a fault is about, as typed.
FOUND = {name: dtype for name, dtype in FAULTS.schema.items() if name != "issue"} | {"record": pl.String}
#: A repaired cell, before it is masked, and whether its submission is in effect.
REPAIRED = CHANGES.schema | {"_in_effect": pl.Boolean}
#: Cells judged and failed of a submission that counts.
TALLIES = dict.fromkeys(("dimension", "judged", "failed", "dataset", "unit", "period"), pl.String) | {
    "judged": pl.UInt64,
    "failed": pl.UInt64,
}

#: The tables of a season.
TABLES: Mapping[str, pl.Schema] = {
    name: pl.Schema(schema)
    for name, schema in (
        ("faults", FOUND),
        ("changes", REPAIRED),
        ("tallies", TALLIES),
        ("unjudged", UNJUDGED),
        ("counted", COUNTS),
        ("prints", PRINTS),
    )
}


@dataclass(frozen=True, slots=True)
class SettledPeriod(Standing):
    """What was handed in for one period, settled: all that hangs on it and the contracts, and on no day.

    `faults` of records that count and `changes`, repaired cells of all submissions, hold what was typed.
    `tallies` count cells judged and failed of submissions that count; `unjudged` are the cross rules that had
    nothing to be judged by; `counted` is what indicators count in the records in effect, `prints` what those
    look like as wholes. `compared` by submission.
    """

    label: str
    faults: pl.DataFrame
    changes: pl.DataFrame
    tallies: pl.DataFrame
    unjudged: pl.DataFrame
    counted: pl.DataFrame
    prints: pl.DataFrame
    compared: Mapping[Submission, Sequence[Comparison]]


#: Judged records by dataset, without what was typed, plus `_part` and `_class`.
Read: TypeAlias = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class PeriodRecords:
    """A season, what gives its records as read and, where it is kept, the name that tells all it hangs on."""

    settled: SettledPeriod
    read: Callable[[], Read]
    name: str | None = None

    def accepted(self) -> Iterator[tuple[JudgedPart, Iterator[pl.DataFrame]]]:
        """Each submission in effect with its accepted records as read, in pieces that are not too long.

        There is one piece at least. A dataset's records are parted in one pass.
        """
        read = self.read()
        parted = {name: _parted(rows) for name, rows in read.items()}
        for one in self.settled.in_effect.values():
            rows = parted[one.dataset].get((one.number,), read[one.dataset].clear())
            pieces = rows.iter_slices(ROWS_AT_ONCE) if rows.height else iter([rows])
            yield one, (piece.filter(~QUARANTINED) for piece in pieces)


@dataclass(frozen=True, slots=True)
class Settled(Standing):
    """The day's submissions, settled: all that depends on them and the contracts, and on no day.

    `accounts` of what was read, `repeats` of what had been handed in before, both in order of arrival.
    `seasons` by period, each with what gives its records as read. `faults` of records, files and whole
    submissions that count; `changes`, `tallies`, `unjudged`, `compared`, `counted` of all seasons.
    `submissions` as published.
    """

    summaries: Sequence[SubmissionSummary]
    repeats: Sequence[Submission]
    periods: Sequence[PeriodRecords]
    faults: pl.DataFrame
    changes: pl.DataFrame
    tallies: pl.DataFrame
    unjudged: pl.DataFrame
    counted: pl.DataFrame
    submissions: pl.DataFrame
    compared: Mapping[Submission, Sequence[Comparison]]

    def came(self) -> pl.DataFrame:
        """Dataset, unit and period of what is in effect and has records."""
        rows = [
            (one.dataset, one.submission.unit, one.period.label)
            for one in self.in_effect.values()
            if one.accepted + one.quarantined
        ]
        return pl.DataFrame(rows, dict.fromkeys(("dataset", "unit", "period"), pl.String), orient="row")


def select_in_effect(read: Read, standing: Standing) -> dict[str, pl.DataFrame]:
    """Of a season's records as `read` those in effect, plus `_unit`, `_period`."""
    found: dict[str, pl.DataFrame] = {}
    for name, judged in read.items():
        every = sorted((one for one in standing.judged if one.dataset == name), key=lambda one: one.number)
        live = [one.number for one in every if standing.in_effect.get(one.owes) is one]
        # Where nothing is superseded a whole register is not copied.
        is_whole = judged["_part"].unique().is_in(live).all()
        rows = judged if is_whole else judged.filter(pl.col("_part").is_in(live))
        units = pl.Series([one.submission.unit for one in every], dtype=pl.String)
        periods = pl.Series([one.period.label for one in every], dtype=pl.String)
        found[name] = rows.with_columns(
            units.gather(rows["_part"]).alias("_unit"), periods.gather(rows["_part"]).alias("_period")
        )
    return found


def _parted(read: pl.DataFrame) -> Mapping[tuple[object, ...], pl.DataFrame]:
    """The records of each submission, by `(_part,)`; those of one alone are not copied."""
    if read.height and read["_part"].is_sorted() and read["_part"][0] == read["_part"][-1]:
        return {(read["_part"][0],): read}
    return read.partition_by("_part", as_dict=True, maintain_order=True)


def list_parts(judged: Iterable[JudgedPart]) -> pl.DataFrame:
    """Dataset, `_part`, `_unit` and `_period` of each of `judged`."""
    rows = [(one.dataset, one.number, one.submission.unit, one.period.label) for one in judged]
    return pl.DataFrame(rows, schema=LIVE, orient="row")


def filter_about(table: pl.DataFrame, submissions: Iterable[Submission]) -> pl.DataFrame:
    """The rows of a `table` that are about these submissions."""
    asked = pl.DataFrame([one.who for one in submissions], dict.fromkeys(WHO, pl.String), orient="row")
    return table.join(asked, on=WHO, how="semi", maintain_order="left")


def trace_rows(one: JudgedPart, rows: pl.DataFrame) -> pl.DataFrame:
    """Where each of `rows` was typed, numbers in names masked: `_unit`, `_file`, `_sheet`, `_row`."""
    sheets = pl.Series([sheet for sheet, _ in one.tables], dtype=pl.String)
    told = pl.select(mask_numbers(pl.lit(sheets))).to_series()
    return rows.select(
        pl.lit(one.submission.unit).alias("_unit"),
        pl.lit(one.submission.file).alias("_file"),
        told.gather(rows["_table"]).alias("_sheet"),
        "_row",
    )
