"""Says what became of every hand-in, row by row, and proves that nothing was lost on the way."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from flows.collect.hand_in import WHO, HandIn
from flows.errors import ConservationError
from flows.intake.model import Account
from flows.settle.model import Judged, Owes, Standing
from schemas.tables import SUBMISSIONS


def submissions_of(
    accounts: Sequence[Account], repeats: Sequence[HandIn], standing: Standing
) -> pl.DataFrame:
    """The table of submissions: of every hand-in what each part came to.

    Raises:
        ConservationError: rows seen are not rows left out, accepted and quarantined.
    """
    by_hand_in, earlier = standing.by_hand_in(), _superseded(standing.judged)
    rows: list[dict[str, object]] = []
    for account in accounts:
        mine = by_hand_in.get(account.hand_in, [])
        base = _base(account.hand_in) | {"sheets": account.sheets}
        outside = account.rows - sum(one.records for one in mine)
        if not mine:
            rows.append(base | _rows(outside, 0, 0) | {"state": "tu_choi"})
        for one in mine:
            rows.append(
                base
                | _rows(outside + one.repeated, one.accepted, one.quarantined)
                | {"dataset": one.dataset, "period": one.period.label}
                | {
                    "state": _state(one, account, standing),
                    "supersedes": earlier.get(one.hand_in, {}).get(one.owes),
                }
            )
            outside = 0
    rows += [_base(hand_in) | _rows(0, 0, 0) | {"state": "trung", "sheets": 0} for hand_in in repeats]
    told = SUBMISSIONS.conform(pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame())
    _conserve(told, accounts, repeats)
    return told


def _base(hand_in: HandIn) -> dict[str, object]:
    return {
        "submission": hand_in.submission,
        "unit": hand_in.unit,
        "file": hand_in.file,
        "received": hand_in.received,
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


def _superseded(judged: Sequence[Judged]) -> dict[HandIn, dict[Owes, str]]:
    """For each hand-in that took the place of another: whose, by what it answers for."""
    current: dict[Owes, str] = {}
    found: dict[HandIn, dict[Owes, str]] = {}
    for one in judged:
        if one.taken:
            if one.owes in current:
                found.setdefault(one.hand_in, {})[one.owes] = current[one.owes]
            current[one.owes] = one.hand_in.submission
    return found


def _state(one: Judged, account: Account, standing: Standing) -> str:
    if not one.taken:
        return "tu_choi"
    if standing.in_effect[one.owes] is not one:
        return "bi_thay_the"
    refused_in_part = any(problem.severity == "chan" for problem in account.problems)
    return "mot_phan" if one.quarantined or refused_in_part else "chap_nhan"


def _conserve(submissions: pl.DataFrame, accounts: Sequence[Account], repeats: Sequence[HandIn]) -> None:
    """Raise unless every hand-in is in `submissions` and every row read is there once."""
    seen = submissions.group_by(WHO).agg(pl.col("rows_seen").sum())
    said = {(unit, file, submission): rows for unit, file, submission, rows in seen.iter_rows()}
    read = {account.hand_in.who: account.rows for account in accounts}
    read |= {hand_in.who: 0 for hand_in in repeats}
    lost = sorted(file for (unit, file, sha), rows in read.items() if said.get((unit, file, sha)) != rows)
    parts = ("rows_left_out", "rows_accepted", "rows_quarantined")
    unbalanced = submissions.filter(pl.col("rows_seen") != pl.sum_horizontal(parts))
    if lost or unbalanced.height or len(said) != len(read):
        raise ConservationError(f"Số dòng đọc và số dòng công bố không khớp ở {len(lost) or 1} tệp.")
