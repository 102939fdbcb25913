"""Writes the receipts: one page a submission, whatever came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from flows.cache import make_key
from flows.collect.submission import WHO, Submission, Who
from flows.day_tables import DayTables
from flows.fingerprints import fingerprint_groups
from flows.intake.model import SubmissionSummary
from flows.read.table import ROLES
from flows.release.places import path_of_receipt
from flows.report import faults
from flows.report.names import Names
from flows.report.render import open_site
from flows.report.tables import Row
from flows.settle.model import JudgedPart, Settled, filter_about
from schemas.registry import Contracts

_CAUSES = 12
_NONE: Mapping[str, Any] = {"blocking": 0, "warnings": 0, "causes": (), "more_causes": 0, "refusals": ()}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a submission: its path in `reports/`, what it says beside states and faults.

    `name` tells all that it depends on, beside our code and the contracts.
    """

    name: str
    path: str
    submission: Submission
    content: Row


def make_receipts(settled: Settled, figures: DayTables, marked: Mapping[Submission, Path]) -> list[Receipt]:
    """A receipt for every submission; `marked` says where its marked workbook lies, if it has one.

    A receipt tells nothing that grows older by itself: until something comes in it stays the same.
    """
    wrong, states = fingerprint_groups(figures.faults, WHO), fingerprint_groups(settled.submissions, WHO)
    judged = settled.by_submission()
    repeats = [SubmissionSummary(again, 0, {}, ()) for again in settled.repeats]
    made = []
    for summary in (*settled.summaries, *repeats):
        submission = summary.submission
        who = submission.who
        content = {
            "submission": submission,
            "account": _account(summary, judged.get(submission, ())),
            "compared": settled.compared.get(submission, ()),
            "workbook": _beside(marked.get(submission)),
        }
        name = make_key("phieu_nhan", *content.values(), states[who], wrong.get(who))
        made.append(Receipt(name, path_of_receipt(*who), submission, content))
    return made


def write_receipts(
    release: Path, contracts: Contracts, settled: Settled, figures: DayTables, some: Sequence[Receipt]
) -> list[Path]:
    """Write the pages of `some` receipts; returns their paths."""
    pages = open_site(release / "reports", Names(contracts.datasets, contracts.commune, contracts.indicators))
    asked = [one.submission for one in some]
    found, states = (filter_about(frame, asked) for frame in (figures.faults, settled.submissions))
    # Whether a fault stands still is not told: it changes with the days.
    wrong = _faults(faults.sort_faults(found, figures.issues.clear()))
    parts = states.rows_by_key(WHO, named=True, include_key=True)
    return [
        pages.write(
            one.path,
            "phieu_nhan.html.j2",
            {**one.content, "parts_": parts[one.submission.who], **wrong.get(one.submission.who, _NONE)},
        )
        for one in some
    ]


def _account(summary: SubmissionSummary, judged: Sequence[JudgedPart]) -> Row:
    """Every row read, by what it was taken for; repeated records are left out like headings are."""
    counts, repeated = summary.roles, sum(one.repeated for one in judged)
    out = [(title, counts[role]) for role, title in ROLES.items() if role in counts and role != "ban_ghi"]
    out += [("bản ghi giống hệt một bản ghi ở trên", repeated)] if repeated else []
    return {"seen": summary.rows, "out": out, "records": counts.get("ban_ghi", 0) - repeated}


def _faults(found: pl.DataFrame) -> dict[Who, Row]:
    """By submission: its causes, its faults counted, why what was refused as a whole was."""
    blocks = pl.col("severity") == "chan"
    whole = blocks & pl.col("code").str.starts_with("tep.")
    counted = found.group_by(WHO).agg(
        blocks.sum().alias("blocking"),
        (~blocks).sum().alias("warnings"),
        pl.col("message").filter(whole).unique(maintain_order=True).alias("refusals"),
    )
    causes = faults.group_by_cause(found, *WHO).partition_by(WHO, as_dict=True, maintain_order=True)
    return {
        who: {
            **row,
            "causes": list(causes[who].head(_CAUSES).iter_rows(named=True)),
            "more_causes": max(causes[who].height - _CAUSES, 0),
        }
        for who, row in counted.rows_by_key(WHO, named=True, unique=True).items()
    }


def _beside(workbook: Path | None) -> str | None:
    """Address of the marked workbook as seen from the receipt."""
    return None if workbook is None else quote(f"../{workbook.parent.name}/{workbook.name}")
