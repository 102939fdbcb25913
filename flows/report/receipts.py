"""Writes the receipts: one page a hand-in, whatever came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from flows.collect import HandIn
from flows.digest import Digest
from flows.read.table import ROLES
from flows.report import faults
from flows.report.names import Names
from flows.report.places import receipt_path
from flows.report.render import site
from flows.resubmitted import compare
from flows.settle import Judged, Settled
from schemas import indicators as plan
from schemas.contract import Dataset
from schemas.periods import before, in_words
from schemas.registry import Contracts

Row = dict[str, Any]

_CAUSES = 12


@dataclass(frozen=True, slots=True)
class Day:
    """What receipts are written from: the day's hand-ins and its tables, values masked."""

    settled: Settled
    digests: Sequence[Digest]
    repeats: Sequence[HandIn]
    faults: pl.DataFrame
    issues: pl.DataFrame


def write_receipts(
    release: Path, contracts: Contracts, as_of: date, day: Day, marked: Mapping[HandIn, Path]
) -> int:
    """Write a receipt for every hand-in; `marked` says where its marked workbook lies, if it has one."""
    names = Names(contracts.datasets, contracts.commune, plan.load())
    pages = site(release / "reports", names, {"as_of": as_of})
    rows = _grouped(day.settled.submissions)
    wrong = _grouped(faults.ordered(day.faults, day.issues).filter(pl.col("file").is_not_null()))
    judged: dict[HandIn, list[Judged]] = {}
    for one in day.settled.judged:
        judged.setdefault(one.digest.hand_in, []).append(one)
    read = [(digest.hand_in, digest.rows) for digest in day.digests]
    for hand_in, account in (*read, *((again, None) for again in day.repeats)):
        who = hand_in.unit, hand_in.file, hand_in.submission
        content = {
            "hand_in": hand_in,
            "parts_": list(rows[who].iter_rows(named=True)),
            "account": _account(account, judged.get(hand_in, ())),
            "compared": [_compared(one, day.settled, contracts) for one in judged.get(hand_in, ())],
            "workbook": _beside(marked.get(hand_in)),
            **_faults(wrong.get(who)),
        }
        pages.write(receipt_path(*who), "phieu_nhan.html.j2", content)
    return len(read) + len(day.repeats)


def _grouped(table: pl.DataFrame) -> dict[tuple[str, str, str], pl.DataFrame]:
    groups = table.group_by("unit", "file", "submission", maintain_order=True)
    return {(str(unit), str(file), str(submission)): group for (unit, file, submission), group in groups}


def _account(rows: pl.DataFrame | None, judged: Sequence[Judged]) -> Row:
    """Every row read, by what it was taken for; repeated records are left out like headings are."""
    if rows is None:
        return {"seen": 0, "out": [], "records": 0}
    counts = dict(rows.group_by("role").len().iter_rows())
    repeated = sum(one.repeated for one in judged)
    out = [(title, counts[role]) for role, title in ROLES.items() if role in counts and role != "ban_ghi"]
    out += [("bản ghi giống hệt một bản ghi ở trên", repeated)] if repeated else []
    return {"seen": rows.height, "out": out, "records": counts.get("ban_ghi", 0) - repeated}


def _faults(found: pl.DataFrame | None) -> Row:
    if found is None:
        return {"blocking": 0, "warnings": 0, "causes": [], "more_causes": 0, "refusals": []}
    causes = faults.causes(found)
    blocking = found.filter(pl.col("severity") == "chan").height
    whole = found.filter(pl.col("code").str.starts_with("tep.") & (pl.col("severity") == "chan"))
    return {
        "blocking": blocking,
        "warnings": found.height - blocking,
        "causes": list(causes.head(_CAUSES).iter_rows(named=True)),
        "more_causes": max(causes.height - _CAUSES, 0),
        "refusals": whole["message"].unique(maintain_order=True).to_list(),
    }


def _beside(workbook: Path | None) -> str | None:
    """Address of the marked workbook as seen from the receipt."""
    if workbook is None or not workbook.exists():
        return None
    return quote(f"../{workbook.parent.name}/{workbook.name}")


def _compared(one: Judged, settled: Settled, contracts: Contracts) -> Row:
    """How many records came, went and changed since the former hand-in of this period or the last."""
    dataset = contracts.datasets[one.part.dataset]
    said = {"dataset": dataset.name, "period": one.part.period.label, "former": None}
    former, name = _former(one, settled, dataset)
    if former is None or not one.taken:
        return said
    change = compare(former.part, one.part, dataset)
    new, gone, altered = change.added, change.removed, change.changed
    return said | {"former": name, "new": new, "gone": gone, "altered": altered, "same": change.same}


def _former(one: Judged, settled: Settled, dataset: Dataset) -> tuple[Judged | None, str]:
    earlier = [
        each
        for each in settled.judged
        if each.owes == one.owes and each.taken and each.digest.hand_in < one.digest.hand_in
    ]
    if earlier:
        return earlier[-1], f"tệp {earlier[-1].digest.hand_in.file}"
    # Lists of events have nothing in common from one period to the next.
    if dataset.basis != "point_in_time":
        return None, ""
    label = before(dataset, one.part.period.label).label
    unit, name, _ = one.owes
    return settled.in_effect.get((unit, name, label)), in_words(label)
