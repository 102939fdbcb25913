"""Rebuilds a release from the archive and compares it: the same inputs must give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flows.audit.auditor import start_auditor
from flows.build import Recipe, build
from flows.collect.archive import is_content_of
from flows.engine.runner import Runner
from flows.release import publish
from flows.release.manifest import Origin, read_hashes, read_manifest, read_origin, read_staged
from flows.root import Root, read_contracts
from flows.system.code import code_version
from schemas.registry import Contracts


class NotRebuildableError(LookupError):
    """An input of the release no longer exists."""


def read_recipe(root: Root, place: Path) -> Recipe:
    """The inputs of the release in the folder `place`, from its manifest.

    Raises:
        NotRebuildableError: a submission, or the release before, no longer exists.
    """
    return recipe_of(root, place.name, read_origin(read_manifest(place)))


def recipe_of(root: Root, name: str, origin: Origin) -> Recipe:
    """What the release `name` is built from again if `origin` are its inputs.

    Raises:
        NotRebuildableError: a submission, or the release before, no longer exists.
    """
    gone = [one for one in origin.inputs if not is_content_of(one.content(root), one)]
    before = root.releases / origin.before if origin.before else None
    if gone:
        raise NotRebuildableError(f"kho không còn {len(gone)} trong {len(origin.inputs)} tệp nộp của bản này")
    if before is not None and not before.exists():
        raise NotRebuildableError(f"bản trước nó, {before.name}, không còn")
    inputs, ledger = tuple(sorted(origin.inputs)), publish.read_issues(before)
    return Recipe(
        origin.as_of,
        inputs,
        origin.before,
        ledger,
        origin.reason,
        again=name,
        code=origin.code,
        fresh=True,
    )


def find_differences(root: Root, contracts: Contracts, place: Path, runner: Runner) -> list[str]:
    """Rebuild the release in `place`; returns a Vietnamese sentence per difference, none if all is equal.

    Raises:
        LockedError: another run holds the root.
        NotRebuildableError: an input no longer exists.
        AuditRefusedError: the rebuilt release does not pass today's audit.
    """
    with root.lock(), start_auditor() as auditing, publish.stage(root) as folder:
        recipe = read_recipe(root, place)
        built = build(root, folder, read_contracts(root, contracts), recipe, runner, auditing)
        return [] if built.name == place.name else list(_list_differences(place, folder))


def _list_differences(place: Path, again: Path) -> Iterator[str]:
    before, now = read_manifest(place), read_staged(again)
    if before["code"] != code_version():
        yield f"Chương trình nay đã khác (khi ấy {before['code']}), nên bản dựng lại có thể khác."
    if before["contract"] != now["contract"]:
        yield "Hợp đồng dữ liệu nay đã khác, nên bản dựng lại có thể khác."
    theirs, ours = read_hashes(before), read_hashes(now)
    yield from (
        f"Tệp {path} dựng lại thì khác."
        for path in sorted(theirs.keys() | ours.keys())
        if theirs.get(path) != ours.get(path)
    )
    if theirs == ours:
        yield "Mọi tệp giống, chỉ lời khai trong manifest.json khác."
