"""Takes files of a release over from an earlier one where all that they depend on is the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from flows import release
from flows.kept import Shelf
from flows.manifest import Entry, entries
from flows.root import Root


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
    known: list[Entry] | None = shelf.get(name)
    if known is None or not _taken_over(root, folder, known):
        make()
        known = entries(folder, within=within)
        shelf.put(name, known)
    return known


def _taken_over(root: Root, folder: Path, wanted: Sequence[Entry]) -> bool:
    """Link the files `wanted` into `folder` from the published release or the latest one.

    Returns False, and leaves `folder` as it was, where neither has all of them.
    """
    for name in dict.fromkeys((release.published(root), *release.releases(root)[-1:])):
        former = root.releases / str(name)
        known = release.hashes_in(former)
        if all(known.get(one.path) == one.sha256 and _whole(former, one) for one in wanted):
            for place in sorted({(folder / one.path).parent for one in wanted}):
                place.mkdir(parents=True, exist_ok=True)
                # What goes back to its unit alone lies in a folder that nobody else may open.
                shutil.copymode(former / place.relative_to(folder), place)
            for one in wanted:
                if not release.linked(former / one.path, folder / one.path):
                    shutil.copy(former / one.path, folder / one.path)
            return True
    return False


def _whole(former: Path, entry: Entry) -> bool:
    path = former / entry.path
    return path.is_file() and path.stat().st_size == entry.bytes
