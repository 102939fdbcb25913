"""Tells every fault and repair of what was handed in, with its place and as typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

import polars as pl

from flows.clean.propose import propose
from flows.collect.submission import Submission
from flows.intake.model import SubmissionSummary
from flows.read.table import Problem
from flows.settle.model import FOUND, REPAIRED, JudgedPart, Owes, Standing
from flows.validate.records import Verdict
from schemas.contract import Dataset
from schemas.registry import Contracts

_TABLE: Mapping[str, type[pl.DataType]] = {"_part": pl.UInt32, "_table": pl.UInt16}


def fill_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with the columns of `FOUND`, blank where it has none."""
    missing = [pl.lit(None).alias(name) for name in FOUND if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())


def find_record_faults(verdict: Verdict, name: str, standing: Standing, contracts: Contracts) -> pl.DataFrame:
    """Faults of records of the dataset `name` that count, with their file, sheet and cell (`FOUND`)."""
    tables, letters = _places(one for one in standing.judged if one.dataset == name and standing.counts(one))
    faults = (
        verdict.faults.join(tables, on=["_part", "_table"], how="inner", maintain_order="left")
        .join(letters, on=["_part", "_table", "column"], how="left", maintain_order="left")
        .with_columns(
            dataset=pl.lit(name),
            row=pl.col("_row"),
            cell=pl.concat_str(pl.coalesce("_letter", "letter"), "_row"),
            record=pl.col("_key"),
        )
    )
    return fill_columns(_with_proposals(faults, contracts.datasets[name], contracts))


def _places(judged: Iterable[JudgedPart]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Sheet, unit, file, content and period of every table; the letter of every column found there."""
    tables: list[tuple[object, ...]] = []
    letters: list[tuple[object, ...]] = []
    for one in judged:
        of = one.submission.unit, one.submission.file, one.submission.sha256, one.period.label
        for bang, (sheet, found) in enumerate(one.tables):
            tables.append((one.number, bang, sheet, *of))
            letters += ((one.number, bang, column, letter) for column, letter in found.items())
    return (
        pl.DataFrame(
            tables, schema={**_TABLE, **_texts("sheet", "unit", "file", "submission", "period")}, orient="row"
        ),
        pl.DataFrame(letters, schema={**_TABLE, **_texts("column", "letter")}, orient="row"),
    )


def _texts(*names: str) -> Mapping[str, type[pl.DataType]]:
    return dict.fromkeys(names, pl.String)


def _with_proposals(faults: pl.DataFrame, dataset: Dataset, contracts: Contracts) -> pl.DataFrame:
    parts = [faults.clear().with_columns(proposal=pl.lit(None, pl.String))]
    for (code, column), group in faults.group_by("code", "column", maintain_order=True):
        flaw = str(code).rpartition(".")[2]
        proposals = propose(dataset[str(column)], group["value"], flaw, contracts.commune)
        parts.append(group.with_columns(proposals.alias("proposal")))
    return pl.concat(parts)


def find_file_faults(
    summaries: Sequence[SubmissionSummary], repeats: Sequence[Submission], standing: Standing
) -> pl.DataFrame:
    """Faults of files, sheets and tables (`FOUND`).

    A file whose every table was superseded has none left to mend.
    """
    judged, taken = standing.by_submission(), _Taken(standing)
    rows: list[dict[str, object]] = []
    for summary in summaries:
        mine = judged.get(summary.submission, [])
        if mine and not any(standing.counts(one) for one in mine):
            continue
        period = mine[0].period.label if len(mine) == 1 else None
        rows += [
            _filed(summary.submission) | {"period": period} | asdict(problem) | {"record": problem.sheet}
            for problem in summary.problems
            # What was lost had perhaps nothing wrong with it: nobody has handed it in again.
            if summary.lost or not _mended(problem, summary.submission, mine, taken)
        ]
    rows += [
        _filed(submission)
        | {
            "code": "tep.nop_lai_y_het",
            "dimension": "sach",
            "severity": "canh_bao",
            "message": "Tệp giống hệt một tệp đã nộp trước đó: không tính lại.",
        }
        for submission in repeats
    ]
    if not rows:
        return pl.DataFrame(schema=FOUND)
    frame = fill_columns(pl.DataFrame(rows, infer_schema_length=None))
    return frame.with_columns(cell=pl.concat_str("column", "row"), column=pl.lit(None, pl.String))


class _Taken:
    """What was taken, to be asked by unit; and when each that was owed was first handed in."""

    def __init__(self, standing: Standing) -> None:
        self.all = [one for one in standing.judged if one.taken]
        self.by_unit: dict[str, list[JudgedPart]] = {}
        self.first: dict[Owes, Submission] = {}
        for one in self.all:
            self.by_unit.setdefault(one.submission.unit, []).append(one)
            self.first.setdefault(one.owes, one.submission)


def _mended(problem: Problem, submission: Submission, mine: Sequence[JudgedPart], taken: _Taken) -> bool:
    """Whether what was refused was handed in again, or is forgotten since.

    What it was is the dataset that the problem names, whoever owed it. Where it names none it may have been
    anything: the unit's file of that name, what it first handed in after, or, were that all it owed, nothing.
    With a later period it is forgotten: what the unit still owes is a fault of the roll call.
    """
    if problem.dataset in {one.dataset for one in mine}:
        return False
    astray = problem.code == "tep.sai_don_vi"
    of_unit = taken.all if astray else taken.by_unit.get(submission.unit, ())
    later = [one for one in of_unit if one.submission > submission]
    if problem.dataset is not None:
        return any(one.dataset == problem.dataset for one in later)
    return any(
        one.submission.file == submission.file
        or taken.first[one.owes] >= submission
        or one.period.end > submission.day
        for one in later
    )


def _filed(submission: Submission) -> dict[str, object]:
    return {"unit": submission.unit, "file": submission.file, "submission": submission.sha256}


def list_repairs(changes: Iterable[tuple[JudgedPart, pl.DataFrame]], standing: Standing) -> pl.DataFrame:
    """Every repaired cell, with its place and what stood there as typed (`REPAIRED`)."""
    frames = [pl.DataFrame(schema=REPAIRED)]
    for one, frame in changes:
        if frame.height:
            sheets = pl.Series([sheet for sheet, _ in one.tables], dtype=pl.String)
            placed = frame.with_columns(
                sheet=sheets.gather(frame["_table"]),
                cell=pl.concat_str("column", "row"),
                column=pl.col("name"),
                unit=pl.lit(one.submission.unit),
                file=pl.lit(one.submission.file),
                submission=pl.lit(one.submission.sha256),
                dataset=pl.lit(one.dataset),
                period=pl.lit(one.period.label),
                _in_effect=pl.lit(standing.in_effect.get(one.owes) is one),
            )
            frames.append(placed.select(frames[0].columns))
    return pl.concat(frames)
