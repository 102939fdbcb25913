"""What a submission changed against the one before it, whatever the order of its rows."""

from __future__ import annotations

import pytest

from flows.settle.compare import RecordChanges, compare
from schemas.registry import load
from tests.flows.trial import part_of

CONTRACTS = load()
DATASET = CONTRACTS.datasets["ho_gia_dinh"]


def home(number: int, size: str = "3") -> dict[str, str]:
    return {"ma_ho": f"H000{number:02}", "nhan_khau": size}


@pytest.mark.parametrize(
    ("now", "change"),
    [
        ([home(1), home(2), home(3)], RecordChanges(0, 0, 0, 3)),
        ([home(3), home(1), home(2)], RecordChanges(0, 0, 0, 3)),
        ([home(1), home(2), home(3), home(4)], RecordChanges(1, 0, 0, 3)),
        ([home(1), home(3)], RecordChanges(0, 0, 1, 2)),
        ([home(1), home(2, "4"), home(3)], RecordChanges(0, 1, 0, 2)),
        ([home(1), home(2, "bốn"), home(5)], RecordChanges(1, 1, 1, 1)),
        ([home(1), home(1), home(2), home(3)], RecordChanges(0, 0, 0, 3)),
        ([], RecordChanges(0, 0, 3, 0)),
    ],
)
def test_rows_added_changed_and_removed(now: list[dict[str, str]], change: RecordChanges) -> None:
    former = part_of(DATASET, [home(1), home(2), home(3)], CONTRACTS)
    assert compare(former, part_of(DATASET, now, CONTRACTS), DATASET) == change
