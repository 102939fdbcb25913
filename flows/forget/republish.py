"""Rebuilds releases from an archive in which files were rewritten, and removes the old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from flows.audit.auditor import Auditor, start_auditor
from flows.build import Recipe, build
from flows.collect.archive import list_archived
from flows.collect.submission import Submission
from flows.engine.plain import PlainRunner
from flows.engine.screen import open_console
from flows.errors import AuditRefusedError
from flows.forget import tombstones
from flows.forget.person import ERASED
from flows.release import journal, publish
from flows.release.manifest import Origin, read_manifest, read_origin
from flows.root import Root
from schemas.registry import Contracts

_WHY = "Xóa dữ liệu của một người theo yêu cầu của người đó"

#: Archived submissions by unit, time and SHA-256; the same content may have several names.
Here = dict[tuple[str, str, str], list[Submission]]

#: New ids of releases by old ones; None for a release that could not be rebuilt.
Renamed = dict[str, str | None]


def republish(
    root: Root,
    contracts: Contracts,
    holding: Iterable[str],
    records: Iterable[str],
    tick: Callable[[str], None],
) -> Renamed:
    """Rebuild every release that is in `holding`, has a rewritten submission, or follows a rebuilt release.

    If the release before it was purged, a release continues its own ledger of issues without `records`.
    A release that can't be rebuilt (submissions were purged, or the audit refuses) is removed, unless it is
    the published one. Readers always see a complete release. After a kill, the next call finishes the work.

    Raises:
        AuditRefusedError: the published release would be refused; it stays published.
    """
    names: Renamed = {}
    here: Here = {}
    for one in list_archived(root, date.max):
        here.setdefault((one.unit, one.received, one.sha256), []).append(one)
    heirs = tombstones.map_successors(root)
    shown, affected = publish.read_published(root), set(holding)
    with start_auditor() as auditing:
        for name in publish.list_releases(root):
            of = read_origin(read_manifest(root.releases / name))
            now = [_find_archived(one, here, heirs) for one in of.inputs]
            if name not in affected and now == [*of.inputs] and of.before not in names:
                continue
            tick(name)
            present = tuple(sorted(one for one in now if one is not None))
            if len(present) < len(of.inputs) and name != shown:
                names[name] = None
                continue
            recipe = _make_recipe(root, name, replace(of, inputs=present), names, frozenset(records))
            names[name] = _rebuild(root, contracts, recipe, auditing, must=name == shown)
    _replace(root, {old: new for old, new in names.items() if new != old})
    return names


def _find_archived(one: Submission, here: Here, heirs: Mapping[tuple[str, str], str]) -> Submission | None:
    """The submission as it is archived now, perhaps under a name without the person; None if purged."""
    content = one.sha256
    while (one.unit, content) in heirs:
        content = heirs[one.unit, content]
    alike = here.get((one.unit, one.received, content), [])
    same = [each for each in alike if each.file == one.file]
    renamed = [each for each in alike if ERASED in each.file]
    return next(iter(same or renamed), None)


def _make_recipe(
    root: Root,
    name: str,
    of: Origin,
    names: Renamed,
    records: frozenset[str],
) -> Recipe:
    before = names.get(of.before) or of.before if of.before else None
    place = root.releases / before if before else None
    at_hand = place is not None and place.exists()
    own = publish.read_issues(root.releases / name).filter(
        ~pl.col("record").is_in(list(records)).fill_null(value=False)
    )
    ledger = publish.read_issues(place) if at_hand else own if before else publish.read_issues(None)
    return Recipe(of.as_of, of.inputs, before, ledger, of.reason or _WHY, again=name)


def _rebuild(
    root: Root, contracts: Contracts, recipe: Recipe, auditing: Auditor, *, must: bool
) -> str | None:
    quiet = PlainRunner(open_console(quiet=True))
    with publish.stage(root) as folder:
        try:
            built = build(root, folder, contracts, recipe, quiet, auditing)
        except AuditRefusedError:
            if must:
                raise
            return None
        publish.put_in_place(root, folder, built.name)
    return built.name


def _replace(root: Root, names: Renamed) -> None:
    """Publish the new releases in place of the old ones, then remove the old ones, latest first.

    In this order, every old release that a kill leaves still has the release before it.
    """
    shown = publish.read_published(root)
    if shown is not None and (new := names.get(shown)):
        publish.switch_latest(root, new)
    journal.rename_releases(root, {old: new for old, new in names.items() if new})
    for old in reversed(list(names)):
        publish.remove_release(root, old)
