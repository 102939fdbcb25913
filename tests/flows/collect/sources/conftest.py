"""A root for files of other places, which are taken at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.collect import inbox
from flows.root import Root


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "SETTLE_SECONDS", 0)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    made = Root(tmp_path / "xa")
    made.prepare()
    return made
