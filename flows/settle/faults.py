"""Lists all faults and repairs of submissions, with their place and values as typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath

import polars as pl

from flows.clean.propose import propose
from flows.collect.submission import Submission
from flows.intake.model import SubmissionSummary
from flows.read.table import Problem
from flows.settle.model import FOUND, REPAIRED, JudgedPart, Standing
from flows.validate.records import Verdict
from schemas.contract import Dataset
from schemas.judgement import REPEATED as SAME_ROW
from schemas.judgement import judgements_of
from schemas.registry import Contracts

#: A file with the content of an earlier submission of its unit.
REPEATED = Problem(
    "tep.nop_lai_y_het", "sach", "canh_bao", "Tệp giống hệt một tệp đã nộp trước đó: không tính lại."
)

_TABLE: Mapping[str, type[pl.DataType]] = {"_part": pl.UInt32, "_table": pl.UInt16}


def fill_columns(frame: pl.DataFrame) -> pl.DataFrame:
    """Add missing columns of `FOUND` as null, and cast all columns to its types."""
    missing = [pl.lit(None).alias(name) for name in FOUND if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())


def find_record_faults(verdict: Verdict, name: str, standing: Standing, contracts: Contracts) -> pl.DataFrame:
    """Faults of records of the dataset `name` that are not superseded, with their place (`FOUND`)."""
    mine = [one for one in standing.judged if one.dataset == name and standing.counts(one)]
    tables, letters = _places(mine)
    unknown = _list_unjudgeable(mine, contracts.datasets[name])
    faults = (
        verdict.faults.join(unknown, on=["_part", "_table", "code"], how="anti", maintain_order="left")
        .join(tables, on=["_part", "_table"], how="inner", maintain_order="left")
        .join(letters, on=["_part", "_table", "column"], how="left", maintain_order="left")
        .with_columns(
            dataset=pl.lit(name),
            row=pl.col("_row"),
            cell=pl.concat_str(pl.coalesce("_letter", "letter"), "_row"),
            record=pl.col("_key"),
        )
    )
    return fill_columns(_add_proposals(faults, contracts.datasets[name], contracts))


def _places(judged: Iterable[JudgedPart]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two frames: of every table its sheet, its submission and its period; of every column its letter."""
    tables: list[tuple[object, ...]] = []
    letters: list[tuple[object, ...]] = []
    for one in judged:
        for table, ((sheet, columns), given) in enumerate(zip(one.tables, one.sources, strict=True)):
            source = given.unit, given.file, given.sha256, one.period.label, given.day
            tables.append((one.number, table, sheet, *source))
            letters += ((one.number, table, column, letter) for column, letter in columns.items())
    return (
        pl.DataFrame(
            tables,
            schema={**_TABLE, **_texts("sheet", "unit", "file", "submission", "period"), "_day": pl.Date},
            orient="row",
        ),
        pl.DataFrame(letters, schema={**_TABLE, **_texts("column", "letter")}, orient="row"),
    )


def _list_unjudgeable(judged: Iterable[JudgedPart], dataset: Dataset) -> pl.DataFrame:
    """The rules that say nothing of a refused table, because a column that they ask is not there.

    Rows that are equal in the columns that are there need not be repetitions.
    """
    every = {column.name for column in dataset.columns}
    asked = {rule.code: {*rule.on} for rule in judgements_of(dataset)} | {SAME_ROW: every}
    rows = [
        (one.number, table, code)
        for one in judged
        if one.refused
        for table, (_, columns) in enumerate(one.tables)
        for code, on in asked.items()
        if not on <= columns.keys()
    ]
    return pl.DataFrame(rows, schema={**_TABLE, **_texts("code")}, orient="row")


def _texts(*names: str) -> Mapping[str, type[pl.DataType]]:
    return dict.fromkeys(names, pl.String)


def _add_proposals(faults: pl.DataFrame, dataset: Dataset, contracts: Contracts) -> pl.DataFrame:
    parts = [faults.clear().with_columns(proposal=pl.lit(None, pl.String))]
    for (code, column), group in faults.group_by("code", "column", maintain_order=True):
        flaw = str(code).rpartition(".")[2]
        latest = group["_day"].sort()[-1]
        proposals = propose(dataset[str(column)], group["value"], flaw, contracts.commune, latest)
        parts.append(group.with_columns(proposals.alias("proposal")))
    return pl.concat(parts)


def find_file_faults(
    summaries: Sequence[SubmissionSummary], repeats: Sequence[Submission], standing: Standing
) -> pl.DataFrame:
    """Faults of files, sheets and tables (`FOUND`).

    A file whose tables are all superseded has no faults: there is nothing left to fix in it.
    """
    judged, taken = standing.by_submission(), _Taken(standing)
    rows: list[dict[str, object]] = []
    for summary in summaries:
        mine = judged.get(summary.submission, [])
        if mine and not any(standing.counts(one) or standing.kept(one) for one in mine):
            continue
        period = mine[0].period.label if len(mine) == 1 else None
        rows += [
            _identify(summary.submission)
            | {"period": period}
            | _describe(problem)
            | {"record": problem.sheet}
            for problem in summary.problems
            # A lost file may have been correct, so a later submission does not fix it.
            if summary.lost or not _is_fixed(problem, summary.submission, mine, taken)
        ]
    rows += [_identify(submission) | _describe(REPEATED) for submission in repeats]
    if not rows:
        return pl.DataFrame(schema=FOUND)
    frame = fill_columns(pl.DataFrame(rows, infer_schema_length=None))
    return frame.with_columns(cell=pl.concat_str("column", "row"), column=pl.lit(None, pl.String))


class _Taken:
    """The usable parts: all, and by unit."""

    def __init__(self, standing: Standing) -> None:
        self.all = [one for one in standing.judged if one.taken]
        self.by_unit: dict[str, list[JudgedPart]] = {}
        for one in self.all:
            self.by_unit.setdefault(one.submission.unit, []).append(one)


def _is_fixed(problem: Problem, submission: Submission, mine: Sequence[JudgedPart], taken: _Taken) -> bool:
    """Whether its sender replaced or withdrew what was refused, so that the fault need not be shown any more.

    Withdrawn is a file that is no longer in the inbox. If the problem names a dataset, a later usable part of
    that unit and dataset replaces it: for a period that it may have been for, or under the same name if the
    refused file named no period. So does the same content in another unit's folder. If no dataset is known,
    only a later usable file of that unit under the same name does, whatever its ending: nobody knows whether
    another file holds what was in it.
    """
    if problem.dataset in {one.dataset for one in mine if not one.refused}:
        return False
    if submission.gone is not None:
        return True
    if problem.dataset is None:
        of_unit = taken.by_unit.get(submission.unit, ())
        name = _drop_ending(submission.file)
        later = (one.submission for one in of_unit if one.submission > submission)
        return any(_drop_ending(one.file) == name for one in later)
    return any(
        one.submission.sha256 == submission.sha256
        or (one.submission.unit == submission.unit and _replaces(one, problem, submission))
        for one in taken.all
        if one.dataset == problem.dataset and one.submission > submission
    )


def _drop_ending(file: str) -> str:
    """The name without its ending, alike in capitals and small letters."""
    return str(PurePosixPath(file).with_suffix("")).casefold()


def _replaces(later: JudgedPart, problem: Problem, refused: Submission) -> bool:
    same_name = later.submission.file == refused.file
    return later.period.label in problem.periods or (same_name and not problem.period_named)


def _describe(problem: Problem) -> dict[str, object]:
    return {name: value for name, value in asdict(problem).items() if name in FOUND}


def _identify(submission: Submission) -> dict[str, object]:
    return {"unit": submission.unit, "file": submission.file, "submission": submission.sha256}


def list_repairs(changes: Iterable[tuple[JudgedPart, pl.DataFrame]], standing: Standing) -> pl.DataFrame:
    """Every repaired cell with its place and the text as typed (`REPAIRED`)."""
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
                _in_effect=pl.lit(standing.in_effect.get(one.owes) is one or standing.kept(one) is not None),
            )
            frames.append(placed.select(frames[0].columns))
    return pl.concat(frames)
