"""What is kept comes back as it was written, or not at all; and is named after all that it hangs on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

import flows
from flows.cache import Cache
from flows.intake import cache as submission_cache
from flows.settle import cache as period_cache

HERE = Path(flows.__path__[0])
#: What decides nothing about what is kept: where things lie, what is worked out anew each day.
ELSEWHERE = {"root.py", "errors.py", "cache.py", "engine/workers.py"}
VALUE = {"a": pl.DataFrame({"x": [1, 2, None], "y": ["một", "hai", None]}), "b": ("ba", 4)}


@pytest.mark.parametrize("at", range(0, 600, 23))
def test_what_was_damaged_is_not_there(tmp_path: Path, at: int) -> None:
    cache = Cache(tmp_path / "kho")
    cache.put("một", VALUE)
    kept = cache.get("một")
    assert kept["b"] == VALUE["b"]
    assert kept["a"].equals(VALUE["a"])
    path = tmp_path / "kho" / "một"
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 4
    path.write_bytes(data)
    assert cache.get("một") is None


@pytest.mark.parametrize("length", [0, 5, 32, 40])
def test_what_was_cut_off_is_not_there(tmp_path: Path, length: int) -> None:
    cache = Cache(tmp_path / "kho")
    cache.put("một", VALUE)
    path = tmp_path / "kho" / "một"
    path.write_bytes(path.read_bytes()[:length])
    assert cache.get("một") is None
    assert cache.get("hai") is None


def sources(code: tuple[str, ...]) -> set[Path]:
    found = (HERE / place for place in code)
    return {file for place in found for file in (place.rglob("*.py") if place.is_dir() else [place])}


def imported(source: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "flows":
            for name in (node.module or "", *(f"{node.module}.{each.name}" for each in node.names)):
                place = HERE.parent / name.replace(".", "/")
                yield from (p for p in (place.with_suffix(".py"), place / "__init__.py") if p.exists())


@pytest.mark.parametrize("code", [submission_cache.CODE, period_cache.CODE], ids=["digests", "seasons"])
def test_names_tell_of_all_code_that_values_hang_on(code: tuple[str, ...]) -> None:
    told = sources(code)
    seen, left = set(told), list(told)
    while left:
        for each in imported(left.pop()):
            if each not in seen and each != HERE / "__init__.py":
                seen.add(each)
                left += [each] if each.relative_to(HERE).as_posix() not in ELSEWHERE else []
    assert {path.relative_to(HERE).as_posix() for path in seen - told} <= ELSEWHERE
