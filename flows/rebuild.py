"""Builds a release again from the archive: the same inputs give the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from flows.audit.auditor import start_auditor
from flows.build import Recipe, build
from flows.collect.submission import Submission
from flows.engine.runner import Runner
from flows.release import publish
from flows.release.manifest import read_hashes, read_manifest, read_origin
from flows.root import Root, read_contracts
from schemas.registry import Contracts


class NotRebuildableError(LookupError):
    """Something that the release was made from is no longer kept."""


def read_recipe(root: Root, place: Path) -> Recipe:
    """All that the release in `place` was made from, as its manifest tells.

    Raises:
        NotRebuildableError: a submission, or the release before, is gone.
    """
    of = read_origin(read_manifest(place))
    gone = [one for one in of.inputs if not _kept(root, one)]
    before = root.releases / of.before if of.before else None
    if gone:
        raise NotRebuildableError(f"kho không còn {len(gone)} trong {len(of.inputs)} tệp nộp của bản này")
    if before is not None and not before.exists():
        raise NotRebuildableError(f"bản trước nó, {before.name}, không còn")
    inputs, ledger = tuple(sorted(of.inputs)), publish.read_issues(before)
    return Recipe(of.as_of, inputs, of.before, ledger, of.reason, again=place.name, fresh=True)


def _kept(root: Root, one: Submission) -> bool:
    """Whether the archive holds the very bytes that were handed in."""
    content = one.content(root)
    if not content.exists():
        return False
    with content.open("rb") as handle:
        return file_digest(handle, "sha256").hexdigest() == one.sha256


def find_differences(root: Root, contracts: Contracts, place: Path, runner: Runner) -> list[str]:
    """What is not the same when the release in `place` is built again, a sentence each; nothing if all is.

    Raises:
        LockedError: a run holds the root.
        NotRebuildableError: something that it was made from is gone.
        AuditRefusedError: what comes of it today would not be published.
    """
    with root.lock(), start_auditor() as auditing, publish.stage(root) as folder:
        recipe = read_recipe(root, place)
        built = build(root, folder, read_contracts(root, contracts), recipe, runner, auditing)
        return [] if built.name == place.name else list(_differences(place, folder))


def _differences(place: Path, again: Path) -> Iterator[str]:
    said, now = read_manifest(place), read_manifest(again)
    for field, what in (("code", "Phiên bản chương trình"), ("contract", "Hợp đồng dữ liệu")):
        if said[field] != now[field]:
            yield f"{what} nay đã khác, nên bản dựng lại có thể khác."
    theirs, ours = read_hashes(said), read_hashes(now)
    yield from (
        f"Tệp {path} dựng lại thì khác."
        for path in sorted(theirs.keys() | ours.keys())
        if theirs.get(path) != ours.get(path)
    )
    if theirs == ours:
        yield "Mọi tệp giống, chỉ lời khai trong manifest.json khác."
