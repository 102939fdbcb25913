"""Weighs whose the records of a submission are: in the register and in other submissions, by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, TypeAlias

import polars as pl

from flows.collect.submission import Submission
from flows.intake.model import CleanedSubmission, SubmissionPart
from flows.intake.owner import describe_other_owner, describe_unit
from flows.read.table import Problem
from schemas.contract import Dataset, Tie
from schemas.kinds import NGAY
from schemas.periods import before
from schemas.registry import Contracts
from schemas.units import Commune, Unit

#: A part of a submission, and the submission.
Given: TypeAlias = tuple[Submission, SubmissionPart]
#: What points to another unit than the one that handed it in, by submission, dataset and period.
Told: TypeAlias = Mapping[tuple[Submission, str, str], Problem]
_Lean: TypeAlias = Literal["own", "other", "doubt"] | None

# Shares of the keys: what is worth a word, what is another unit's beyond doubt, what then may be one's own.
_SOME, _MOST, _FEW = 0.3, 0.6, 0.2
# Fewer keys than that prove nothing.
_ENOUGH = 3


def owner_tie(dataset: Dataset) -> Tie | None:
    """How the records of a dataset belong to the unit at a place of another dataset, by their key."""
    ties = (cross.tied for cross in dataset.cross)
    return next((tie for tie in ties if tie.place is not None and (tie.by,) == dataset.key), None)


def lists_own_events(dataset: Dataset, commune: Commune) -> bool:
    """Whether several units list events of their own, known by their day: hardly two share many of them."""
    return len(commune.owing(dataset)) > 1 and any(dataset[name].kind is NGAY for name in dataset.key)


def weigh_owners(
    brought: Mapping[str, Sequence[Given]], earlier: Iterable[CleanedSubmission], contracts: Contracts
) -> Told:
    """Weigh every part of `brought` whose records belong to a unit: `tep.khac_don_vi`.

    Records belong to the unit at their place in a register (`owner_tie`). Events (`lists_own_events`) belong
    to nobody for sure: if another unit has handed in most of them too, that is a warning.

    It blocks if the register or the last submissions say that the records are another unit's, and neither
    says that they are its own. Where only some point elsewhere, or the two disagree, it is a warning. What
    somebody vouched for is not weighed.

    Args:
        brought: The parts of the periods that are judged, by dataset.
        earlier: The submissions of the periods before those, as far as they are not judged themselves.
        contracts: The contracts.
    """
    former: dict[str, list[Given]] = {}
    for cleaned in earlier:
        for part in cleaned.parts:
            former.setdefault(part.dataset, []).append((cleaned.submission, part))
    told: dict[tuple[Submission, str, str], Problem] = {}
    for name, parts in brought.items():
        dataset = contracts.datasets[name]
        tie = owner_tie(dataset)
        if tie is not None or lists_own_events(dataset, contracts.commune):
            register = [*brought.get(tie.to, ()), *former.get(tie.to, ())] if tie else ()
            weighing = _Weighing(dataset, tie, contracts, parts, former.get(name, ()), register)
            told |= {(one, name, part.period.label): found for (one, part), found in weighing.problems()}
    return told


def hold(brought: Mapping[str, Sequence[Given]], told: Told) -> dict[str, list[Given]]:
    """`brought`, in which nothing counts of what is another unit's."""
    held = {key for key, problem in told.items() if problem.severity == "chan"}
    return {
        name: [
            (one, replace(part, refused=part.refused or (one, name, part.period.label) in held))
            for one, part in parts
        ]
        for name, parts in brought.items()
    }


class _Weighing:
    """The keys of one dataset: of every part in order of arrival, and of the register."""

    def __init__(
        self,
        dataset: Dataset,
        tie: Tie | None,
        contracts: Contracts,
        judged: Sequence[Given],
        former: Sequence[Given],
        register: Sequence[Given],
    ) -> None:
        self._dataset, self._tie, self._contracts = dataset, tie, contracts
        self._key = pl.concat_str([pl.col(name).cast(pl.String) for name in dataset.key], separator="|")
        self._labels = {part.period.label: before(dataset, part.period.label).label for _, part in judged}
        # A submission of the period before may bring a part that is judged now, too.
        others = [given for given in former if given[1].period.label not in self._labels]
        in_order = sorted((*judged, *others), key=lambda given: (given[0], given[1].period.label))
        self._parts = [given for given in in_order if not given[1].refused]
        self._keys = self._list_keys()
        self._register = self._read_register(register)
        self._held: set[int] = set()

    def problems(self) -> Iterator[tuple[Given, Problem]]:
        """Every part of the judged periods whose keys point to another unit, and what is to be said of it."""
        suspects = self._find_suspects()
        # What turns out to be another unit's says nothing about the others.
        for at in suspects:
            if self._weigh(at, blocks=True):
                self._held.add(at)
        for at in suspects:
            problem = self._weigh(at, blocks=at in self._held)
            if problem:
                yield self._parts[at], problem

    def _list_keys(self) -> pl.DataFrame:
        empty = pl.DataFrame(schema={"at": pl.UInt32} | dict.fromkeys(("period", "unit", "key"), pl.String))
        frames = (
            part.frame.select(
                pl.lit(at, pl.UInt32).alias("at"),
                pl.lit(part.period.label).alias("period"),
                pl.lit(one.unit).alias("unit"),
                self._key.alias("key"),
            )
            for at, (one, part) in enumerate(self._parts)
        )
        return pl.concat([empty, *frames]).drop_nulls().unique()

    def _read_register(self, register: Sequence[Given]) -> pl.DataFrame:
        """By period each key with the unit at its place: of that period, else of the one before."""
        frames = [pl.DataFrame(schema=dict.fromkeys(("period", "unit", "key"), pl.String))]
        if self._tie is None or self._tie.place is None:
            return frames[0]
        place, by = self._tie.place, self._tie.by
        given = [part for _, part in register if not part.refused]
        labels = {part.period.label for part in given}
        for label, former in self._labels.items():
            source = label if label in labels else former
            frames += [
                part.frame.select(
                    pl.lit(label).alias("period"),
                    pl.col(place).alias("unit"),
                    pl.col(by).cast(pl.String).alias("key"),
                )
                for part in given
                if part.period.label == source
            ]
        return pl.concat(frames).drop_nulls().unique()

    def _find_suspects(self) -> list[int]:
        """The parts many of whose keys another unit has too, in order of arrival."""
        after = {former: label for label, former in self._labels.items()}
        own = self._keys.select("period", "unit", "key")
        next_time = own.with_columns(
            pl.col("period").replace_strict(after, default=None, return_dtype=pl.String)
        ).drop_nulls()
        owners = pl.concat([own, next_time, self._register]).group_by("period", "key")
        owned = owners.agg(first=pl.col("unit").min(), last=pl.col("unit").max())
        shares = (
            self._keys.join(owned, on=["period", "key"])
            .group_by("at")
            .agg(share=((pl.col("first") != pl.col("unit")) | (pl.col("last") != pl.col("unit"))).mean())
        )
        found = shares.filter(pl.col("share") >= _SOME)["at"].sort().to_list()
        return [at for at in found if self._is_weighed(at)]

    def _is_weighed(self, at: int) -> bool:
        one, part = self._parts[at]
        return one.vouched is None and part.period.label in self._labels

    def _weigh(self, at: int, *, blocks: bool) -> Problem | None:
        one, part = self._parts[at]
        keys = self._keys.filter(pl.col("at") == at).select("key")
        of_register = self._count(self._register.filter(pl.col("period") == part.period.label), keys)
        last = self._find_last(at)
        of_last = self._count(self._keys.filter(pl.col("at").is_in(list(last.values()))), keys)
        by_register = _lean(of_register, one.unit, keys.height)
        by_last = _lean(of_last, one.unit, keys.height)
        if by_last == "other" and (one.unit not in last or self._tie is None):
            by_last = "doubt"
        leans = {by_register, by_last}
        clear = "other" in leans and "own" not in leans and keys.height >= _ENOUGH
        if self._tie is None and keys.height < _ENOUGH:
            return None
        if by_register == "own" or leans <= {"own", None} or (blocks and not clear):
            return None
        register = self._contracts.datasets[self._tie.to].title if self._tie else ""
        sources = (
            (by_register, of_register, f"theo “{register}”"),
            (by_last, of_last, "theo các tệp đã nộp"),
        )
        points = [
            self._describe(found, one.unit, keys.height, where)
            for lean, found, where in sources
            if lean in ("other", "doubt")
        ]
        unit = _unit(self._contracts.commune, one.unit)
        sheet = part.tables[0][0] if len(part.tables) == 1 else None
        found = describe_other_owner(unit, points, self._dataset, sheet, blocks=blocks)
        return replace(found, periods=(part.period.label,), period_named=True)

    def _find_last(self, at: int) -> Mapping[str, int]:
        """By unit its last part before this one; of others also what came later for the same period."""
        one, part = self._parts[at]
        former: dict[str, int] = {}
        now: dict[str, int] = {}
        for other, (given, its) in enumerate(self._parts):
            own, label = given.unit == one.unit, its.period.label
            if label == self._labels[part.period.label]:
                former[given.unit] = other
            elif label == part.period.label and other not in self._held and (not own or given < one):
                now[given.unit] = other
        return former | now

    def _count(self, owned: pl.DataFrame, keys: pl.DataFrame) -> Mapping[str, int]:
        """The number of `keys` that each unit has."""
        return dict(owned.join(keys, on="key", how="semi")["unit"].value_counts().iter_rows())

    def _describe(self, counts: Mapping[str, int], own: str, total: int, where: str) -> str:
        other, most = _find_other(counts, own)
        key = ", ".join(self._dataset[name].label for name in self._dataset.key)
        whose = describe_unit(_unit(self._contracts.commune, other))
        mine = counts.get(own, 0)
        return f"{where} thì {most} trong {total} “{key}” là của {whose}, {mine} là của đơn vị này"


def _unit(commune: Commune, name: str) -> Unit:
    return commune.unit(name) or Unit(name, "", name)


def _find_other(counts: Mapping[str, int], own: str) -> tuple[str, int]:
    """The unit besides `own` with the most keys, and their number."""
    others = sorted((-count, unit) for unit, count in counts.items() if unit != own)
    return (others[0][1], -others[0][0]) if others else ("", 0)


def _lean(counts: Mapping[str, int], own: str, total: int) -> _Lean:
    """Whose so many keys of `total` are: the unit's own, another's, that of both; None if nobody's."""
    mine, (_, other) = counts.get(own, 0), _find_other(counts, own)
    if other >= _SOME * total and other >= mine:
        return "other" if other >= _MOST * total and mine <= _FEW * total else "doubt"
    return "own" if mine >= _SOME * total else None
