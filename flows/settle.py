"""Decides which hand-ins count: judges all records, settles what is in effect, accounts for every row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import polars as pl
import polars.selectors as cs

from flows.collect import HandIn
from flows.digest import Digest, Part
from flows.found import as_found, faults_of_files, faults_of_records, repairs
from flows.measure import count
from flows.reconcile import reconcile
from flows.resubmitted import compare
from flows.roll_call import unusual
from flows.settled import Account, Compared, Judged, Settled, Standing, in_effect, whose
from flows.tally import COLUMNS
from flows.validate import Verdict, validate
from schemas import indicators as plan
from schemas.contract import QUARANTINED, Dataset, chu, doc
from schemas.periods import before, in_words
from schemas.registry import Contracts
from schemas.tables import SUBMISSIONS


class ConservationError(RuntimeError):
    """Rows or files were lost between reading and publishing: nothing may be published."""


#: Where under `var/` it is kept what hand-ins came to.
KEPT = "xet"
#: What of our code that hangs on, beside what reading does.
CODE = (
    "settle.py",
    "settled.py",
    "validate.py",
    "reconcile.py",
    "tally.py",
    "found.py",
    "resubmitted.py",
    "roll_call.py",
    "measure",
    "protect.py",
)

# By dataset what hand-ins brought for it; a part's place there is its `_tep`.
Brought: TypeAlias = dict[str, list[tuple[HandIn, Part]]]

# Of judged records all but what was typed and how it was read.
_AS_READ = cs.exclude(cs.ends_with(chu(""), doc("")))


def settle(digests: Sequence[Digest], repeats: Sequence[HandIn], contracts: Contracts) -> Settled:
    """Judge all that was read, dataset by dataset, settle which hand-ins count, and count in their records.

    Of several hand-ins of one unit, dataset and period the last of which anything can be used
    counts. `repeats` are hand-ins of a content that the unit had handed in before.

    Raises:
        RuleDidNotRunError: a rule gave no result.
        ConservationError: rows seen are not rows left out, accepted and quarantined.
    """
    datasets = contracts.datasets
    verdicts: dict[str, Verdict] = {}
    brought = _by_dataset(digests)
    judged: list[Judged] = []
    for name, parts in brought.items():
        verdicts[name] = validate([(part, one.day) for one, part in parts], datasets[name])
        judged += _counted(parts, verdicts[name])
    judged.sort(key=lambda one: (one.hand_in, one.dataset, one.period.label))
    standing = Standing(judged, {one.owes: one for one in judged if one.taken})
    crossed = reconcile(verdicts, whose(standing.in_effect.values()), datasets)
    read = {name: verdict.judged.select(_AS_READ) for name, verdict in crossed.verdicts.items()}
    of_records = [
        faults_of_records(each, name, standing, contracts) for name, each in crossed.verdicts.items()
    ]
    live = in_effect(read, standing)
    of_wholes = as_found(unusual(live, datasets).with_columns(record=pl.col("period")))
    accounts = [_account(digest) for digest in digests]
    submissions = _submissions(accounts, repeats, standing)
    _conserve(submissions, accounts, repeats)
    return Settled(
        judged,
        standing.in_effect,
        accounts=accounts,
        repeats=repeats,
        read=read,
        faults=pl.concat([*of_records, faults_of_files(accounts, repeats, standing), of_wholes]),
        changes=repairs((one, brought[one.dataset][one.tep][1].changes) for one in judged),
        tallies=_tallies(crossed.verdicts),
        submissions=submissions,
        unjudged=crossed.unjudged,
        compared=_compared(brought, standing, datasets),
        counted=count(live, contracts.commune, plan.load()),
    )


def _by_dataset(digests: Sequence[Digest]) -> Brought:
    found: dict[str, list[tuple[HandIn, Part]]] = {}
    for digest in digests:
        for part in digest.parts:
            found.setdefault(part.dataset, []).append((digest.hand_in, part))
    return dict(sorted(found.items()))


def _account(digest: Digest) -> Account:
    roles = digest.rows["role"].value_counts(sort=True)
    sheets = digest.rows["sheet"].n_unique()
    return Account(digest.hand_in, sheets, dict(roles.iter_rows()), digest.problems)


def _counted(parts: Sequence[tuple[HandIn, Part]], verdict: Verdict) -> list[Judged]:
    by_class = verdict.judged.select("_tep", held=QUARANTINED).group_by("_tep", "held").len()
    counts = {(tep, held): rows for tep, held, rows in by_class.iter_rows()}
    repeated = dict(verdict.repeated.iter_rows())
    return [
        Judged(
            hand_in,
            part.dataset,
            part.period,
            part.nil,
            part.tables,
            tep,
            part.frame.height,
            counts.get((tep, False), 0),
            counts.get((tep, True), 0),
            repeated.get(tep, 0),
        )
        for tep, (hand_in, part) in enumerate(parts)
    ]


def _tallies(verdicts: Mapping[str, Verdict]) -> pl.DataFrame:
    found = [verdict.tally.with_columns(dataset=pl.lit(name)) for name, verdict in verdicts.items()]
    return pl.concat([pl.DataFrame(schema=COLUMNS | {"dataset": pl.String}), *found])


def _compared(
    brought: Brought, standing: Standing, datasets: Mapping[str, Dataset]
) -> dict[HandIn, list[Compared]]:
    """What each hand-in that can be used changed against the one before it, where there is one."""
    found: dict[HandIn, list[Compared]] = {}
    for one, former, name in _pairs(standing, datasets):
        parts = brought[one.dataset]
        change = compare(parts[former.tep][1], parts[one.tep][1], datasets[one.dataset])
        told = Compared(one.dataset, one.period.label, name, change)
        found.setdefault(one.hand_in, []).append(told)
    return found


def _pairs(standing: Standing, datasets: Mapping[str, Dataset]) -> Iterator[tuple[Judged, Judged, str]]:
    """Each hand-in with its former one, and what to call that."""
    last: dict[tuple[str, str, str], Judged] = {}
    for one in standing.judged:
        if not one.taken:
            continue
        unit, name, period = one.owes
        if one.owes in last:
            yield one, last[one.owes], f"tệp {last[one.owes].hand_in.file}"
        # Lists of events have nothing in common from one period to the next.
        elif datasets[name].basis == "point_in_time":
            label = before(datasets[name], period).label
            if (unit, name, label) in standing.in_effect:
                yield one, standing.in_effect[unit, name, label], in_words(label)
        last[one.owes] = one


def _submissions(accounts: Sequence[Account], repeats: Sequence[HandIn], standing: Standing) -> pl.DataFrame:
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
    return SUBMISSIONS.conform(pl.DataFrame(rows, infer_schema_length=None) if rows else pl.DataFrame())


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


def _superseded(judged: Sequence[Judged]) -> dict[HandIn, dict[tuple[str, str, str], str]]:
    """For each hand-in that took the place of another: whose, by what it answers for."""
    current: dict[tuple[str, str, str], str] = {}
    found: dict[HandIn, dict[tuple[str, str, str], str]] = {}
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
    seen = submissions.group_by("unit", "file", "submission").agg(pl.col("rows_seen").sum())
    said = {(unit, file, submission): rows for unit, file, submission, rows in seen.iter_rows()}
    read = {_known(account.hand_in): account.rows for account in accounts}
    read |= {_known(hand_in): 0 for hand_in in repeats}
    lost = sorted(file for (unit, file, sha), rows in read.items() if said.get((unit, file, sha)) != rows)
    parts = ("rows_left_out", "rows_accepted", "rows_quarantined")
    unbalanced = submissions.filter(pl.col("rows_seen") != pl.sum_horizontal(parts))
    if lost or unbalanced.height or len(said) != len(read):
        raise ConservationError(f"Số dòng đọc và số dòng công bố không khớp ở {len(lost) or 1} tệp.")


def _known(hand_in: HandIn) -> tuple[str, str, str]:
    return hand_in.unit, hand_in.file, hand_in.submission
