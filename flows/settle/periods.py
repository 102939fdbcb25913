"""Judges what was read, settles which hand-ins count, and counts in their records, period by period."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

import polars as pl
import polars.selectors as cs

from flows.collect.hand_in import HandIn
from flows.intake.model import Account, Digest, Part, account_of
from flows.measure import count
from flows.settle.compare import compare
from flows.settle.faults import as_found, faults_of_files, faults_of_records, repairs
from flows.settle.model import (
    TABLES,
    Chapter,
    Compared,
    Judged,
    Owes,
    Read,
    Season,
    Settled,
    Standing,
    in_effect,
    whose,
)
from flows.settle.submissions import submissions_of
from flows.settle.unusual import prints, unusual
from flows.validate.across import reconcile
from flows.validate.records import Verdict, validate
from flows.validate.tally import COLUMNS
from schemas import indicators as plan
from schemas.contract import QUARANTINED, Dataset, chu, doc
from schemas.periods import before, in_words
from schemas.registry import Contracts

#: What of our code settling hangs on, beside what reading does.
CODE = ("validate", "settle", "measure", "fingerprints.py", "roll_call.py")

# By dataset what hand-ins brought for it, period by period; a part's place there is its number.
Brought: TypeAlias = dict[str, list[tuple[HandIn, Part]]]

# Of judged records all but what was typed and how it was read.
_AS_READ = cs.exclude(cs.ends_with(chu(""), doc("")))


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is in effect in periods that are not judged now, and the digests of its hand-ins."""

    in_effect: Mapping[Owes, Judged]
    digests: Sequence[Digest]


_NOTHING = Earlier({}, ())


def settle(digests: Sequence[Digest], repeats: Sequence[HandIn], contracts: Contracts) -> Settled:
    """Judge and settle all that was read. `repeats` are hand-ins of a content handed in before.

    Raises:
        RuleDidNotRunError: a rule gave no result.
        ConservationError: rows seen are not rows left out, accepted and quarantined.
    """
    labels = {part.period.label for digest in digests for part in digest.parts}
    chapters = chapters_of(digests, labels, contracts)
    return settled_of(chapters, [account_of(digest) for digest in digests], repeats, contracts)


def chapters_of(
    digests: Sequence[Digest], labels: Collection[str], contracts: Contracts, earlier: Earlier = _NOTHING
) -> list[Chapter]:
    """Judge what was read for the periods `labels`, dataset by dataset; settle each period.

    `digests` are all that brought anything for these, in order of arrival. Of several hand-ins of one
    unit, dataset and period the last of which anything can be used counts. Periods are judged together,
    but nothing in one hangs on what was handed in for another, save what was `compared`.

    Raises:
        RuleDidNotRunError: a rule gave no result.
    """
    datasets = contracts.datasets
    verdicts: dict[str, Verdict] = {}
    brought = _by_dataset(digests, labels)
    judged: list[Judged] = []
    for name, parts in brought.items():
        verdicts[name] = validate([(part, one.day) for one, part in parts], datasets[name])
        judged += _counted(parts, verdicts[name])
    standing = _standing(judged)
    crossed = reconcile(verdicts, whose(standing.in_effect.values()), datasets)
    read = {name: verdict.judged.select(_AS_READ) for name, verdict in crossed.verdicts.items()}
    live = in_effect(read, standing)
    faults = [faults_of_records(each, name, standing, contracts) for name, each in crossed.verdicts.items()]
    tables = {
        "faults": pl.concat([as_found(pl.DataFrame()), *faults]),
        "changes": repairs(
            ((one, brought[one.dataset][one.tep][1].changes) for one in standing.judged), standing
        ),
        "tallies": _tallies(crossed.verdicts, standing),
        "unjudged": crossed.unjudged,
        "counted": count(live, contracts.commune, plan.load()),
        "prints": prints(live, datasets),
    }
    compared = _compared(brought, standing, datasets, earlier)
    return [*_by_period(standing, tables, compared, read)]


def _by_dataset(digests: Sequence[Digest], labels: Collection[str]) -> Brought:
    found: dict[str, list[tuple[HandIn, Part]]] = {}
    for digest in digests:
        for part in digest.parts:
            if part.period.label in labels:
                found.setdefault(part.dataset, []).append((digest.hand_in, part))
    for parts in found.values():
        parts.sort(key=lambda brought: brought[1].period.label)
    return dict(sorted(found.items()))


def _standing(judged: Sequence[Judged]) -> Standing:
    in_order = sorted(judged, key=lambda one: (one.hand_in, one.dataset, one.period.label))
    return Standing(in_order, {one.owes: one for one in in_order if one.taken})


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


def _tallies(verdicts: Mapping[str, Verdict], standing: Standing) -> pl.DataFrame:
    """Cells judged and failed by unit, dataset, period and dimension, a row a hand-in that counts."""
    who = whose(filter(standing.counts, standing.judged)).rename({"_unit": "unit", "_ky": "period"})
    found = [verdict.tally.with_columns(dataset=pl.lit(name)) for name, verdict in verdicts.items()]
    every = pl.concat([pl.DataFrame(schema=COLUMNS | {"dataset": pl.String}), *found])
    return every.join(who, on=["dataset", "_tep"], maintain_order="left").drop("_tep")


def _compared(
    brought: Brought, standing: Standing, datasets: Mapping[str, Dataset], earlier: Earlier
) -> dict[str, dict[HandIn, list[Compared]]]:
    """By period what each hand-in that can be used changed against the one before it, where there is one."""
    pairs = [*_pairs(standing, {**earlier.in_effect, **standing.in_effect}, datasets)]
    parts = {
        (digest.hand_in, part.dataset, part.period.label): part
        for digest in earlier.digests
        for part in digest.parts
    }
    parts |= {
        (hand_in, name, part.period.label): part for name, some in brought.items() for hand_in, part in some
    }
    found: dict[str, dict[HandIn, list[Compared]]] = {}
    for one, former, name in pairs:
        was, now = (parts[each.hand_in, each.dataset, each.period.label] for each in (former, one))
        told = Compared(one.dataset, one.period.label, name, compare(was, now, datasets[one.dataset]))
        found.setdefault(one.period.label, {}).setdefault(one.hand_in, []).append(told)
    return found


def _pairs(
    standing: Standing, in_effect: Mapping[Owes, Judged], datasets: Mapping[str, Dataset]
) -> Iterator[tuple[Judged, Judged, str]]:
    """Each hand-in with its former one, and what to call that."""
    last: dict[Owes, Judged] = {}
    for one in standing.judged:
        if not one.taken:
            continue
        unit, name, period = one.owes
        if one.owes in last:
            yield one, last[one.owes], f"tệp {last[one.owes].hand_in.file}"
        # Lists of events have nothing in common from one period to the next.
        elif former := in_effect.get((unit, name, label_before(name, period, datasets) or "")):
            yield one, former, in_words(former.period.label)
        last[one.owes] = one


def label_before(dataset: str, label: str, datasets: Mapping[str, Dataset]) -> str | None:
    """The period that a hand-in of this one is compared with; none where it lists events."""
    contract = datasets[dataset]
    return before(contract, label).label if contract.basis == "point_in_time" else None


def _by_period(
    standing: Standing,
    tables: Mapping[str, pl.DataFrame],
    compared: Mapping[str, Mapping[HandIn, Sequence[Compared]]],
    read: Read,
) -> Iterator[Chapter]:
    """What was settled, period by period; hand-ins of a dataset are numbered anew in each."""
    by_period: dict[str, list[Judged]] = {}
    for one in standing.judged:
        by_period.setdefault(one.period.label, []).append(one)
    parted = {name: table.partition_by("period", as_dict=True) for name, table in tables.items()}
    for label, judged in sorted(by_period.items()):
        numbers: dict[str, list[int]] = {}
        for one in judged:
            numbers.setdefault(one.dataset, []).append(one.tep)
        mine = _standing([replace(one, tep=one.tep - min(numbers[one.dataset])) for one in judged])
        own = {name: parts.get((label,), tables[name].clear()) for name, parts in parted.items()}
        rows = {name: _numbered(read[name], min(teps), len(teps)) for name, teps in sorted(numbers.items())}
        season = Season(mine.judged, mine.in_effect, label, **own, compared=compared.get(label, {}))
        yield Chapter(season, partial(_given, rows))


def _given(read: Read) -> Read:
    return read


def _numbered(rows: pl.DataFrame, first: int, count: int) -> pl.DataFrame:
    """Of a dataset's `rows` those of so many hand-ins from the `first` on, which counts as 0."""
    start, stop = (rows["_tep"].search_sorted(at) for at in (first, first + count))
    mine = rows.slice(start, stop - start)
    return mine.with_columns(pl.col("_tep") - pl.lit(first, pl.UInt32)) if first else mine


def settled_of(
    chapters: Sequence[Chapter],
    accounts: Sequence[Account],
    repeats: Sequence[HandIn],
    contracts: Contracts,
) -> Settled:
    """All periods together, with what only shows then; every row that was read is accounted for.

    Raises:
        ConservationError: rows seen are not rows left out, accepted and quarantined.
    """
    seasons = [chapter.season for chapter in chapters]
    standing = _standing([one for season in seasons for one in season.judged])
    of_all = {
        name: pl.concat([pl.DataFrame(schema=schema), *(getattr(season, name) for season in seasons)])
        for name, schema in TABLES.items()
    }
    of_wholes = unusual(of_all.pop("prints"), contracts.datasets).with_columns(record=pl.col("period"))
    of_files = faults_of_files(accounts, repeats, standing)
    submissions = submissions_of(accounts, repeats, standing)
    compared: dict[HandIn, list[Compared]] = {}
    for season in seasons:
        for hand_in, found in season.compared.items():
            compared.setdefault(hand_in, []).extend(found)
    return Settled(
        standing.judged,
        standing.in_effect,
        accounts,
        repeats,
        chapters,
        **of_all | {"faults": pl.concat([of_all["faults"], of_files, as_found(of_wholes)])},
        submissions=submissions,
        compared=compared,
    )
