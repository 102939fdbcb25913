"""Writes the records in effect, protected; links to those that an earlier release holds just so."""

from __future__ import annotations

from pathlib import Path

from flows import release
from flows.kept import Shelf, code_of
from flows.manifest import Entry, entries
from flows.protect import Key, protected
from flows.root import Root
from flows.settled import Settled, whence
from flows.store import describe, write
from schemas.registry import Contracts

#: Where under `var/` it is kept which files the records of given hand-ins came to.
KEPT = "bang"


def records(
    root: Root, folder: Path, contracts: Contracts, settled: Settled, key: Key, name: str | None
) -> list[Entry]:
    """Put the records into `folder`; returns the files. `name` tells all that `settled` depends on.

    Without a name everything is written anew.
    """
    if name is None:
        write_records(folder, contracts, settled, key)
        return entries(folder)
    code = code_of("records.py", "settled.py", "protect.py", "store.py", "reconcile.py")
    shelf = Shelf(root.state / KEPT)
    whole = shelf.name(name, key.token("bang", ""), code)
    shelf.sweep([whole])
    known: list[Entry] | None = shelf.get(whole)
    if known is not None and release.take_over(root, folder, known):
        return known
    write_records(folder, contracts, settled, key)
    written = entries(folder)
    shelf.put(whole, written)
    return written


def write_records(folder: Path, contracts: Contracts, settled: Settled, key: Key) -> None:
    """Write a file of Parquet for each hand-in in effect: its accepted records, protected."""
    for one, rows in settled.accepted():
        dataset = contracts.datasets[one.dataset]
        row_class = rows["_lop"].alias(dataset.row_class)
        told = protected(rows, dataset, key).hstack([row_class, *whence(one, rows).get_columns()])
        path = folder / "data" / dataset.name / f"ky={one.period.label}" / f"{one.hand_in.unit}.parquet"
        write(path, told, f"{dataset.title}: {dataset.grain}", describe(dataset))
