"""Removes persons who asked to be forgotten from files that are handed in later."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import product
from pathlib import Path
from stat import S_IMODE

import polars as pl

from flows.collect.inbox import Gate
from flows.collect.submission import Submission
from flows.engine.workers import Guard, LostError, map_in_order
from flows.files import clear_half_written, sync, write_file
from flows.forget import tombstones
from flows.forget.neighbours import read_cells
from flows.forget.person import NUMBER_DIGITS, ForgottenPerson, digits_of
from flows.forget.redact import Redacted, redact
from flows.forget.search import find_person, people_in
from flows.forget.tombstones import Tombstones
from flows.intake.cache import START, limits_of
from flows.intake.records import clean_submission
from flows.read.problems import RefusedError
from flows.read.reader import read_sheets
from flows.read.tables.heading import vocabulary_of
from flows.root import HERE, Root
from schemas.registry import Contracts

# Nine digits at least: Excel drops leading zeros.
_NUMBERS = (r"\d(?:[ .\-\x{a0}]?\d){8,11}", r"\d{9,12}")

# Over how many cells a number may be split: a few parts, or a digit a cell.
_PARTS = (2, 3, 4, NUMBER_DIGITS)


def make_gate(root: Root, contracts: Contracts) -> Gate | None:
    """A gate that rewrites files with forgotten persons, in the inbox too; None if nobody ever asked."""
    stones = tombstones.read_tombstones(root)
    if stones is None:
        return None
    clear_half_put_back(root)

    def passed(unit: str, path: Path, data: bytes) -> tuple[Path, bytes]:
        came = _Came(unit, path.name, data)
        (found,) = map_in_order(partial(_find_forgotten, stones, contracts), [came], guard=_GUARD)
        for person, new in found:
            note_rewrite(root, stones.mark(person.number), unit, data, new)
            path, data = put_back(path, new.data, person), new.data
        return path, data

    return passed


@dataclass(frozen=True, slots=True)
class _Came:
    """A new file in the inbox."""

    unit: str
    name: str
    data: bytes


def _find_forgotten(
    stones: Tombstones, contracts: Contracts, came: _Came
) -> list[tuple[ForgottenPerson, Redacted]]:
    """Each forgotten person in the file, and the file without him and those listed before him."""
    found: list[tuple[ForgottenPerson, Redacted]] = []
    for number in stones.among(_list_numbers(came.data, came.name, contracts)):
        data = found[-1][1].data if found else came.data
        person = _identify(number, replace(came, data=data), contracts)
        new = redact(data, came.name, person, contracts.datasets)
        if new is not None:
            found.append((person, new))
    return found


def _skip(_: _Came, error: Exception) -> list[tuple[ForgottenPerson, Redacted]]:
    """A file that is too costly to read has no result: it will be refused as a whole."""
    if isinstance(error, LostError):
        return []
    raise error


_GUARD = Guard(lambda came: limits_of(came.data[:START], len(came.data)), _skip)


def _list_numbers(data: bytes, name: str, contracts: Contracts) -> Iterator[str]:
    """All possible personal numbers in a file, padded to twelve digits."""
    try:
        sheets = read_sheets(data, name, vocabulary_of(contracts.datasets))
    except RefusedError:
        return
    every = [sheet.column(at)[0] for sheet in sheets for at in range(sheet.width)]
    for cells, pattern in product(every, _NUMBERS):
        said = cells.drop_nulls().str.extract_all(pattern).explode().drop_nulls().unique()
        yield from (digits_of(number).zfill(NUMBER_DIGITS) for number in said)
    for sheet in sheets:
        yield from (number.zfill(NUMBER_DIGITS) for number in _list_split(read_cells(sheet)))


def _list_split(cells: pl.DataFrame) -> Iterator[str]:
    """All possible numbers that are split over cells side by side."""
    digits = cells.select(pl.all().str.replace_all(r"[\s.\-]", ""))
    parts = digits.select(pl.when(pl.col(name).str.contains(r"^\d+$")).then(name) for name in digits.columns)
    for count, at in product(_PARTS, range(parts.width)):
        # Null where one of the cells is no number.
        joined = parts.select(pl.concat_str(parts.columns[at : at + count])).to_series()
        yield from joined.filter(joined.str.len_chars().is_between(9, NUMBER_DIGITS)).unique()


def _identify(number: str, came: _Came, contracts: Contracts) -> ForgottenPerson:
    """The person with the names and phones that stand beside the number in this file."""
    moment, content = datetime.now(HERE).isoformat(), sha256(came.data).hexdigest()
    submission = Submission(moment, came.unit, came.name, content, len(came.data))
    return find_person(number, people_in([clean_submission(submission, came.data, contracts)], contracts))


def note_rewrite(root: Root, mark: str, unit: str, data: bytes, found: Redacted) -> None:
    """Log that a file is about to be rewritten."""
    before, after = (sha256(each).hexdigest() for each in (data, found.data))
    tombstones.note_rewritten(
        root, mark, unit, before=before, after=after, rows=found.rows, cells=found.cells
    )


def clear_half_put_back(root: Root) -> None:
    """Remove what killed runs left half written in the inbox."""
    clear_half_written(Path(folder) for folder, _, _ in os.walk(root.inbox))


def put_back(path: Path, data: bytes, person: ForgottenPerson) -> Path:
    """Replace a file of the inbox by `data`; mode and times stay, the person leaves the name too."""
    stat = path.stat()
    place = path.with_name(person.taken_out_of(path.name))
    write_file(place, data, mode=S_IMODE(stat.st_mode), times=(stat.st_atime_ns, stat.st_mtime_ns))
    if place != path:
        path.unlink()
        sync(path.parent)
    return place
