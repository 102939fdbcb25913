"""In the open tables of small and large communes nobody stands apart, and nobody is lost uncounted."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from flows.release.manifest import read_manifest
from flows.sample import write
from schemas.privacy import SMALLEST_GROUP, TOKEN_PATTERN
from schemas.registry import load
from tests.conftest import Day, run_plainly


def look_at(release: Path) -> None:
    """Fail unless every open table of the release keeps its promise."""
    shown: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    for entry in read_manifest(release)["files"]:
        place, _, rest = entry["path"].partition("/")
        table = "/".join(rest.split("/")[:2])
        if place == "data":
            accepted[table] += entry["rows"]
        elif place == "open":
            shown[table] += entry["rows"] + entry["left_out"]
            rows = pl.read_parquet(release / entry["path"], hive_partitioning=False)
            alike = rows.group_by(rows.columns).len()["len"]
            about_people = not load().datasets[table.split("/")[0]].of_places
            assert not about_people or min(alike, default=SMALLEST_GROUP) >= SMALLEST_GROUP, table
            assert not re.search(TOKEN_PATTERN, rows.write_csv()), table
    assert len(shown) > 16
    assert shown == accepted


def test_a_small_commune_is_so(planted: Day) -> None:
    look_at(planted.release)


@pytest.mark.proof
@pytest.mark.parametrize("persons", [300, 3_000, 12_000])
def test_a_commune_of_any_size_is_so(persons: int, tmp_path: Path) -> None:
    write(tmp_path, persons=persons)
    look_at(run_plainly(tmp_path).release)
