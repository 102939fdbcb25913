"""Mends damaged releases: from the same file in another release, else by building them from the archive."""

from __future__ import annotations

import json
import re
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from flows.audit.auditor import Auditor
from flows.build import Recipe, build
from flows.collect.archive import list_archived
from flows.engine.plain import PlainRunner
from flows.engine.runner import Runner
from flows.engine.screen import open_console
from flows.errors import AuditRefusedError
from flows.files import PUBLIC_FILE, make_like, make_private, write_file
from flows.mend.look import find_target
from flows.rebuild import NotRebuildableError, recipe_of
from flows.release import journal, publish
from flows.release.intact import IntactFiles, State, replace_damaged
from flows.release.manifest import MANIFEST, READ_ONLY, Origin, read_if_intact, read_origin
from flows.root import Root
from flows.system.code import code_version
from schemas.registry import Contracts

# The version of the program stands one space deep; the code of the commune is deeper.
_CODE = re.compile(r'^ "code": "([^"\\]+)"', re.MULTILINE)
_REASON = re.compile(r'"reason": ("(?:[^"\\]|\\.)*")')
# What a later day or an audit takes from a release, besides its pages.
_TABLES = ".parquet"


class ReleaseMender:
    """Mends releases of one root; `auditing` audits what is built again.

    With `afresh`, every file is read; else only those that changed since they were seen last.
    """

    def __init__(
        self,
        root: Root,
        contracts: Contracts,
        auditing: Auditor,
        runner: Runner | None = None,
        *,
        afresh: bool = False,
    ) -> None:
        self._root = root
        self._contracts = contracts
        self._auditing = auditing
        self._runner = runner or PlainRunner(open_console(quiet=True))
        self._afresh = afresh
        self._known: dict[State, str] = {}

    def mend_all(self, names: Iterable[str]) -> list[str]:
        """Mend these releases, oldest first; returns what was damaged and what became of it, in Vietnamese.

        A release whose manifest or tables can't be mended is set aside in `var/hong`: readers, and later
        days, go on from the one before it.
        """
        said: list[str] = []
        for name in sorted(set(names)):
            said += self._mend(name)
        return said

    def _open(self, name: str) -> IntactFiles:
        return IntactFiles(self._root, name, afresh=self._afresh, known=self._known)

    def _mend(self, name: str) -> Iterator[str]:
        manifest = self._root.releases / name / MANIFEST
        if manifest.is_file() and not manifest.stat().st_mode & stat.S_IRUSR:
            manifest.chmod(PUBLIC_FILE & READ_ONLY)
            yield f"{manifest}: không đọc được, đã đặt lại quyền."
        release = self._open(name)
        faults = {MANIFEST: "bị mất hoặc bị đổi"} if release.manifest is None else release.find_faults()
        strays = release.find_strays() if self._afresh and release.manifest else []
        for path in strays:
            make_private(self._root.damaged)
            shutil.move(release.place / path, self._root.damaged / f"{name}.{Path(path).name}")
            yield f"{release.place / path}: tệp lạ, đã chuyển vào {self._root.damaged}."
        if not faults:
            release.remember()
            return
        left = self._mend_files(release, faults)
        for path, fault in faults.items():
            if path not in left:
                yield f"{release.place / path}: {fault}, đã sửa lại."
        if left:
            yield from self._give_up(release, left)
        else:
            self._open(name).remember()

    def _mend_files(self, release: IntactFiles, faults: dict[str, str]) -> dict[str, str]:
        """Mend the files at `faults`; returns those that can't be mended."""
        left = dict(faults)
        if release.manifest is not None:
            for path in faults:
                release.set_mode(path)
            left = _still(release, left)
            self._take_from_others(release, left)
            left = _still(release, left)
        for recipe in self._list_recipes(release) if left else ():
            if self._build_again(release, recipe, left):
                break
        release = self._open(release.place.name)
        return left if release.manifest is None else _still(release, left)

    def _take_from_others(self, release: IntactFiles, wanted: Iterable[str]) -> None:
        """Put the same files of other releases in the place of the damaged ones."""
        by_hash = {release.entries[path]["sha256"]: path for path in wanted}
        for name in reversed(publish.list_releases(self._root)):
            if not by_hash:
                return
            other = self._open(name)
            for path, entry in other.entries.items():
                mine = by_hash.get(entry["sha256"])
                if mine and other.place != release.place and other.find_fault(path) is None:
                    _put_copy(other.place / path, release.place / mine)
                    release.set_mode(mine)
                    del by_hash[entry["sha256"]]

    def _build_again(self, release: IntactFiles, recipe: Recipe, wanted: dict[str, str]) -> bool:
        """Build the release again and take what is damaged from it; returns whether all is mended."""
        name = release.place.name
        with publish.stage(self._root) as folder:
            try:
                built = build(self._root, folder, self._contracts, recipe, self._runner, self._auditing)
            except AuditRefusedError:
                return False
            if built.name == name:
                replace_damaged(release.place, folder)
                return True
            # Built by another version: some files may still be the same.
            for path in wanted if release.manifest else ():
                release.take_if_same(path, folder / path)
        return False

    def _list_recipes(self, release: IntactFiles) -> Iterator[Recipe]:
        """What the release may have been made from: as its manifest says, or as archive and journal say."""
        for origin in _list_origins(self._root, release):
            try:
                recipe = recipe_of(self._root, release.place.name, origin)
            except NotRebuildableError:
                continue
            before = self._open(recipe.before) if recipe.before else None
            if before is None or (before.manifest and not before.find_faults(_tables_of(before))):
                yield recipe

    def _give_up(self, release: IntactFiles, left: dict[str, str]) -> Iterator[str]:
        remedy = "không dựng lại được từ kho lưu; chép lại bản này từ bản sao lưu"
        for path, fault in left.items():
            yield f"{release.place / path}: {fault}, {remedy}."
        if any(path == MANIFEST or path.endswith(_TABLES) for path in left):
            yield set_release_aside(self._root, release.place.name)


def _still(release: IntactFiles, faults: dict[str, str]) -> dict[str, str]:
    """Those of `faults` that are still there."""
    return {path: fault for path, fault in faults.items() if path != MANIFEST and release.find_fault(path)}


def _tables_of(release: IntactFiles) -> list[str]:
    return [path for path in release.entries if path.endswith(_TABLES)]


def _list_origins(root: Root, release: IntactFiles) -> Iterator[Origin]:
    if release.manifest is not None:
        yield read_origin(release.manifest)
        return
    text = ""
    try:
        text = (release.place / MANIFEST).read_bytes().decode(errors="replace")
        yield read_origin(json.loads(text))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    yield from _derive_origin(root, release.place.name, text)


def _derive_origin(root: Root, name: str, text: str) -> Iterator[Origin]:
    """The inputs of a release without its manifest: what the archive had when the journal says it was shown.

    Its id is a hash of all, so a wrong guess is noticed. If nothing says which version of the program built
    it, it may be any that built a release of this root.
    """
    try:
        as_of = datetime.strptime(publish.day_of(name), "%Y%m%d").date()
    except ValueError:
        return
    shown = [line.at for line in journal.read_journal(root) if line.release == name]
    until = max((datetime.fromisoformat(at) for at in shown), default=None)
    inputs = tuple(
        one
        for one in list_archived(root, as_of)
        if until is None or datetime.fromisoformat(one.received) <= until
    )
    before = publish.find_before(root, as_of)
    reason = _REASON.search(text)
    acknowledged = {"reason": json.loads(reason[1])} if reason else None
    said = _CODE.search(text)
    others = (manifest["code"] for manifest in publish.read_manifests(root).values() if manifest)
    for code in [said[1]] if said else dict.fromkeys((code_version(), *others)):
        yield Origin(as_of, inputs, before.name if before else None, acknowledged, code)


def _put_copy(theirs: Path, ours: Path) -> None:
    """Make `ours` a copy of `theirs`, whole at once."""
    make_like(ours.parent, theirs.parent)
    write_file(ours, theirs.read_bytes(), mode=stat.S_IMODE(theirs.stat().st_mode))


def set_release_aside(root: Root, name: str) -> str:
    """Move a release to `var/hong`; if readers see it, they see the last one before it that stands."""
    make_private(root.damaged)
    shown = publish.read_published(root)
    place = root.damaged / name
    if place.exists():
        shutil.rmtree(place)
    others = [each for each in journal.list_standing(root) if (root.releases / each).exists()]
    others = [each for each in others if each != name and read_if_intact(root.releases / each)]
    if shown == name and others:
        publish.switch_latest(root, others[-1])
    (root.releases / name).rename(place)
    said = f"Bản {name} được để riêng vào {place}"
    return f"{said}; người đọc thấy bản {others[-1]}." if shown == name and others else f"{said}."


def put_latest_right(root: Root) -> list[str]:
    """Point `curated/latest` at the release that readers should see; returns a sentence if it did not."""
    target = find_target(root)
    if target is None:
        return []
    shown = publish.read_published(root)
    publish.switch_latest(root, target)
    return [] if shown == target else [f"{root.latest}: trỏ lại tới {target}."]


def names_at_hand(root: Root, names: Sequence[str | None]) -> list[str]:
    """Those of `names` that are releases on disk."""
    on_disk = set(publish.list_releases(root))
    return [name for name in dict.fromkeys(names) if name in on_disk]
