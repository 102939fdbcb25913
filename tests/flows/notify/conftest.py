"""A commune that may send letters."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.notify.settings import PING, SENDER
from tests.flows.notify.made import Commune, make_commune


@pytest.fixture
def commune(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Commune:
    monkeypatch.setenv(SENDER, "mailto://127.0.0.1/?from=xa@example.org")
    monkeypatch.delenv(PING, raising=False)
    return make_commune(tmp_path)
