"""Gives files of a unit whose names are shown alike, since numbers are masked, names of their own."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import PurePath

from flows.collect.folder import Found, read_open

#: A unit and the name under which a file lies in its folder.
Dropped = tuple[str, str]


def tell_apart(found: Sequence[Found], last: Mapping[Dropped, str]) -> list[Found]:
    """The files with a name each: of names that are shown alike all but one get a number.

    Under one name, one file would count as a correction of the other. `last` is the SHA-256 of what each
    name held last: a file keeps the name that it had, whichever of the others comes, changes or goes.
    """
    alike: dict[Dropped, list[Found]] = {}
    for one in found:
        alike.setdefault((one.unit, one.name), []).append(one)
    named: list[Found] = []
    for (unit, name), files in alike.items():
        if len(files) == 1 and (unit, _number(name, 2)) not in last:
            named += files
        else:
            named += _name_each(files, list(_list_names(unit, name, len(files), last, alike)), last)
    return named


def _list_names(
    unit: str, name: str, files: int, last: Mapping[Dropped, str], others: Container[Dropped]
) -> Iterator[str]:
    """A name for each of `files` files at least, and every one that such a file had before."""
    yield name
    for at in count(2):
        numbered = _number(name, at)
        if at > files and (unit, numbered) not in last:
            return
        # Somebody may have called a file just so.
        if (unit, numbered) not in others:
            yield numbered
        else:
            files += 1


def _number(name: str, at: int) -> str:
    path = PurePath(name)
    return str(path.with_stem(f"{path.stem} (trùng tên {at})"))


def _name_each(files: Sequence[Found], names: list[str], last: Mapping[Dropped, str]) -> Iterator[Found]:
    rest: list[Found] = []
    for one in files:
        content = _hash(one)
        kept = next((name for name in names if content and last.get((one.unit, name)) == content), None)
        if kept is None:
            rest.append(one)
        else:
            names.remove(kept)
            yield replace(one, name=kept)
    for one, name in zip(rest, names, strict=False):
        yield replace(one, name=name)


def _hash(one: Found) -> str | None:
    """SHA-256 of the file; None if it can't be read now, which whoever takes it reports."""
    try:
        return sha256(read_open(one)[0]).hexdigest()
    except OSError:
        return None
