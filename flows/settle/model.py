"""The result of judging submissions: which of them count, their records, faults and repairs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from flows.collect.submission import WHO, Submission
from flows.intake.model import SubmissionSummary
from flows.measure.counts import COUNTS
from flows.protect import mask_numbers
from flows.read.table import Problem
from flows.settle.compare import RecordChanges
from flows.settle.unusual import PRINTS
from flows.validate.across import UNJUDGED
from schemas.contract import QUARANTINED
from schemas.periods import Period
from schemas.tables import CHANGES, FAULTS

# Records are written in pieces of this many rows: a copy of a whole register would not fit in memory.
ROWS_AT_ONCE = 1 << 17

#: The unit, dataset and period that a submission reports on.
Owes: TypeAlias = tuple[str, str, str]

LIVE = {"dataset": pl.String, "_part": pl.UInt32, "_unit": pl.String, "_period": pl.String}


@dataclass(frozen=True, slots=True)
class Kept:
    """How many rows of a submission a later correction left as they are, and how they ended."""

    submission: Submission
    accepted: int
    quarantined: int
    repeated: int


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """The part of one submission for one dataset and period, after judging.

    `number` is its number among the parts of its dataset and period. `tables` gives each table's sheet and
    its columns' letters. `records` counts the rows read; `accepted`, `quarantined` and `repeated` say how
    many of them ended how. A `refused` one counts nowhere; only its faults are told. The last tables of a
    correction are `borrowed` from the submissions that it corrects; `kept` counts what is left of those.
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
    refused: bool = False
    borrowed: tuple[Submission, ...] = ()
    kept: tuple[Kept, ...] = ()

    @property
    def sources(self) -> tuple[Submission, ...]:
        """The submission of each of its tables."""
        return (self.submission,) * (len(self.tables) - len(self.borrowed)) + self.borrowed

    @property
    def taken(self) -> bool:
        """Whether it is usable: it has an accepted record, or declares that there is nothing to report."""
        return not self.refused and (self.accepted > 0 or self.nil)

    @property
    def owes(self) -> Owes:
        """The unit, dataset and period that it reports on."""
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
    """All judged parts in order of arrival, and the one in effect for each unit, dataset and period."""

    judged: Sequence[JudgedPart]
    in_effect: Mapping[Owes, JudgedPart]

    def counts(self, judged: JudgedPart) -> bool:
        """Whether `judged` is not superseded: in effect, or refused after the one in effect came."""
        current = self.in_effect.get(judged.owes)
        if current is None or judged is current or judged.submission > current.submission:
            return True
        return judged.refused and judged.submission == current.submission

    def kept(self, judged: JudgedPart) -> Kept | None:
        """What is still in effect of `judged`, beside the corrections that came later."""
        current = self.in_effect.get(judged.owes)
        kept = current.kept if current else ()
        return next((each for each in kept if each.submission == judged.submission), None)

    def by_submission(self) -> dict[Submission, list[JudgedPart]]:
        """The judged parts of each submission."""
        found: dict[Submission, list[JudgedPart]] = {}
        for one in self.judged:
            found.setdefault(one.submission, []).append(one)
        return found


#: Columns of faults before they are numbered and masked; `record` is the record's key, as typed.
FOUND = {name: dtype for name, dtype in FAULTS.schema.items() if name != "issue"} | {"record": pl.String}
#: Columns of repaired cells before they are masked, and whether their submission is in effect.
REPAIRED = CHANGES.schema | {"_in_effect": pl.Boolean}
#: Columns of cells judged and failed, one row per submission that counts and dimension.
TALLIES = dict.fromkeys(("dimension", "judged", "failed", "dataset", "unit", "period"), pl.String) | {
    "judged": pl.UInt64,
    "failed": pl.UInt64,
}

#: The tables of a settled period.
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
    """The submissions of one period, settled: depends on them and the contracts, not on the day of the run.

    `faults` (of records that count) and `changes` (repaired cells of all submissions) hold text as typed.
    `tallies` count cells judged and failed of submissions that count. `unjudged` are the cross rules whose
    other dataset was missing. `counted` is what indicators count in the records in effect, `prints` the
    fingerprints of whole submissions. `compared` says by submission what it changed, `doubts` what speaks
    against it beside the others.
    """

    label: str
    faults: pl.DataFrame
    changes: pl.DataFrame
    tallies: pl.DataFrame
    unjudged: pl.DataFrame
    counted: pl.DataFrame
    prints: pl.DataFrame
    compared: Mapping[Submission, Sequence[Comparison]]
    doubts: Mapping[Submission, Sequence[Problem]]


#: Judged records by dataset, without the typed text, plus `_part` and `_class`.
Read: TypeAlias = Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class PeriodRecords:
    """A settled period, a function that gives its records and, if it is cached, its cache key."""

    settled: SettledPeriod
    read: Callable[[], Read]
    name: str | None = None

    def accepted(self) -> Iterator[tuple[JudgedPart, Iterator[pl.DataFrame]]]:
        """Each part in effect with its accepted records, in pieces of at most `ROWS_AT_ONCE` rows.

        There is at least one piece. A dataset's records are partitioned in one pass.
        """
        read = self.read()
        parted = {name: _partition(rows) for name, rows in read.items()}
        for one in self.settled.in_effect.values():
            rows = parted[one.dataset].get((one.number,), read[one.dataset].clear())
            pieces = rows.iter_slices(ROWS_AT_ONCE) if rows.height else iter([rows])
            yield one, (piece.filter(~QUARANTINED) for piece in pieces)


@dataclass(frozen=True, slots=True)
class Settled(Standing):
    """All submissions, settled: depends on them and the contracts, not on the day of the run.

    `summaries` of what was read and `repeats` (content handed in before) are in order of arrival. `faults`
    are those of records, files and whole submissions that count. `changes`, `tallies`, `unjudged`,
    `compared` and `counted` are those of all `periods`. `submissions` is the table as published.
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

    def list_parts(self) -> pl.DataFrame:
        """Dataset, unit and period of every part in effect that has records."""
        rows = [
            (one.dataset, one.submission.unit, one.period.label)
            for one in self.in_effect.values()
            if one.accepted + one.quarantined
        ]
        return pl.DataFrame(rows, dict.fromkeys(("dataset", "unit", "period"), pl.String), orient="row")


def select_in_effect(read: Read, standing: Standing) -> dict[str, pl.DataFrame]:
    """The records of `read` that are in effect, plus `_unit`, `_period`."""
    found: dict[str, pl.DataFrame] = {}
    for name, judged in read.items():
        every = sorted((one for one in standing.judged if one.dataset == name), key=lambda one: one.number)
        live = [one.number for one in every if standing.in_effect.get(one.owes) is one]
        # If nothing is superseded, a whole register is not copied.
        is_whole = judged["_part"].unique().is_in(live).all()
        rows = judged if is_whole else judged.filter(pl.col("_part").is_in(live))
        units = pl.Series([one.submission.unit for one in every], dtype=pl.String)
        periods = pl.Series([one.period.label for one in every], dtype=pl.String)
        found[name] = rows.with_columns(
            units.gather(rows["_part"]).alias("_unit"), periods.gather(rows["_part"]).alias("_period")
        )
    return found


def _partition(read: pl.DataFrame) -> Mapping[tuple[object, ...], pl.DataFrame]:
    """The records of each part, by `(_part,)`; not copied if there is only one part."""
    if read.height and read["_part"].is_sorted() and read["_part"][0] == read["_part"][-1]:
        return {(read["_part"][0],): read}
    return read.partition_by("_part", as_dict=True, maintain_order=True)


def list_parts(judged: Iterable[JudgedPart]) -> pl.DataFrame:
    """Dataset, `_part`, `_unit` and `_period` of each of `judged`."""
    rows = [(one.dataset, one.number, one.submission.unit, one.period.label) for one in judged]
    return pl.DataFrame(rows, schema=LIVE, orient="row")


def filter_about(table: pl.DataFrame, submissions: Iterable[Submission]) -> pl.DataFrame:
    """The rows of `table` that belong to these submissions."""
    asked = pl.DataFrame([one.who for one in submissions], dict.fromkeys(WHO, pl.String), orient="row")
    return table.join(asked, on=WHO, how="semi", maintain_order="left")


def trace_rows(one: JudgedPart, rows: pl.DataFrame) -> pl.DataFrame:
    """Where each of `rows` was typed, numbers in names masked: `_unit`, `_file`, `_sheet`, `_row`."""
    sheets = pl.Series([sheet for sheet, _ in one.tables], dtype=pl.String)
    files = pl.Series([source.file for source in one.sources], dtype=pl.String)
    masked = pl.select(mask_numbers(pl.lit(sheets))).to_series()
    return rows.select(
        pl.lit(one.submission.unit).alias("_unit"),
        files.gather(rows["_table"]).alias("_file"),
        masked.gather(rows["_table"]).alias("_sheet"),
        "_row",
    )
