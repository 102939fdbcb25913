"""Builds the table of submissions and checks that every row read is accounted for."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from flows.collect.submission import WHO, Submission
from flows.errors import ConservationError
from flows.intake.model import SubmissionSummary
from flows.settle.model import JudgedPart, Owes, Standing
from schemas.tables import SUBMISSIONS


def build_submissions(
    summaries: Sequence[SubmissionSummary], repeats: Sequence[Submission], standing: Standing
) -> pl.DataFrame:
    """The table of submissions: one row per submission and dataset, one row for a refused submission.

    Raises:
        ConservationError: rows seen are not the sum of rows left out, accepted and quarantined.
    """
    by_submission, earlier = standing.by_submission(), _find_superseded(standing.judged)
    rows: list[dict[str, object]] = []
    for summary in summaries:
        mine = by_submission.get(summary.submission, [])
        base = _base(summary.submission) | {"sheets": summary.sheets}
        outside = summary.rows - sum(one.records for one in mine)
        if not mine:
            rows.append(base | _rows(outside, 0, 0) | {"state": "tu_choi"})
        for one in mine:
            kept = standing.kept(one)
            ended = kept or one
            corrected = one.accepted + one.quarantined - ended.accepted - ended.quarantined
            rows.append(
                base
                | _rows(outside + one.repeated + corrected, ended.accepted, ended.quarantined)
                | {"dataset": one.dataset, "period": one.period.label}
                | {
                    "state": _state(one, summary, standing),
                    "supersedes": earlier.get(one.submission, {}).get(one.owes),
                }
            )
            outside = 0
    rows += [_base(submission) | _rows(0, 0, 0) | {"state": "trung", "sheets": 0} for submission in repeats]
    table = SUBMISSIONS.conform(pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame())
    _conserve(table, summaries, repeats)
    return table


def _base(submission: Submission) -> dict[str, object]:
    return {
        "submission": submission.sha256,
        "unit": submission.unit,
        "file": submission.file,
        "received": submission.received,
        "dataset": None,
        "period": None,
        "supersedes": None,
    }


def _rows(left_out: int, accepted: int, quarantined: int) -> dict[str, object]:
    return {
        "rows_seen": left_out + accepted + quarantined,
        "rows_left_out": left_out,
        "rows_accepted": accepted,
        "rows_quarantined": quarantined,
    }


def _find_superseded(judged: Sequence[JudgedPart]) -> dict[Submission, dict[Owes, str]]:
    """By submission, then by unit, dataset and period: the hash of the submission that it supersedes."""
    current: dict[Owes, str] = {}
    superseded: dict[Submission, dict[Owes, str]] = {}
    for one in judged:
        if one.taken:
            if one.owes in current:
                superseded.setdefault(one.submission, {})[one.owes] = current[one.owes]
            current[one.owes] = one.submission.sha256
    return superseded


def _state(one: JudgedPart, summary: SubmissionSummary, standing: Standing) -> str:
    if not one.taken:
        return "tu_choi"
    if standing.kept(one):
        return "mot_phan"
    if standing.in_effect[one.owes] is not one:
        return "bi_thay_the"
    refused_in_part = any(problem.severity == "chan" for problem in summary.problems)
    return "mot_phan" if one.quarantined or refused_in_part else "chap_nhan"


def _conserve(
    submissions: pl.DataFrame, summaries: Sequence[SubmissionSummary], repeats: Sequence[Submission]
) -> None:
    """Raise unless every submission is in the table `submissions` and each of its rows is counted once."""
    seen = submissions.group_by(WHO).agg(pl.col("rows_seen").sum())
    by_submission = {(unit, file, submission): rows for unit, file, submission, rows in seen.iter_rows()}
    read = {summary.submission.who: summary.rows for summary in summaries}
    read |= {submission.who: 0 for submission in repeats}
    lost = sorted(
        file for (unit, file, sha), rows in read.items() if by_submission.get((unit, file, sha)) != rows
    )
    parts = ("rows_left_out", "rows_accepted", "rows_quarantined")
    unbalanced = submissions.filter(pl.col("rows_seen") != pl.sum_horizontal(parts))
    if lost or unbalanced.height or len(by_submission) != len(read):
        raise ConservationError(f"Số dòng đọc và số dòng công bố không khớp ở {len(lost) or 1} tệp.")
