"""Adds a dataset for one test, as somebody who joins would: by one module."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import schemas.datasets


def add_dataset(folder: Path, name: str, source: str, patch: pytest.MonkeyPatch) -> None:
    """Write the module `name` with text `source` into `folder`; `schemas.datasets.load` finds it."""
    folder.mkdir()
    (folder / f"{name}.py").write_text(source, encoding="utf-8")
    patch.setattr("schemas.datasets.__path__", [*schemas.datasets.__path__, str(folder)])
    # Another test may have added a module of this name.
    patch.delitem(sys.modules, f"schemas.datasets.{name}", raising=False)
