"""Takes files of a release over from an earlier one where all that they depend on is the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows import release
from flows.kept import Shelf
from flows.manifest import Entry, entries
from flows.root import Root


@dataclass(frozen=True, slots=True)
class Held:
    """A file that an earlier run wrote, and who may read it and open its folder, as the system tells."""

    entry: Entry
    mode: int
    around: int


def made_or_linked(
    root: Root, folder: Path, within: str, kept: str, name: str | None, make: Callable[[], object]
) -> list[Entry]:
    """Have `make` write files `within` the release in `folder`, or link what it wrote before; returns these.

    `name` tells all that they depend on. Which files they are is kept under it, in the folder `kept` of
    `var/`. Without a name they are made anew.
    """
    if name is None:
        make()
        return entries(folder, within=within)
    shelf = Shelf(root.state / kept)
    shelf.sweep([name])
    held: list[Held] | None = shelf.get(name)
    if held is None or not _taken_over(root, folder, held):
        make()
        held = [_held(folder, entry) for entry in entries(folder, within=within)]
        shelf.put(name, held)
    return [each.entry for each in held]


def _held(folder: Path, entry: Entry) -> Held:
    path = folder / entry.path
    return Held(entry, path.stat().st_mode, path.parent.stat().st_mode)


def _taken_over(root: Root, folder: Path, wanted: Sequence[Held]) -> bool:
    """Link the files `wanted` into `folder` from the published release or the latest one.

    Returns False, and leaves `folder` as it was, where neither has all of them, for the same people's eyes.
    """
    for name in dict.fromkeys((release.published(root), *release.releases(root)[-1:])):
        former = root.releases / str(name)
        known = release.hashes_in(former)
        if all(known.get(one.entry.path) == one.entry.sha256 and _same(former, one) for one in wanted):
            for place, mode in {(folder / one.entry.path).parent: one.around for one in wanted}.items():
                place.mkdir(parents=True, exist_ok=True)
                place.chmod(mode)
            for one in wanted:
                if not release.linked(former / one.entry.path, folder / one.entry.path):
                    shutil.copy(former / one.entry.path, folder / one.entry.path)
            return True
    return False


def _same(former: Path, one: Held) -> bool:
    """Whether the former release has the file still, whole, and for nobody else's eyes."""
    path = former / one.entry.path
    return path.is_file() and path.stat().st_size == one.entry.bytes and _held(former, one.entry) == one
