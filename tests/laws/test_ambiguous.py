"""No ambiguous column is read wrongly in silence, and few that a careful person could decide are asked."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

_BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
_COLUMNS = 400


@pytest.fixture
def ambiguous(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The benchmark; its modules are gone after the test."""
    before = {*sys.modules}
    monkeypatch.syspath_prepend(str(_BENCHMARKS))
    yield importlib.import_module("ambiguous")
    for name in {*sys.modules} - before:
        if Path(getattr(sys.modules[name], "__file__", None) or "").parent == _BENCHMARKS:
            del sys.modules[name]


def test_ambiguous_columns_are_read_right_or_told(ambiguous: ModuleType) -> None:
    assert ambiguous.KINDS
    for name, kind in ambiguous.KINDS.items():
        found = ambiguous.score(kind, _COLUMNS, seed=1)
        assert (name, found.silent) == (name, [])
        assert found.decidable > _COLUMNS / 2
        assert len(found.asked) < 0.05 * found.decidable
