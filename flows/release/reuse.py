"""Takes files of a release over from an earlier one where all that they depend on is the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.cache import Cache
from flows.release import publish
from flows.release.manifest import FileEntry, describe_file
from flows.root import Root


@dataclass(frozen=True, slots=True)
class ReusableFile:
    """A file that an earlier run wrote, and who may read it and open its folder, as the system tells."""

    entry: FileEntry
    mode: int
    around: int


class EarlierFiles:
    """The releases from which files are taken over: the one `before`, the published and the latest one."""

    def __init__(self, root: Root, before: str | None) -> None:
        names = dict.fromkeys((before, publish.read_published(root), *publish.list_releases(root)[-1:]))
        places = [root.releases / str(name) for name in names]
        self._known = {place: publish.read_hashes_in(place) for place in places}

    def all_taken_over(self, folder: Path, wanted: Sequence[ReusableFile]) -> bool:
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
        self, folder: Path, kept: Mapping[str, ReusableFile | None], wanted: Mapping[str, Path]
    ) -> dict[str, ReusableFile | None]:
        """Link those files `wanted`, by the name that tells all they depend on, that are `kept` so named.

        Returns these; None is kept of what comes to no file.
        """
        found: dict[str, ReusableFile | None] = {}
        for name, path in wanted.items():
            one = kept.get(name)
            if one is None:
                if name in kept:
                    found[name] = None
            elif folder / one.entry.path == path and (place := self._place(one)):
                _link(one, place, folder)
                found[name] = one
        return found

    def _place(self, one: ReusableFile) -> Path | None:
        """The release that has this file."""
        for former, known in self._known.items():
            if known.get(one.entry.path) == one.entry.sha256 and _same(former, one):
                return former
        return None


def _link(one: ReusableFile, former: Path, folder: Path) -> None:
    theirs, ours = former / one.entry.path, folder / one.entry.path
    if not ours.parent.exists():
        ours.parent.mkdir(parents=True)
        ours.parent.chmod(one.around)
    if not publish.try_link(theirs, ours):
        shutil.copy(theirs, ours)


def make_or_link(
    former: EarlierFiles | None,
    folder: Path,
    cache: Cache,
    name: str | None,
    make: Callable[[], Iterable[Path]],
) -> list[FileEntry]:
    """Have `make` write files into `folder` and name them, or link those that it wrote before; returns them.

    `name` tells all that they depend on; which files they are is kept under it. Without a name they are made
    anew.
    """
    kept: list[ReusableFile] | None = cache.get(name) if name and former else None
    if kept is None or former is None or not former.all_taken_over(folder, kept):
        kept = [found for path in sorted(make()) if (found := describe(folder, path))]
        if name:
            cache.put(name, kept)
    return [each.entry for each in kept]


def describe(folder: Path, path: Path) -> ReusableFile | None:
    """A file of the release in `folder`; None where there is none."""
    return _held(describe_file(folder, path), path) if path.exists() else None


def _held(entry: FileEntry, path: Path) -> ReusableFile:
    return ReusableFile(entry, path.stat().st_mode, path.parent.stat().st_mode)


def _same(former: Path, one: ReusableFile) -> bool:
    """Whether the former release has the file still, whole, and for nobody else's eyes."""
    path = former / one.entry.path
    return path.is_file() and path.stat().st_size == one.entry.bytes and _held(one.entry, path) == one
