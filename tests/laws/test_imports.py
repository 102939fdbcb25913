"""What may import what: contracts before stages, stages before the composition, one home a heavy library."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
SOURCES = sorted([*PROJECT.glob("flows/**/*.py"), *PROJECT.glob("schemas/**/*.py")])
HOMES = {
    "prefect": {"flows/daily.py", "flows/engine/prefect_server.py", "flows/province/flow.py"},
    "prefect_dask": {"flows/province/flow.py"},
    "dask": {"flows/province/duplicates.py", "flows/province/flow.py"},
    "great_expectations": {"flows/audit/auditor.py"},
}
#: The rooms of `flows` from the ground up: each may import only those in the lines above its own.
LAYERS = (
    ("errors", "files", "fingerprints"),
    ("cache", "root"),
    ("protect",),
    ("engine",),
    ("collect", "read"),
    ("clean",),
    ("words",),
    ("intake",),
    ("validate", "roll_call", "measure"),
    ("settle",),
    ("faults",),
    ("day_tables",),
    ("forms", "release"),
    ("audit", "report"),
    ("returns",),
    ("build", "check"),
    ("rebuild", "forget"),
    ("day",),
    ("summary",),
    ("daily", "province", "sample"),
    ("cli",),
)
LEVELS = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}


def imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from [node.module] if node.module != "flows" else []
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.fixture(params=SOURCES, ids=lambda path: path.relative_to(PROJECT).as_posix())
def source(request: pytest.FixtureRequest) -> Path:
    return request.param  # type: ignore[no-any-return]


def test_contracts_never_import_stages(source: Path) -> None:
    if source.is_relative_to(PROJECT / "schemas"):
        assert [name for name in imported(source.read_text("utf-8")) if name.split(".")[0] == "flows"] == []


def upward_imports(text: str, room: str) -> list[str]:
    """The modules of `flows` that a source in `room` imports though they are not below it."""
    rooms = {name: name.split(".")[1] for name in imported(text) if name.startswith("flows.")}
    return [name for name, other in rooms.items() if other != room and LEVELS[other] >= LEVELS[room]]


def test_nothing_imports_upwards(source: Path) -> None:
    parts = source.relative_to(PROJECT).with_suffix("").parts
    if parts[0] == "flows" and parts != ("flows", "__init__"):
        assert upward_imports(source.read_text("utf-8"), parts[1]) == []


@pytest.mark.parametrize(
    ("room", "line"),
    [
        ("read", "from flows.intake.cache import Readings"),
        ("clean", "import flows.day"),
        ("collect", "def later() -> None:\n    from flows import build"),
        ("report", "from flows.audit import auditor"),
    ],
)
def test_an_import_upwards_is_told(room: str, line: str) -> None:
    assert upward_imports(line, room)


def test_every_room_has_its_place() -> None:
    rooms = {path.stem for path in (PROJECT / "flows").iterdir() if path.suffix == ".py" or path.is_dir()}
    assert rooms - {"__init__", "__pycache__"} == set(LEVELS)
    assert len(list((PROJECT / "flows").glob("*.py"))) <= 16


@pytest.mark.parametrize("library", sorted(HOMES))
def test_a_heavy_library_has_one_home(library: str, source: Path) -> None:
    if source.relative_to(PROJECT).as_posix() not in HOMES[library]:
        assert [name for name in imported(source.read_text("utf-8")) if name.split(".")[0] == library] == []


def test_every_module_says_its_job_in_one_sentence(source: Path) -> None:
    said = ast.get_docstring(ast.parse(source.read_text(encoding="utf-8")))
    assert said
    assert len(said.splitlines()[0]) > 20


def test_no_two_public_classes_share_a_name() -> None:
    names = Counter(
        node.name
        for path in SOURCES
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []
