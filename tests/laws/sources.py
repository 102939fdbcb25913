"""The text of every module of the project and of its tests, by its path, for laws over all of them."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).parents[2]


def _texts(*folders: str) -> dict[str, str]:
    paths = sorted(path for folder in folders for path in (PROJECT / folder).rglob("*.py"))
    return {path.relative_to(PROJECT).as_posix(): path.read_text("utf-8") for path in paths}


SOURCES = _texts("flows", "schemas")
TESTS = _texts("tests")
