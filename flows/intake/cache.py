"""Digests many hand-ins side by side: each file once for good, none able to take the run down with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from flows.cache import Shelf, code_of, name_of
from flows.collect.hand_in import HandIn
from flows.engine.workers import Guard, Limits, LostError, in_order
from flows.errors import place
from flows.intake.model import Account, Digest, ReadIn, account_of
from flows.intake.owed import lost, read_in
from flows.intake.records import cleaned
from flows.read.problems import problem
from flows.root import Root
from schemas.registry import Contracts

_log = logging.getLogger(__name__)

Work: TypeAlias = Callable[[HandIn], ReadIn]

#: Does the work on each hand-in, side by side where it can, as far as the guard lets it.
Each: TypeAlias = Callable[[Work, Sequence[HandIn], Guard[HandIn, ReadIn]], list[ReadIn]]

#: Where under `var/` digests are kept.
KEPT = "doc"
# What is kept beside the digests: the accounts of all hand-ins.
_ACCOUNTS = "accounts"
#: What of our code a digest hangs on.
CODE = ("read", "clean", "collect", "intake", "protect.py", "words.py", "files.py")

_SLOW = "Đọc tệp mất quá lâu so với cỡ của tệp: tệp hỏng hoặc được làm để gây hại."
_SWOLLEN = "Đọc tệp cần quá nhiều bộ nhớ so với cỡ của tệp: tệp hỏng hoặc được làm để gây hại."
_FAILED = "Chương trình gặp lỗi khi đọc tệp này; các tệp khác vẫn được đọc. Báo người quản trị."
_SECONDS = 60.0
_BYTES_A_SECOND = 100_000
# An xlsx of plain records unpacks to about twenty times its size as Python values.
_HEADROOM = 256 << 20
_PER_BYTE = 60
# A long text file is read sooner than its digest would be written and fetched.
_LONGEST_TEXT_KEPT = 8 << 20
# Text is parsed without unpacking anything, by code that gives back an error and not a crash.
_PARSED_APART = (b"PK", b"\xd0\xcf", b"\x09", b"<", b"\xef\xbb\xbf<", b"\xff\xfe<", b" ", b"\r", b"\n", b"\t")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads hand-ins of one root; called with one, gives what it holds, as text."""

    root: Root
    contracts: Contracts

    def __call__(self, hand_in: HandIn) -> ReadIn:
        """Read one hand-in."""
        return read_in(hand_in, hand_in.content(self.root).read_bytes(), self.contracts)

    def guard(self) -> Guard[HandIn, ReadIn]:
        """What a file may cost before it is refused alone."""
        return Guard(self.limits, _lost)

    def limits(self, hand_in: HandIn) -> Limits | None:
        """What reading one file may cost; None where nothing is unpacked."""
        with hand_in.content(self.root).open("rb") as file:
            return limits_of(file.read(8), hand_in.size)


class Readings:
    """What is read of the hand-ins of one root: each file once, and kept for the days to come.

    `each` reads those that nothing is kept of. With `anew` all are read from the archive, and what is kept
    stays as it is.
    """

    def __init__(self, root: Root, contracts: Contracts, each: Each, *, anew: bool = False) -> None:
        self._reader = Reader(root, contracts)
        self._each = each
        self._shelf = None if anew else Shelf(root.state / KEPT)
        self._code = name_of(contracts.rules, code_of(*CODE))
        self._new: dict[HandIn, Digest] = {}

    def accounts(self, hand_ins: Sequence[HandIn]) -> list[Account]:
        """What was read of each of `hand_ins`, which are all that there are; what is kept of others goes."""
        known = self._known()
        missing = [one for one in hand_ins if one not in known]
        found = known | {one.hand_in: account_of(one) for one in self.digests(missing)}
        if self._shelf:
            self._shelf.sweep([self._name(_ACCOUNTS), *map(self._name, hand_ins)])
            kept = {one: found[one] for one in hand_ins if not found[one].lost}
            if kept != known:
                self._shelf.put(self._name(_ACCOUNTS), kept)
        return [found[one] for one in hand_ins]

    def _known(self) -> dict[HandIn, Account]:
        return (self._shelf and self._shelf.get(self._name(_ACCOUNTS))) or {}

    def digests(self, hand_ins: Sequence[HandIn]) -> list[Digest]:
        """The digest of each of `hand_ins`, in their order."""
        kept = [self._new.get(one) or self._kept(one) for one in hand_ins]
        missing = [one for one, found in zip(hand_ins, kept, strict=True) if found is None]
        new = self._read(missing) if missing else []
        for one, found in zip(missing, new, strict=True):
            self._new[one] = found
            if self._shelf and not found.lost and _is_kept(one, self._reader):
                self._shelf.put(self._name(one), found)
        rest = iter(new)
        return [next(rest) if found is None else found for found in kept]

    def _read(self, hand_ins: Sequence[HandIn]) -> list[Digest]:
        return _cleaned(self._each(self._reader, hand_ins, self._reader.guard()), self._reader.contracts)

    def let_go(self) -> None:
        """Hold what was read no longer in memory."""
        self._new.clear()

    def _kept(self, hand_in: HandIn) -> Digest | None:
        return self._shelf.get(self._name(hand_in)) if self._shelf else None

    def _name(self, what: HandIn | str) -> str:
        return name_of(what, self._code)


def _is_kept(hand_in: HandIn, reader: Reader) -> bool:
    return hand_in.size <= _LONGEST_TEXT_KEPT or reader.limits(hand_in) is not None


def digest_all(hand_ins: Sequence[HandIn], root: Root, contracts: Contracts, each: Each) -> list[Digest]:
    """The digest of each of `hand_ins`, in their order."""
    return Readings(root, contracts, each).digests(hand_ins)


def _cleaned(reads: Sequence[ReadIn], contracts: Contracts) -> list[Digest]:
    """The digests of what was read; a file over which our code fails is refused alone."""
    try:
        return cleaned(reads, contracts)
    except Exception as error:
        if len(reads) == 1:
            return cleaned([_lost(reads[0].hand_in, error)], contracts)
        return [found for read in reads for found in _cleaned([read], contracts)]


def limits_of(start: bytes, size: int) -> Limits | None:
    """What reading `size` bytes that begin with `start` may cost; None where nothing is unpacked."""
    if not start.startswith(_PARSED_APART):
        return None
    return Limits(_SECONDS + size / _BYTES_A_SECOND, _HEADROOM + _PER_BYTE * size)


def side_by_side(work: Work, items: Sequence[HandIn], guard: Guard[HandIn, ReadIn]) -> list[ReadIn]:
    """Read in worker processes, without a word about how far it is."""
    return in_order(work, items, guard=guard)


def _lost(hand_in: HandIn, error: Exception) -> ReadIn:
    """A file over which its process died or our code failed."""
    if isinstance(error, LostError):
        return lost(hand_in, problem("tep.nguy_hiem", _SLOW if error.late else _SWOLLEN))
    # Where our code failed, for those who mend it; what it failed over may be about a person.
    _log.error("%s: %s %s", hand_in.submission[:12], type(error).__name__, place(error))
    return lost(hand_in, problem("tep.khong_mo_duoc", _FAILED))
