"""Damaged files: nothing crashes, nothing hangs, every row of what is read is accounted for."""

from __future__ import annotations

import io
import zipfile
from random import Random

import polars as pl
import pytest

from flows.engine.workers import Guard, Limits, map_in_order
from flows.read import read_file
from flows.read.table import ROLES, ReadFile
from schemas.datasets import load
from tests.flows.read.layouts import CONTAINERS, lay_out

DATASETS = load()


def damaged(data: bytes, random: Random) -> bytes:
    """`data` with bytes changed, cut out, doubled or cut off; of a zip half the time the bytes inside."""
    if data.startswith(b"PK") and random.random() < 0.5:
        return _damaged_inside(data, random)
    content = bytearray(data)
    for _ in range(random.choice([1, 3, 10, 50])):
        at = random.randrange(len(content))
        kind = random.random()
        if kind < 0.6:
            content[at] = random.randrange(256)
        elif kind < 0.8:
            del content[at : at + random.randrange(1, 40)]
        elif kind < 0.95:
            content[at:at] = content[at : at + random.randrange(1, 40)]
        else:
            del content[at:]
        if not content:
            return b""
    return bytes(content)


def _damaged_inside(data: bytes, random: Random) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        hurt = random.choice([name for name in names if name.endswith(".xml")])
        for name in names:
            content = bytearray(old.read(name))
            for _ in range(random.choice([1, 5, 20]) if name == hurt and content else 0):
                content[random.randrange(len(content))] = random.randrange(256)
            new.writestr(name, bytes(content))
    return target.getvalue()


def read(number: int) -> ReadFile:
    """Read a file damaged in a way of its own."""
    random = Random(number)
    laid = lay_out(DATASETS[random.choice(list(DATASETS))], random)
    data = damaged(CONTAINERS[random.choice(list(CONTAINERS))](laid), random)
    return read_file(data, f"{number}.xlsx", DATASETS)


def not_lost(number: int, error: Exception) -> ReadFile:
    error.add_note(f"file {number}")
    raise error


def assert_accounted(doc: ReadFile) -> None:
    assert doc.tables or doc.problems
    records = doc.rows.filter(pl.col("role") == "ban_ghi").height
    assert records == sum(table.cells.height for table in doc.tables)
    assert set(doc.rows["role"]) <= set(ROLES)
    per_sheet = doc.rows.group_by("sheet").agg(pl.len(), pl.col("row").n_unique().alias("unique"))
    assert (per_sheet["len"] == per_sheet["unique"]).all()


@pytest.mark.parametrize("count", [150, pytest.param(2_000, marks=pytest.mark.slow)])
def test_damaged_files_are_read_or_refused(count: int) -> None:
    # A crash or a hang would be an error here.
    for doc in map_in_order(read, range(count), guard=Guard(lambda _: Limits(20.0, 256 << 20), not_lost)):
        assert_accounted(doc)
