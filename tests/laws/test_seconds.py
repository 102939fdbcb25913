"""No test depends on the seconds that a machine takes: costs are compared, and benchmarks tell seconds."""

from __future__ import annotations

import ast

import pytest

from tests.laws.sources import TESTS

CLOCKS = {"perf_counter", "process_time", "thread_time", "monotonic", "default_timer", "getrusage"}
#: Who may look at a clock, and what for.
MAY = {
    "tests/cost.py": "compares work with work",
    "tests/laws/disturbed.py": "kills a run within the time that it takes",
    "tests/waiting.py": "gives up on a process that hangs",
}


def clocks(text: str) -> list[str]:
    """The clocks that a text looks at."""
    found = []
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        if isinstance(node, ast.Attribute):
            names = [node.attr]
            if ast.unparse(node) == "time.time":
                found.append("time.time")
        found += [name for name in names if name.removesuffix("_ns") in CLOCKS]
    return found


def test_no_test_looks_at_a_clock() -> None:
    looking = {path: names for path, text in TESTS.items() if path not in MAY and (names := clocks(text))}
    assert looking == {}


def test_those_who_may_look_at_a_clock_do() -> None:
    assert [path for path in MAY if not clocks(TESTS[path])] == []


@pytest.mark.parametrize(
    "line",
    [
        "assert time.process_time() - start < 1.0",
        "from time import perf_counter",
        "time.monotonic_ns()",
        "time.time()",
        "timeit.default_timer()",
    ],
)
def test_a_look_at_a_clock_is_told(line: str) -> None:
    assert clocks(line)
