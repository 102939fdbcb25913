"""Writes the marked workbooks and receipts of all units, and links those that have not changed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from shutil import rmtree

from flows.cache import RETURNS_CACHE
from flows.collect.archive import is_content_of
from flows.day_tables import DayTables
from flows.engine.runner import Runner, Step
from flows.release.manifest import FileEntry
from flows.release.places import MARKED
from flows.release.reuse import EarlierFiles, ReusableFile, describe
from flows.returns.jobs import deal_jobs, make_jobs, plan_books
from flows.returns.receipts import make_receipts, write_receipts
from flows.returns.workbooks import write_marked
from flows.root import Root
from flows.settle.model import Settled
from schemas.registry import Contracts

# Number of batches of workbooks; more than the cores of any machine that runs this.
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
    """Write marked workbooks and receipts into the release in `folder`; returns the entries of the files.

    They do not depend on the as-of date: unchanged files are linked from `former` releases.
    """
    cache, name = RETURNS_CACHE.open_in(root), RETURNS_CACHE.make_key(contracts.rules_hash)
    kept: Mapping[str, ReusableFile | None] = (cache.get(name) if former else None) or {}
    typed = figures.typed
    marked = plan_books(folder / "reports", contracts, settled, typed)
    files: dict[str, ReusableFile | None] = {}
    damaged: set[str] = set()
    if former:
        files |= former.some_taken_over(folder, kept, {book.name: book.target for book in marked})
    left = [book for book in marked if book.name not in files]
    if left:
        work = deal_jobs(make_jobs(left, root, contracts, settled, typed), HANDS)
        runner.each(MARK, partial(write_marked, datasets=contracts.datasets), work)
        files |= {book.name: describe(folder, book.target) for book in left}
        sources = ((book.name, book.submission) for book in left if files[book.name] is None)
        damaged = {book for book, one in sources if not is_content_of(one.content(root), one)}
    pages = make_receipts(
        settled, figures, {book.submission: book.target for book in marked if files[book.name]}
    )
    if former:
        places = {page.name: folder / "reports" / page.path for page in pages}
        files |= former.some_taken_over(folder, kept, places)
    new = [page for page in pages if page.name not in files]
    if new:
        args = folder, contracts, settled, figures, new
        written = runner.step(WRITE_RECEIPTS, write_receipts, *args)
        files |= {page.name: describe(folder, path) for page, path in zip(new, written, strict=True)}
    # Older versions kept copies here.
    rmtree(root.state / MARKED, ignore_errors=True)
    if former:
        cache.sweep([name])
        # Once its content is there again, a book is written.
        cache.put(name, {each: file for each, file in files.items() if each not in damaged})
    return [each.entry for each in files.values() if each]
