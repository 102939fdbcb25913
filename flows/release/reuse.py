"""Links files of an earlier release into a new one, if everything they depend on is unchanged."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE

from flows.cache import Cache
from flows.files import INTERNAL_FOLDER, make_internal, make_public, try_link
from flows.release import publish
from flows.release.intact import IntactFiles
from flows.release.manifest import FileEntry, describe_file
from flows.root import Root


@dataclass(frozen=True, slots=True)
class ReusableFile:
    """A file that an earlier run wrote, and the mode of its folder (`around`)."""

    entry: FileEntry
    around: int


class EarlierFiles:
    """The releases whose files may be linked: the one `before`, the published one, and the latest on disk."""

    def __init__(self, root: Root, before: str | None) -> None:
        names = dict.fromkeys((before, publish.read_published(root), *publish.list_releases(root)[-1:]))
        self._releases = [IntactFiles(root, name) for name in names if name]

    def all_taken_over(self, folder: Path, wanted: Sequence[ReusableFile]) -> bool:
        """Link all files `wanted` into `folder`; returns False, and changes nothing, if any is missing.

        A file can be linked if an earlier release has it intact, with the same hash, size and modes.
        """
        places = [(one, place) for one in wanted if (place := self._find_release(one))]
        if len(places) < len(wanted):
            return False
        for one, place in places:
            _link_or_copy(one, place, folder)
        return True

    def some_taken_over(
        self, folder: Path, kept: Mapping[str, ReusableFile | None], wanted: Mapping[str, Path]
    ) -> dict[str, ReusableFile | None]:
        """Link every file `wanted` (path by cache key) that is `kept` under the same key.

        Returns the linked files by key. A key that is kept as None stands for work that writes no file.
        """
        linked: dict[str, ReusableFile | None] = {}
        for name, path in wanted.items():
            one = kept.get(name)
            if one is None:
                if name in kept:
                    linked[name] = None
            elif folder / one.entry.path == path and (place := self._find_release(one)):
                _link_or_copy(one, place, folder)
                linked[name] = one
        return linked

    def _find_release(self, one: ReusableFile) -> Path | None:
        """The release that still has this file, unchanged; None if there is none."""
        for former in self._releases:
            if former.has(one.entry.path, one.entry.sha256) and _has_modes(former.place, one):
                return former.place
        return None


def _link_or_copy(one: ReusableFile, former: Path, folder: Path) -> None:
    theirs, ours = former / one.entry.path, folder / one.entry.path
    if not ours.parent.exists():
        make = make_internal if S_IMODE(one.around) == INTERNAL_FOLDER else make_public
        make(ours.parent)
        ours.parent.chmod(one.around)
    if not try_link(theirs, ours):
        shutil.copy(theirs, ours)


def make_or_link(
    former: EarlierFiles | None,
    folder: Path,
    cache: Cache,
    name: str | None,
    make: Callable[[], Iterable[Path]],
) -> list[FileEntry]:
    """Call `make`, which writes files into `folder` and returns their paths, or link files written before.

    `name` is the cache key: a hash of everything that the files depend on. Without it, or without a
    `former` release, `make` always runs. Returns the entries of the files.
    """
    kept: list[ReusableFile] | None = cache.get(name) if name and former else None
    if kept is None or former is None or not former.all_taken_over(folder, kept):
        kept = [linked for path in sorted(make()) if (linked := describe(folder, path))]
        if name:
            cache.put(name, kept)
    return [each.entry for each in kept]


def describe(folder: Path, path: Path) -> ReusableFile | None:
    """Describe the file `path` of the release in `folder`; None if there is no such file."""
    if not path.exists():
        return None
    return ReusableFile(describe_file(folder, path), path.parent.stat().st_mode)


def _has_modes(former: Path, one: ReusableFile) -> bool:
    """Whether the former release still has the file with the same modes of its own and of its folder."""
    path = former / one.entry.path
    modes = S_IMODE(path.stat().st_mode), path.parent.stat().st_mode
    return modes == (one.entry.mode, one.around)
