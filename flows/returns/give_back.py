"""Writes what goes back to units, marked workbooks and receipts: anew only where something changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from shutil import rmtree

from flows.cache import Cache, hash_code, make_key
from flows.day_tables import DayTables
from flows.engine.runner import Runner, Step
from flows.release.manifest import FileEntry
from flows.release.places import GIVEN_BACK, MARKED
from flows.release.reuse import EarlierFiles, ReusableFile, describe
from flows.returns.jobs import deal_jobs, make_jobs, plan_books
from flows.returns.receipts import make_receipts, write_receipts
from flows.returns.workbooks import write_marked
from flows.root import Root
from flows.settle.model import Settled
from schemas.registry import Contracts

# Into how many heaps the workbooks to be marked are dealt; enough for any number of cores.
HANDS = 16

MARK = Step("Trả bài")
WRITE_RECEIPTS = Step("Viết phiếu nhận")


def give_back(
    root: Root,
    folder: Path,
    contracts: Contracts,
    settled: Settled,
    figures: DayTables,
    runner: Runner,
    former: EarlierFiles | None,
) -> list[FileEntry]:
    """Put what goes back to units into the release in `folder`; returns the files.

    All of it depends on no day: what a `former` release holds just so is linked.
    """
    cache, name = Cache(root.state / GIVEN_BACK), make_key(hash_code(""), contracts.rules_hash)
    kept: Mapping[str, ReusableFile | None] = (cache.get(name) if former else None) or {}
    typed = figures.typed
    marked = plan_books(folder / "reports", contracts, settled, typed)
    found: dict[str, ReusableFile | None] = {}
    if former:
        found |= former.some_taken_over(folder, kept, {book.name: book.target for book in marked})
    left = [book for book in marked if book.name not in found]
    if left:
        work = deal_jobs(make_jobs(left, root, contracts, settled, typed), HANDS)
        runner.each(MARK, partial(write_marked, datasets=contracts.datasets), work)
        found |= {book.name: describe(folder, book.target) for book in left}
    pages = make_receipts(
        settled, figures, {book.submission: book.target for book in marked if found[book.name]}
    )
    if former:
        places = {page.name: folder / "reports" / page.path for page in pages}
        found |= former.some_taken_over(folder, kept, places)
    new = [page for page in pages if page.name not in found]
    if new:
        args = folder, contracts, settled, figures, new
        written = runner.step(WRITE_RECEIPTS, write_receipts, *args)
        found |= {page.name: describe(folder, path) for page, path in zip(new, written, strict=True)}
    # Copies that were kept here before files were taken over from releases.
    rmtree(root.state / MARKED, ignore_errors=True)
    if former:
        cache.sweep([name])
        cache.put(name, found)
    return [each.entry for each in found.values() if each]
