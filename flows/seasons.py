"""Keeps what each period came to, so that only those for which something came in are judged again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from flows.collect import HandIn
from flows.digest import Account
from flows.digests import CODE as READING
from flows.digests import Readings
from flows.kept import Shelf, code_of, name_of
from flows.root import Root
from flows.settle import CODE as SETTLING
from flows.settle import NOTHING, Earlier, chapters_of, label_before
from flows.settled import Chapter, Read
from schemas.contract import Dataset
from schemas.registry import Contracts

#: Where under `var/` it is kept what periods came to.
KEPT = "xet"
#: What of our code that hangs on.
CODE = (*READING, *SETTLING)

# More rows than a commune has in a period: they are judged again sooner than kept and fetched.
_MOST_ROWS_KEPT = 300_000


class Seasons:
    """All periods that the hand-ins of `accounts` brought something for; `readings` gives their digests.

    With `anew` nothing is taken from what is kept, and nothing kept.
    """

    def __init__(
        self,
        root: Root,
        contracts: Contracts,
        readings: Readings,
        accounts: Sequence[Account],
        *,
        anew: bool = False,
    ) -> None:
        self._contracts = contracts
        self._readings = readings
        self._came = _by_period(accounts)
        self._shelf = Shelf(root.state / KEPT)
        self._anew = anew
        self._names = {} if anew else _names(self._came, accounts, contracts)

    def chapters(self, judge: Callable[[Callable[[], list[Chapter]]], list[Chapter]]) -> list[Chapter]:
        """What each period came to, in order; those of which nothing is kept are judged by way of `judge`."""
        if not self._anew:
            self._shelf.sweep(each for name in self._names.values() for each in (name, _records(name)))
        kept = self._kept()
        missing = self._came.keys() - kept.keys()
        in_effect = {owes: one for each in kept.values() for owes, one in each.season.in_effect.items()}
        earlier = Earlier(in_effect, self._readings.digests)
        new = judge(partial(self._judged, missing, earlier)) if missing else []
        self._readings.let_go()
        every = kept | {chapter.season.label: self._keep(chapter) for chapter in new}
        return [chapter for _, chapter in sorted(every.items())]

    def _kept(self) -> dict[str, Chapter]:
        found: dict[str, Chapter] = {}
        for label, name in self._names.items():
            season = self._shelf.get(name)
            if season is not None:
                found[label] = Chapter(season, partial(self._read, label), name)
        return found

    def _read(self, label: str) -> Read:
        """The records of a period, as kept, or judged once more where that was damaged."""
        kept: Read | None = self._shelf.get(_records(self._names[label]))
        return kept if kept is not None else self._judged([label], NOTHING)[0].read()

    def _judged(self, labels: Collection[str], earlier: Earlier) -> list[Chapter]:
        hand_ins = sorted({one for label in labels for one in self._came[label]})
        return chapters_of(self._readings.digests(hand_ins), labels, self._contracts, earlier)

    def _keep(self, chapter: Chapter) -> Chapter:
        name = self._names.get(chapter.season.label)
        if name is None:
            return chapter
        if sum(one.records for one in chapter.season.judged) <= _MOST_ROWS_KEPT:
            self._shelf.put(_records(name), chapter.read())
            self._shelf.put(name, chapter.season)
        return Chapter(chapter.season, chapter.read, name)


def _records(name: str) -> str:
    """What the records of a season are kept under: they are asked for less often than all else of it."""
    return f"{name}.ban_ghi"


def _by_period(accounts: Sequence[Account]) -> dict[str, list[HandIn]]:
    found: dict[str, list[HandIn]] = {}
    for account in accounts:
        for label in dict.fromkeys(period for _, period in account.brings):
            found.setdefault(label, []).append(account.hand_in)
    return found


def _names(
    came: Mapping[str, Sequence[HandIn]], accounts: Sequence[Account], contracts: Contracts
) -> dict[str, str]:
    """By period the name that tells all it hangs on: its hand-ins, and those that it is compared with."""
    former = _former(accounts, contracts.datasets)
    code = code_of(*CODE)
    return {
        label: name_of(label, *hand_ins, "", *came.get(former.get(label, ""), ()), contracts.rules, code)
        for label, hand_ins in came.items()
    }


def _former(accounts: Sequence[Account], datasets: Mapping[str, Dataset]) -> dict[str, str]:
    """By period the one before it, where hand-ins are compared with those of that."""
    brought = {(dataset, label) for account in accounts for dataset, label in account.brings}
    found = ((label, label_before(dataset, label, datasets)) for dataset, label in sorted(brought))
    return {label: earlier for label, earlier in found if earlier is not None}
