"""Removes, and logs, releases and archived submissions that the retention policy no longer keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from flows.books.book import purges_of
from flows.collect.archive import list_archived, purge_content, remove_orphans
from flows.collect.submission import WHO, Submission
from flows.release.intact import require_intact
from flows.release.manifest import read_manifest
from flows.release.publish import day_of, list_releases, read_published, remove_release
from flows.root import HERE, Root
from schemas.retention import Policy

_DOES_NOT_COUNT = ("bi_thay_the", "tu_choi", "trung")


@dataclass(frozen=True, slots=True)
class PurgePlan:
    """What a purge would remove: ids of releases, and archived submissions."""

    releases: tuple[str, ...]
    submissions: tuple[Submission, ...]


def plan_purge(root: Root, policy: Policy) -> PurgePlan:
    """Work out what the policy no longer keeps, on the day of the published release; nothing without one.

    The published release and the one before it always stay.

    Raises:
        DamagedReleaseError: the published release is damaged.
    """
    shown = read_published(root)
    if shown is None:
        return PurgePlan((), ())
    require_intact(root.releases / shown)
    manifest = read_manifest(root.releases / shown)
    today = date.fromisoformat(manifest["as_of"])
    kept = {shown, manifest.get("before"), *_select_kept(list_releases(root), today, policy)}
    gone = tuple(name for name in list_releases(root) if name not in kept)
    return PurgePlan(gone, tuple(_list_spent(root, root.releases / shown, today, policy)))


def _select_kept(names: Iterable[str], today: date, policy: Policy) -> Iterator[str]:
    oldest = f"{today - timedelta(days=policy.release_days):%Y%m%d}"
    months: set[str] = set()
    for name in sorted(names):
        month = name[:6]
        first = policy.first_of_month and month not in months
        months.add(month)
        if first or day_of(name) >= oldest:
            yield name


def _list_spent(root: Root, shown: Path, today: date, policy: Policy) -> Iterator[Submission]:
    """Submissions without any part still in effect, received more than `archive_days` days ago."""
    submissions = pl.read_parquet(shown / "submissions.parquet")
    idle = submissions.group_by(WHO).agg(pl.col("state").is_in(_DOES_NOT_COUNT).all())
    spent = {(unit, file, content) for unit, file, content, done in idle.iter_rows() if done}
    oldest = today - timedelta(days=policy.archive_days)
    for one in list_archived(root, today):
        if one.day < oldest and one.who in spent:
            yield one


def purge(root: Root, what: PurgePlan) -> None:
    """Remove everything in the plan `what`; the log is written first.

    If the process is killed half-way, the next purge finds and removes the rest.
    """
    _log(root, what)
    for name in what.releases:
        remove_release(root, name)
    for one in what.submissions:
        purge_content(root, one)
    remove_orphans(root)


def _log(root: Root, what: PurgePlan) -> None:
    at = datetime.now(HERE).isoformat(timespec="seconds")
    gone = [{"at": at, "release": name} for name in what.releases]
    gone += [{"at": at, "submission": one.sha256, "unit": one.unit} for one in what.submissions]
    if gone:
        purges_of(root).add(*gone)
