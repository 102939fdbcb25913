"""Takes files of a release over from an earlier one where all that they depend on is the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.cache import Shelf
from flows.release import publish as release
from flows.release.manifest import Entry, entry_of
from flows.root import Root


@dataclass(frozen=True, slots=True)
class Held:
    """A file that an earlier run wrote, and who may read it and open its folder, as the system tells."""

    entry: Entry
    mode: int
    around: int


class Former:
    """The releases from which files are taken over: the one `before`, the published and the latest one."""

    def __init__(self, root: Root, before: str | None) -> None:
        names = dict.fromkeys((before, release.published(root), *release.releases(root)[-1:]))
        places = [root.releases / str(name) for name in names]
        self._known = {place: release.hashes_in(place) for place in places}

    def all_taken_over(self, folder: Path, wanted: Sequence[Held]) -> bool:
        """Link the files `wanted` into `folder`; if not all can be, leave `folder` as it was.

        A file is taken over that is still whole, and for the same people's eyes.
        """
        places = [(one, place) for one in wanted if (place := self._place(one))]
        if len(places) < len(wanted):
            return False
        for one, place in places:
            _link(one, place, folder)
        return True

    def some_taken_over(
        self, folder: Path, kept: Mapping[str, Held | None], wanted: Mapping[str, Path]
    ) -> dict[str, Held | None]:
        """Link those files `wanted`, by the name that tells all they depend on, that are `kept` so named.

        Returns these; None is kept of what comes to no file.
        """
        found: dict[str, Held | None] = {}
        for name, path in wanted.items():
            one = kept.get(name)
            if one is None:
                if name in kept:
                    found[name] = None
            elif folder / one.entry.path == path and (place := self._place(one)):
                _link(one, place, folder)
                found[name] = one
        return found

    def _place(self, one: Held) -> Path | None:
        """The release that has this file."""
        for former, known in self._known.items():
            if known.get(one.entry.path) == one.entry.sha256 and _same(former, one):
                return former
        return None


def _link(one: Held, former: Path, folder: Path) -> None:
    theirs, ours = former / one.entry.path, folder / one.entry.path
    if not ours.parent.exists():
        ours.parent.mkdir(parents=True)
        ours.parent.chmod(one.around)
    if not release.linked(theirs, ours):
        shutil.copy(theirs, ours)


def made_or_linked(
    former: Former | None, folder: Path, shelf: Shelf, name: str | None, make: Callable[[], Iterable[Path]]
) -> list[Entry]:
    """Have `make` write files into `folder` and name them, or link those that it wrote before; returns them.

    `name` tells all that they depend on; which files they are is kept under it. Without a name they are made
    anew.
    """
    kept: list[Held] | None = shelf.get(name) if name and former else None
    if kept is None or former is None or not former.all_taken_over(folder, kept):
        kept = [found for path in sorted(make()) if (found := held(folder, path))]
        if name:
            shelf.put(name, kept)
    return [each.entry for each in kept]


def held(folder: Path, path: Path) -> Held | None:
    """A file of the release in `folder`; None where there is none."""
    return _held(entry_of(folder, path), path) if path.exists() else None


def _held(entry: Entry, path: Path) -> Held:
    return Held(entry, path.stat().st_mode, path.parent.stat().st_mode)


def _same(former: Path, one: Held) -> bool:
    """Whether the former release has the file still, whole, and for nobody else's eyes."""
    path = former / one.entry.path
    return path.is_file() and path.stat().st_size == one.entry.bytes and _held(one.entry, path) == one
