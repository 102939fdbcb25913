"""Writes the receipts: one page a hand-in, whatever came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl

from flows.cache import name_of
from flows.collect.hand_in import WHO, HandIn, Who
from flows.day_tables import Figures
from flows.fingerprints import by_group
from flows.intake.model import Account
from flows.read.table import ROLES
from flows.release.places import receipt_path
from flows.report import faults
from flows.report.names import Names
from flows.report.render import site
from flows.report.tables import Row
from flows.settle.model import Judged, Settled, about
from schemas import indicators as plan
from schemas.registry import Contracts

_CAUSES = 12
_NONE: Mapping[str, Any] = {"blocking": 0, "warnings": 0, "causes": (), "more_causes": 0, "refusals": ()}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a hand-in: its path in `reports/`, what it says beside states and faults.

    `name` tells all that it depends on, beside our code and the contracts.
    """

    name: str
    path: str
    hand_in: HandIn
    content: Row


def receipts(settled: Settled, figures: Figures, marked: Mapping[HandIn, Path]) -> list[Receipt]:
    """A receipt for every hand-in; `marked` says where its marked workbook lies, if it has one.

    A receipt tells nothing that grows older by itself: until something comes in it stays the same.
    """
    wrong, states = by_group(figures.faults, WHO), by_group(settled.submissions, WHO)
    judged = settled.by_hand_in()
    repeats = [Account(again, 0, {}, ()) for again in settled.repeats]
    made = []
    for account in (*settled.accounts, *repeats):
        hand_in = account.hand_in
        who = hand_in.who
        content = {
            "hand_in": hand_in,
            "account": _account(account, judged.get(hand_in, ())),
            "compared": settled.compared.get(hand_in, ()),
            "workbook": _beside(marked.get(hand_in)),
        }
        name = name_of("phieu_nhan", *content.values(), states[who], wrong.get(who))
        made.append(Receipt(name, receipt_path(*who), hand_in, content))
    return made


def write_receipts(
    release: Path, contracts: Contracts, settled: Settled, figures: Figures, some: Sequence[Receipt]
) -> list[Path]:
    """Write the pages of `some` receipts; returns their paths."""
    pages = site(release / "reports", Names(contracts.datasets, contracts.commune, plan.load()))
    asked = [one.hand_in for one in some]
    found, states = (about(frame, asked) for frame in (figures.faults, settled.submissions))
    # Whether a fault stands still is not told: it changes with the days.
    wrong = _faults(faults.ordered(found, figures.issues.clear()))
    parts = states.rows_by_key(WHO, named=True, include_key=True)
    return [
        pages.write(
            one.path,
            "phieu_nhan.html.j2",
            {**one.content, "parts_": parts[one.hand_in.who], **wrong.get(one.hand_in.who, _NONE)},
        )
        for one in some
    ]


def _account(account: Account, judged: Sequence[Judged]) -> Row:
    """Every row read, by what it was taken for; repeated records are left out like headings are."""
    counts, repeated = account.roles, sum(one.repeated for one in judged)
    out = [(title, counts[role]) for role, title in ROLES.items() if role in counts and role != "ban_ghi"]
    out += [("bản ghi giống hệt một bản ghi ở trên", repeated)] if repeated else []
    return {"seen": account.rows, "out": out, "records": counts.get("ban_ghi", 0) - repeated}


def _faults(found: pl.DataFrame) -> dict[Who, Row]:
    """By hand-in: its causes, its faults counted, why what was refused as a whole was."""
    blocks = pl.col("severity") == "chan"
    whole = blocks & pl.col("code").str.starts_with("tep.")
    counted = found.group_by(WHO).agg(
        blocks.sum().alias("blocking"),
        (~blocks).sum().alias("warnings"),
        pl.col("message").filter(whole).unique(maintain_order=True).alias("refusals"),
    )
    causes = faults.causes(found, *WHO).partition_by(WHO, as_dict=True, maintain_order=True)
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
