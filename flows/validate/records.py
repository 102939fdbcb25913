"""Judges cleaned records by their Pandera schema: faults, the class of each row, cells judged and failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pandera.polars as pa
import polars as pl

from flows.errors import RuleDidNotRunError
from flows.intake.model import SubmissionPart
from flows.validate.tally import Tally
from schemas.contract import (
    GOOD,
    HELD_BACK,
    ROW_CLASS,
    WARNED,
    Dataset,
    note_column,
    typed_column,
    unread_column,
)
from schemas.judgement import CLASHING, REPEATED, Judgement, judgements_of, may_share_key
from schemas.schema import DatasetSchema, WorkedOut, pandera_schema, reading_from, schema_of, work_out

__all__ = ["RuleDidNotRunError", "Verdict", "validate"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What judging the parts of one dataset came to; `_part` is the index of the part.

    `judged` is the cleaned frame without repeated rows, plus `_class`; `faults` has `_part`, `_table`,
    `_row`, `_letter` (the cell's letter where it is not its column's), `_key` (what the record is known
    by), `column`, `code`, `dimension`, `severity`, `value`, `message`; `repeated` counts rows left out
    by `_part` and `_table`; `results` keeps what each rule said of each row of `judged`.
    """

    judged: pl.DataFrame
    faults: pl.DataFrame
    repeated: pl.DataFrame
    results: Tally

    @property
    def tally(self) -> pl.DataFrame:
        """Cells judged and failed: `_part`, `dimension`, `judged`, `failed`."""
        return self.results.table()


_TABLE = ("_part", "_table")
FAULTS_SCHEMA = {
    "_part": pl.UInt32,
    "_table": pl.UInt16,
    "_row": pl.UInt32,
    "_letter": pl.String,
    "_key": pl.String,
    "column": pl.String,
    "code": pl.String,
    "dimension": pl.String,
    "severity": pl.String,
    "value": pl.String,
    "message": pl.String,
}


def validate(parts: Sequence[tuple[SubmissionPart, date]], dataset: Dataset) -> Verdict:
    """Judge all `parts` of `dataset` together; each comes with the day on which it is judged.

    Raises:
        RuleDidNotRunError: a rule gave no result, or one that disagrees with Pandera's.
    """
    frame = stack(parts)
    rules = {rule.code: rule for rule in judgements_of(dataset)}
    near = frame.select(may_share_key(dataset)).to_series()
    again = _among(frame, near, rules[REPEATED])
    kept, near = (frame.filter(~again), near.filter(~again)) if again.any() else (frame, near)
    clashing = _among(kept, near, rules[CLASHING])
    others = [rule for rule in rules.values() if rule.code != REPEATED]
    failed = _together(kept, [rule for rule in others if rule.code != CLASHING]) | {CLASHING: clashing}
    results = Tally(kept["_part"])
    for rule in others:
        results.record(rule, failed[rule.code])
    failures = _by_pandera(pandera_schema(dataset), frame, WorkedOut(failed | {REPEATED: again}, again))
    repeated = pl.col("code") == REPEATED
    faults = failures.filter(~repeated), failures.filter(repeated)
    row_class = _row_class(faults[0], others, frame.height)
    return Verdict(
        kept.hstack([row_class.filter(~again) if again.any() else row_class]),
        pl.concat(describe(each, frame, dataset, rules.values()) for each in faults),
        frame.select(*_TABLE).filter(again).group_by(_TABLE, maintain_order=True).len("rows"),
        results,
    )


def stack(parts: Sequence[tuple[SubmissionPart, date]]) -> pl.DataFrame:
    """The records of all parts, with their part (`_part`), period and the day they are judged on."""
    frames = (
        part.frame.with_columns(
            pl.lit(index, pl.UInt32).alias("_part"),
            pl.lit(part.period.start).alias("_period_start"),
            pl.lit(part.period.end).alias("_period_end"),
            pl.lit(day).alias("_judged_on"),
        )
        for index, (part, day) in enumerate(parts)
    )
    return pl.concat(frames, how="diagonal")


def _among(frame: pl.DataFrame, near: pl.Series, rule: Judgement) -> pl.Series:
    """What `rule` says of the rows that are `near` one another; no other row can fail it."""
    rows = near.arg_true()
    passed = pl.repeat(False, frame.height, eager=True, dtype=pl.Boolean)
    return passed.scatter(rows, frame[rows].select(rule.fails_when).to_series()) if rows.len() else passed


def judge(frame: pl.DataFrame, dataset: Dataset, rules: Sequence[Judgement], results: Tally) -> pl.DataFrame:
    """Run `rules` through Pandera, each noted in `results`; returns failures (`index` of the row, `code`)."""
    failed = _together(frame, rules)
    for rule in rules:
        results.record(rule, failed[rule.code])
    return _by_pandera(schema_of(dataset, rules), frame, WorkedOut(failed))


def _by_pandera(schema: DatasetSchema, frame: pl.DataFrame, worked_out: WorkedOut) -> pl.DataFrame:
    """What Pandera finds in `frame` (`index` of the row, `code`): just what was worked out, of every rule."""
    try:
        with reading_from(worked_out):
            schema.validate(frame, lazy=True)
        cases = pl.DataFrame(schema={"check": pl.String, "index": pl.Int32})
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
    failures = cases.select(pl.col("index").cast(pl.UInt32), pl.col("check").alias("code"))
    reported = dict(failures["code"].value_counts().iter_rows())
    for code, result in worked_out.failed.items():
        if code not in worked_out.asked:
            raise RuleDidNotRunError(f"Quy tắc {code} không chạy.")
        if reported.pop(code, 0) != result.sum():
            raise RuleDidNotRunError(f"Quy tắc {code} cho kết quả không khớp.")
    if reported or failures["index"].null_count():
        raise RuleDidNotRunError("Có kiểm tra không chạy được: " + ", ".join(sorted(reported)))
    return failures


def _together(frame: pl.DataFrame, rules: Sequence[Judgement]) -> dict[str, pl.Series]:
    """The results of `rules` from one query, which shares what they have in common.

    In one query an aggregate would be spread over all rows: each rule must give one result for each of two.
    """
    if not rules:
        return {}
    two = frame.head(2)
    try:
        lengths = two.select(rule.fails_when.len().alias(rule.code) for rule in rules).row(0)
        if set(lengths) != {two.height}:
            return _apart(frame, rules)
    except pl.exceptions.PolarsError:
        return _apart(frame, rules)
    # An eager select would share nothing.
    found = frame.lazy().select(rule.fails_when.alias(rule.code) for rule in rules).collect()
    return {name: found[name] for name in found.columns}


def _apart(frame: pl.DataFrame, rules: Sequence[Judgement]) -> dict[str, pl.Series]:
    """The results of `rules` one by one, which tells the one that gives none."""
    found = {}
    for rule in rules:
        try:
            found[rule.code] = work_out(rule, frame.lazy(), frame.height)
        except Exception:
            # What a rule stumbles over may be what somebody typed.
            raise RuleDidNotRunError(f"Quy tắc {rule.code} không chạy.") from None
    return found


def _row_class(failures: pl.DataFrame, rules: Sequence[Judgement], height: int) -> pl.Series:
    """What each row comes to: held back by a blocking rule, warned by any other, or good."""
    blocking = failures["code"].is_in([rule.code for rule in rules if rule.severity == "chan"])
    classes = pl.repeat(GOOD, height, eager=True, dtype=ROW_CLASS).alias("_class")
    classes = classes.scatter(failures["index"].filter(~blocking), WARNED)
    return classes.scatter(failures["index"].filter(blocking), HELD_BACK)


def describe(
    failures: pl.DataFrame, frame: pl.DataFrame, dataset: Dataset, judged_by: Iterable[Judgement]
) -> pl.DataFrame:
    """Failures with their place, what was typed there and what is wrong with it (`FAULTS_SCHEMA`)."""
    rules = {rule.code: rule for rule in judged_by}
    found = [pl.DataFrame(schema=FAULTS_SCHEMA)]
    for (code,), group in failures.group_by("code", maintain_order=True):
        rule = rules[str(code)]
        at = frame[group["index"]]
        section = f"{rule.column}.row"
        unknown = pl.Series([None], dtype=pl.String).new_from_index(0, at.height)
        row = pl.coalesce(section, "_row") if section in frame.columns else pl.col("_row")
        found.append(
            at.select(
                "_part",
                "_table",
                row.alias("_row"),
                at.get_column(f"{rule.column}.letter", default=unknown).alias("_letter"),
                _record_name(dataset).alias("_key"),
                pl.lit(rule.column).alias("column"),
                pl.lit(rule.code).alias("code"),
                pl.lit(rule.dimension).alias("dimension"),
                pl.lit(rule.severity).alias("severity"),
                pl.col(typed_column(rule.column)).alias("value"),
                _message(rule, at.columns).alias("message"),
            )
        )
    return pl.concat(found)


def _message(rule: Judgement, columns: Sequence[str]) -> pl.Expr:
    """What the rule says, with its note, and the one that cleaning made if the rule tells its flaw."""
    said = [pl.lit(rule.says), *([] if rule.note is None else [rule.note])]
    if note_column(rule.column) in columns:
        flaw = pl.col(unread_column(rule.column)).cast(pl.String)
        said.append(pl.when(flaw == rule.code.rpartition(".")[2]).then(note_column(rule.column)))
    return pl.concat_str(said, separator=" ", ignore_nulls=True)


def _record_name(dataset: Dataset) -> pl.Expr:
    """What a record goes by whatever row it stands in: its key as typed."""
    return pl.concat_str(
        [pl.col(typed_column(name)) for name in dataset.key], separator="|", ignore_nulls=True
    )
