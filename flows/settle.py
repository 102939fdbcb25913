"""Decides which hand-ins count: the state of each, the rows it brought, the judged records in effect."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import polars.selectors as cs

from flows.collect import HandIn
from flows.digest import Digest, Part
from flows.protect import without_numbers
from flows.reconcile import LIVE, reconcile
from flows.validate import Verdict, validate
from schemas.contract import QUARANTINED, Dataset, chu, doc
from schemas.tables import SUBMISSIONS


class ConservationError(RuntimeError):
    """Rows or files were lost between reading and publishing: nothing may be published."""


#: Of judged records all but what was typed and how it was read.
AS_READ = cs.exclude(cs.ends_with(chu(""), doc("")))


@dataclass(frozen=True, slots=True)
class Judged:
    """One part after judging: how many of its records are accepted, quarantined, repeated."""

    digest: Digest
    part: Part
    tep: int
    accepted: int
    quarantined: int
    repeated: int

    @property
    def taken(self) -> bool:
        """Whether anything of it can be used: an accepted record, or a declared nothing."""
        return self.accepted > 0 or self.part.nil

    @property
    def owes(self) -> tuple[str, str, str]:
        """The unit, dataset and period it answers for."""
        return self.digest.hand_in.unit, self.part.dataset, self.part.period.label


@dataclass(frozen=True, slots=True)
class Settled:
    """The day's hand-ins, settled.

    `verdicts` by dataset; `judged` in order of arrival; `in_effect` the part that counts for each
    unit, dataset and period; `submissions` as published; `unjudged` the cross rules that had nothing to be
    judged by.
    """

    verdicts: Mapping[str, Verdict]
    judged: Sequence[Judged]
    in_effect: Mapping[tuple[str, str, str], Judged]
    submissions: pl.DataFrame
    unjudged: pl.DataFrame

    def counts(self, judged: Judged) -> bool:
        """Whether `judged` is not superseded: in effect, or refused after the one in effect."""
        current = self.in_effect.get(judged.owes)
        return current is None or judged is current or judged.digest.hand_in > current.digest.hand_in

    def records(self, dataset: str) -> pl.DataFrame:
        """Judged records in effect of `dataset` without what was typed, plus `_unit`, `_ky`; unprotected."""
        live = whose(self.in_effect.values()).filter(dataset=dataset).drop("dataset")
        read = self.verdicts[dataset].judged.select(AS_READ)
        return read.join(live, on="_tep", how="inner", maintain_order="left")

    def accepted(self) -> Iterator[tuple[Judged, pl.DataFrame]]:
        """Each part in effect with its accepted records as read; a dataset's are parted in one pass."""
        parted = {name: _parted(verdict) for name, verdict in self.verdicts.items()}
        for one in self.in_effect.values():
            of_parts, none = parted[one.part.dataset]
            yield one, of_parts.get((one.tep,), none)


def settle(digests: Sequence[Digest], repeats: Sequence[HandIn], datasets: Mapping[str, Dataset]) -> Settled:
    """Judge all parts, dataset by dataset, and settle which of them counts.

    Of several hand-ins of one unit, dataset and period the last of which anything can be used
    counts. `repeats` are hand-ins of a content that the unit had handed in before.

    Raises:
        RuleDidNotRunError: a rule gave no result.
        ConservationError: rows seen are not rows left out, accepted and quarantined.
    """
    by_dataset: dict[str, list[tuple[Digest, Part]]] = {}
    for digest in digests:
        for part in digest.parts:
            by_dataset.setdefault(part.dataset, []).append((digest, part))
    verdicts: dict[str, Verdict] = {}
    judged: list[Judged] = []
    for name, parts in sorted(by_dataset.items()):
        days = [(part, digest.hand_in.day) for digest, part in parts]
        verdicts[name] = validate(days, datasets[name])
        judged += _counted(parts, verdicts[name])
    judged.sort(key=lambda one: (one.digest.hand_in, one.part.dataset, one.part.period.label))
    in_effect = {one.owes: one for one in judged if one.taken}
    crossed = reconcile(verdicts, whose(in_effect.values()), datasets)
    submissions = _submissions(digests, repeats, judged, in_effect)
    _conserve(submissions, digests, repeats)
    return Settled(crossed.verdicts, judged, in_effect, submissions, crossed.unjudged)


def _parted(verdict: Verdict) -> tuple[Mapping[tuple[object, ...], pl.DataFrame], pl.DataFrame]:
    """The accepted records of each part, by `(_tep,)`; and what no records look like."""
    accepted = verdict.judged.lazy().select(AS_READ).filter(~QUARANTINED).collect()
    return accepted.partition_by("_tep", as_dict=True, maintain_order=True), accepted.clear()


def whence(one: Judged, rows: pl.DataFrame) -> pl.DataFrame:
    """Where each of `rows` of one part was typed, as it may be told: `_unit`, `_file`, `_sheet`, `_row`."""
    sheets = pl.Series([sheet for sheet, _ in one.part.tables], dtype=pl.String)
    return rows.select(
        pl.lit(one.digest.hand_in.unit).alias("_unit"),
        pl.lit(one.digest.hand_in.file).alias("_file"),
        without_numbers(pl.lit(sheets.gather(rows["_bang"]))).alias("_sheet"),
        "_row",
    )


def whose(judged: Iterable[Judged]) -> pl.DataFrame:
    """Dataset, `_tep`, `_unit` and `_ky` of each of `judged`."""
    rows = [(one.part.dataset, one.tep, one.digest.hand_in.unit, one.part.period.label) for one in judged]
    return pl.DataFrame(rows, schema=LIVE, orient="row")


def _counted(parts: Sequence[tuple[Digest, Part]], verdict: Verdict) -> list[Judged]:
    counts = verdict.judged.group_by("_tep").agg(accepted=(~QUARANTINED).sum(), quarantined=QUARANTINED.sum())
    rows = {tep: (accepted, quarantined) for tep, accepted, quarantined in counts.iter_rows()}
    repeated = dict(verdict.repeated.iter_rows())
    return [
        Judged(digest, part, tep, *rows.get(tep, (0, 0)), repeated.get(tep, 0))
        for tep, (digest, part) in enumerate(parts)
    ]


def _submissions(
    digests: Sequence[Digest],
    repeats: Sequence[HandIn],
    judged: Sequence[Judged],
    in_effect: Mapping[tuple[str, str, str], Judged],
) -> pl.DataFrame:
    by_hand_in: dict[HandIn, list[Judged]] = {}
    for one in judged:
        by_hand_in.setdefault(one.digest.hand_in, []).append(one)
    earlier = _superseded(judged)
    rows: list[dict[str, object]] = []
    for digest in digests:
        mine = by_hand_in.get(digest.hand_in, [])
        base = _base(digest.hand_in) | {"sheets": digest.rows["sheet"].n_unique()}
        outside = digest.rows.height - sum(one.part.frame.height for one in mine)
        if not mine:
            rows.append(base | _rows(outside, 0, 0) | {"state": "tu_choi"})
        for one in mine:
            rows.append(
                base
                | _rows(outside + one.repeated, one.accepted, one.quarantined)
                | {"dataset": one.part.dataset, "period": one.part.period.label}
                | {
                    "state": _state(one, in_effect),
                    "supersedes": earlier.get(one.digest.hand_in, {}).get(one.owes),
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
                found.setdefault(one.digest.hand_in, {})[one.owes] = current[one.owes]
            current[one.owes] = one.digest.hand_in.submission
    return found


def _state(one: Judged, in_effect: Mapping[tuple[str, str, str], Judged]) -> str:
    if not one.taken:
        return "tu_choi"
    if in_effect[one.owes] is not one:
        return "bi_thay_the"
    refused_in_part = any(problem.severity == "chan" for problem in one.digest.problems)
    return "mot_phan" if one.quarantined or refused_in_part else "chap_nhan"


def _conserve(submissions: pl.DataFrame, digests: Sequence[Digest], repeats: Sequence[HandIn]) -> None:
    """Raise unless every hand-in is in `submissions` and every row read is there once."""
    seen = submissions.group_by("unit", "file", "submission").agg(pl.col("rows_seen").sum())
    said = {(unit, file, submission): rows for unit, file, submission, rows in seen.iter_rows()}
    read = {(d.hand_in.unit, d.hand_in.file, d.hand_in.submission): d.rows.height for d in digests}
    read |= {(h.unit, h.file, h.submission): 0 for h in repeats}
    lost = sorted(file for (unit, file, sha), rows in read.items() if said.get((unit, file, sha)) != rows)
    parts = ("rows_left_out", "rows_accepted", "rows_quarantined")
    unbalanced = submissions.filter(pl.col("rows_seen") != pl.sum_horizontal(parts))
    if lost or unbalanced.height or len(said) != len(read):
        raise ConservationError(f"Số dòng đọc và số dòng công bố không khớp ở {len(lost) or 1} tệp.")
