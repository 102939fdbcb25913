"""What may import what: contracts before stages, stages before the composition, one home a heavy library."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
SOURCES = sorted([*PROJECT.glob("flows/**/*.py"), *PROJECT.glob("schemas/**/*.py")])
HOMES = {
    "prefect": {"flows/daily.py", "flows/prefect_server.py", "flows/rollup/flow.py"},
    "prefect_dask": {"flows/rollup/flow.py"},
    "dask": {"flows/rollup/duplicates.py", "flows/rollup/flow.py"},
    "great_expectations": {"flows/audit.py"},
}
COMPOSITION = {"flows.build", "flows.day", "flows.daily"}
ENTRY = (
    "flows/build.py",
    "flows/daily.py",
    "flows/day.py",
    "flows/rebuild.py",
    "flows/forget/republish.py",
    "flows/rollup/",
    "flows/summary.py",
    "flows/cli.py",
    "flows/commands/",
)


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.fixture(params=SOURCES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def source(request: pytest.FixtureRequest) -> Path:
    return request.param  # type: ignore[no-any-return]


def test_contracts_never_import_stages(source: Path) -> None:
    if source.is_relative_to(PROJECT / "schemas"):
        assert [name for name in imported(source) if name.split(".")[0] == "flows"] == []


def test_stages_never_import_the_composition(source: Path) -> None:
    if not source.relative_to(PROJECT).as_posix().startswith(ENTRY):
        assert COMPOSITION.isdisjoint(imported(source))


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_heavy_library_has_one_home(library: str, source: Path) -> None:
    if source.relative_to(PROJECT).as_posix() not in HOMES[library]:
        assert [name for name in imported(source) if name.split(".")[0] == library] == []


def test_every_module_says_its_job_in_one_sentence(source: Path) -> None:
    said = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))
    assert said
    assert len(said.splitlines()[0]) > 20
