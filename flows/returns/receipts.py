"""Writes a receipt for every submission, accepted or not: one page each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import polars as pl

from flows.cache import make_key
from flows.collect.submission import WHO, Submission, Who
from flows.day_tables import DayTables
from flows.files import PRIVATE_FILE, PUBLIC_FILE
from flows.fingerprints import fingerprint_groups
from flows.intake.model import SubmissionSummary
from flows.read.clerk_marks import MARKS, FileMarks
from flows.read.table import ROLES
from flows.release.places import MARKED, path_of_receipt
from flows.report import faults
from flows.report.names import Names
from flows.report.render import open_site
from flows.report.tables import Row
from flows.settle.model import JudgedPart, Settled, Standing, filter_about
from schemas.registry import Contracts

_CAUSES = 12
_COMMENTS = 200
_NONE: Mapping[str, Any] = {"blocking": 0, "warnings": 0, "causes": (), "more_causes": 0, "refusals": ()}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a submission: its path in `reports/`, and its `content` except states and faults.

    `name` is the cache key: a hash of everything it depends on, except our code and the contracts.
    """

    name: str
    path: str
    submission: Submission
    content: Row


def make_receipts(settled: Settled, figures: DayTables, marked: Mapping[Submission, Path]) -> list[Receipt]:
    """Prepare a receipt for every submission; `marked` has the paths of the marked workbooks.

    A receipt does not depend on the as-of date: it stays the same until a submission changes it.
    """
    wrong, states = fingerprint_groups(figures.faults, WHO), fingerprint_groups(settled.submissions, WHO)
    judged = settled.by_submission()
    repeats = [SubmissionSummary(again, 0, {}, ()) for again in settled.repeats]
    receipts = []
    for summary in (*settled.summaries, *repeats):
        submission = summary.submission
        who = submission.who
        content = {
            "submission": submission,
            "account": _count_rows(summary, judged.get(submission, ()), settled),
            "compared": settled.compared.get(submission, ()),
            "marks": _list_marks(summary.marks),
            "workbook": _link_to(marked.get(submission)),
        }
        name = make_key("phieu_nhan", *content.values(), states[who], wrong.get(who))
        receipts.append(Receipt(name, path_of_receipt(*who), submission, content))
    return receipts


def write_receipts(
    release: Path, contracts: Contracts, settled: Settled, figures: DayTables, some: Sequence[Receipt]
) -> list[Path]:
    """Write the pages of the receipts `some`; returns their paths."""
    pages = open_site(release / "reports", Names(contracts.datasets, contracts.commune, contracts.indicators))
    asked = [one.submission for one in some]
    found, states = (filter_about(frame, asked) for frame in (figures.faults, settled.submissions))
    # Without the issues: whether a fault is still to fix depends on the as-of date.
    wrong = _sum_up_faults(faults.sort_faults(found, figures.issues.clear()))
    parts = states.rows_by_key(WHO, named=True, include_key=True)
    return [
        pages.write(
            one.path,
            "phieu_nhan.html.j2",
            {**one.content, "parts_": parts[one.submission.who], **wrong.get(one.submission.who, _NONE)},
            # Comments are shown as typed, and may name people.
            PRIVATE_FILE if one.content["marks"]["comments"] else PUBLIC_FILE,
        )
        for one in some
    ]


def _count_rows(summary: SubmissionSummary, judged: Sequence[JudgedPart], standing: Standing) -> Row:
    """Count the rows read by their role; repeated and corrected records count as left out, like headings."""
    counts, repeated = summary.roles, sum(one.repeated for one in judged)
    left = ((one, kept) for one in judged if (kept := standing.kept(one)))
    corrected = sum(one.accepted + one.quarantined - kept.accepted - kept.quarantined for one, kept in left)
    out = [(title, counts[role]) for role, title in ROLES.items() if role in counts and role != "ban_ghi"]
    out += [("bản ghi giống hệt một bản ghi ở trên", repeated)] if repeated else []
    out += [("bản ghi đã được thay bằng dòng sửa nộp sau", corrected)] if corrected else []
    return {"seen": summary.rows, "out": out, "records": counts.get("ban_ghi", 0) - repeated - corrected}


def _list_marks(marks: FileMarks) -> Row:
    """Number of marks of each kind, and the first comments."""
    counts = [(MARKS[kind], count) for kind, count in marks.counts.items()]
    more = max(len(marks.comments) - _COMMENTS, 0)
    return {"counts": counts, "comments": marks.comments[:_COMMENTS], "more": more}


def _sum_up_faults(found: pl.DataFrame) -> dict[Who, Row]:
    """By submission: causes, numbers of faults, and the messages of faults that refuse the whole file."""
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


def _link_to(workbook: Path | None) -> str | None:
    """Link from the receipt to the marked workbook; None if there is none."""
    return None if workbook is None else quote(f"../{workbook.parent.name}/{workbook.name}")


def find_marked(release: Path, who: Who) -> Path | None:
    """The marked workbook of a submission in a release, as its receipt links it; None if it has none."""
    page = release / "reports" / path_of_receipt(*who)
    if not page.is_file():
        return None
    found = re.search(rf'href="(\.\./{MARKED}/[^"]+)"', page.read_text(encoding="utf-8"))
    path = page.parent / unquote(unescape(found[1])) if found else None
    return path if path and path.is_file() else None
