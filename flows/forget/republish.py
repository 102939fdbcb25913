"""Builds releases again from an archive in which files were rewritten, and drops the former ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

import polars as pl
from rich.console import Console

from flows.audit.auditor import Auditor, start_auditor
from flows.build import Recipe, build
from flows.collect.archive import list_archived
from flows.collect.submission import Submission
from flows.engine.plain import PlainRunner
from flows.errors import AuditRefusedError
from flows.forget import tombstones
from flows.forget.person import ERASED
from flows.release import journal, publish
from flows.release.manifest import Origin, read_manifest, read_origin
from flows.root import Root, read_contracts
from schemas.registry import Contracts

_WHY = "Xóa dữ liệu của một người theo yêu cầu của người đó"

#: Submissions of the archive by unit, time and content; one content may have come under several names.
Here = dict[tuple[str, str, str], list[Submission]]

#: The id that each release has now, by the one it had; None where it could not be built again.
Renamed = dict[str, str | None]


def republish(
    root: Root,
    contracts: Contracts,
    holding: Iterable[str],
    records: Iterable[str],
    tick: Callable[[str], None],
) -> Renamed:
    """Build every release again that is in `holding`, made of a rewritten file, or goes on from such.

    Where the release before is no longer kept, a release goes on from its own ledger without `records`.
    One that can't be built again (submissions purged since, or its audit refuses) is removed, unless readers
    see it. Readers go from whole to whole release; a kill at any point leaves what the next call finishes.

    Raises:
        AuditRefusedError: what readers see would be refused: they go on seeing it.
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
            now = [_now(one, here, heirs) for one in of.inputs]
            if name not in affected and now == [*of.inputs] and of.before not in names:
                continue
            tick(name)
            present = tuple(sorted(one for one in now if one is not None))
            if len(present) < len(of.inputs) and name != shown:
                names[name] = None
                continue
            recipe = _recipe(root, name, replace(of, inputs=present), names, frozenset(records))
            names[name] = _built(root, contracts, recipe, auditing, must=name == shown)
    _replace(root, {old: new for old, new in names.items() if new != old})
    return names


def _now(one: Submission, here: Here, heirs: Mapping[tuple[str, str], str]) -> Submission | None:
    """The submission as the archive has it now, perhaps under a name that no longer tells of the person."""
    content = one.sha256
    while (one.unit, content) in heirs:
        content = heirs[one.unit, content]
    alike = here.get((one.unit, one.received, content), [])
    same = [each for each in alike if each.file == one.file]
    renamed = [each for each in alike if ERASED in each.file]
    return next(iter(same or renamed), None)


def _recipe(
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


def _built(root: Root, contracts: Contracts, recipe: Recipe, auditing: Auditor, *, must: bool) -> str | None:
    quiet = PlainRunner(Console(quiet=True))
    with publish.stage(root) as folder:
        try:
            built = build(root, folder, read_contracts(root, contracts), recipe, quiet, auditing)
        except AuditRefusedError:
            if must:
                raise
            return None
        publish.put_in_place(root, folder, built.name)
    return built.name


def _replace(root: Root, names: Renamed) -> None:
    """Show the new releases in place of the former ones, then remove those, the latest first.

    So each that a kill leaves over still has the one that it goes on from.
    """
    shown = publish.read_published(root)
    if shown is not None and (new := names.get(shown)):
        publish.switch_latest(root, new)
    journal.rename_releases(root, {old: new for old, new in names.items() if new})
    for old in reversed(list(names)):
        publish.remove_release(root, old)
