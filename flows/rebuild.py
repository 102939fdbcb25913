"""Builds a release again from the archive: the same hand-ins, day and release before give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from flows.audit.auditor import auditor
from flows.build import Recipe, build
from flows.collect.hand_in import HandIn
from flows.engine.runner import Runner
from flows.release import publish as release
from flows.release.manifest import hashes, origin_of, read_manifest
from flows.root import Root, root_contracts
from schemas.registry import Contracts


class NotRebuildableError(LookupError):
    """Something that the release was made from is no longer kept."""


def recipe_of(root: Root, place: Path) -> Recipe:
    """All that the release in `place` was made from, as its manifest tells.

    Raises:
        NotRebuildableError: a hand-in, or the release before, is gone.
    """
    of = origin_of(read_manifest(place))
    gone = [one for one in of.inputs if not _kept(root, one)]
    before = root.releases / of.before if of.before else None
    if gone:
        raise NotRebuildableError(f"kho không còn {len(gone)} trong {len(of.inputs)} tệp nộp của bản này")
    if before is not None and not before.exists():
        raise NotRebuildableError(f"bản trước nó, {before.name}, không còn")
    inputs, ledger = tuple(sorted(of.inputs)), release.issues_of(before)
    return Recipe(of.as_of, inputs, of.before, ledger, of.reason, again=place.name, anew=True)


def _kept(root: Root, one: HandIn) -> bool:
    """Whether the archive holds the very bytes that were handed in."""
    content = one.content(root)
    if not content.exists():
        return False
    with content.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest() == one.submission


def differs(root: Root, contracts: Contracts, place: Path, runner: Runner) -> list[str]:
    """What is not the same when the release in `place` is built again, a sentence each; nothing if all is.

    Raises:
        LockedError: a run holds the root.
        NotRebuildableError: something that it was made from is gone.
        AuditRefusedError: what comes of it today would not be published.
    """
    with root.lock(), auditor() as auditing, release.staged(root) as folder:
        recipe = recipe_of(root, place)
        built = build(root, folder, root_contracts(root, contracts), recipe, runner, auditing)
        return [] if built.name == place.name else list(_differences(place, folder))


def _differences(place: Path, again: Path) -> Iterator[str]:
    said, now = read_manifest(place), read_manifest(again)
    for field, what in (("code", "Phiên bản chương trình"), ("contract", "Hợp đồng dữ liệu")):
        if said[field] != now[field]:
            yield f"{what} nay đã khác, nên bản dựng lại có thể khác."
    theirs, ours = hashes(said), hashes(now)
    yield from (
        f"Tệp {path} dựng lại thì khác."
        for path in sorted(theirs.keys() | ours.keys())
        if theirs.get(path) != ours.get(path)
    )
    if theirs == ours:
        yield "Mọi tệp giống, chỉ lời khai trong manifest.json khác."
