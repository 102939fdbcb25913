"""Files that offices really sent: whatever one holds, reading it answers and accounts for its rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.read import read_file
from schemas.datasets import load
from tests.outside import OUTSIDE

FOLDER = Path(__file__).parents[4] / "shared" / "corpus"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file()) if FOLDER.exists() else []
DATASETS = load()


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason=OUTSIDE)
@pytest.mark.parametrize("kind", sorted({path.suffix for path in FILES}))
def test_every_file_is_read_or_refused(kind: str) -> None:
    for path in (path for path in FILES if path.suffix == kind):
        doc = read_file(path.read_bytes(), path.name, DATASETS)
        records = sum(table.cells.height for table in doc.tables)
        assert doc.tables or doc.problems, path
        assert (doc.rows["role"] == "ban_ghi").sum() == records, path
