"""What may import what: contracts before stages, stages before the composition, one home a heavy library."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from tests.laws.rooms import LEVELS
from tests.laws.sources import PROJECT, SOURCES, TESTS

#: The modules that answer requests.
WEB = ("app", "desk", "guards", "login_pages", "staff_pages", "unit_pages")
HOMES = {
    "prefect": {
        "flows/daily.py",
        "flows/engine/prefect_runner.py",
        "flows/engine/prefect_runs.py",
        "flows/engine/prefect_server.py",
        "flows/province/flow.py",
    },
    "prefect_dask": {"flows/province/flow.py"},
    "dask": {"flows/province/duplicates.py", "flows/province/flow.py"},
    "great_expectations": {"flows/audit/auditor.py"},
    "apprise": {"flows/notify/send.py"},
    "argon2": {"flows/web/accounts.py"},
    "starlette": {f"flows/web/{name}.py" for name in WEB},
    "uvicorn": {"flows/web/serve.py"},
    # What Windows lacks, and what Linux does.
    **{name: {"flows/system/linux.py"} for name in ("fcntl", "resource", "msvcrt")},
}
#: Of `os`, what Windows lacks.
LINUX_ONLY = ("geteuid", "getuid", "fchmod", "fork", "chown", "O_NOFOLLOW", "O_DIRECTORY", "O_NONBLOCK")


@cache
def imported(text: str) -> tuple[str, ...]:
    return tuple(_list_imported(text))


def _list_imported(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from [node.module] if node.module != "flows" else []
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_contracts_never_import_stages() -> None:
    stages = [
        (path, name)
        for path, text in SOURCES.items()
        if path.startswith("schemas/")
        for name in imported(text)
        if name.split(".")[0] == "flows"
    ]
    assert stages == []


def upward_imports(text: str, room: str) -> list[str]:
    """The modules of `flows` that a source in `room` imports though they are not below it."""
    rooms = {name: name.split(".")[1] for name in imported(text) if name.startswith("flows.")}
    return [name for name, other in rooms.items() if other != room and LEVELS[other] >= LEVELS[room]]


def test_nothing_imports_upwards() -> None:
    upward = {
        path: found
        for path, text in SOURCES.items()
        if path.startswith("flows/") and path != "flows/__init__.py"
        if (found := upward_imports(text, path.removesuffix(".py").split("/")[1]))
    }
    assert upward == {}


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
def test_a_heavy_library_has_one_home(library: str) -> None:
    found = {
        path for path, text in SOURCES.items() for name in imported(text) if name.split(".")[0] == library
    }
    assert found == HOMES[library]


def test_what_windows_lacks_is_asked_for_in_one_place() -> None:
    pattern = re.compile(rf"\bos\.({'|'.join(LINUX_ONLY)})\b")
    assert {path for path, text in SOURCES.items() if pattern.search(text)} == {"flows/system/linux.py"}


def test_every_module_says_its_job_in_one_sentence() -> None:
    said = {
        path: (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0] for path, text in SOURCES.items()
    }
    assert [path for path, line in said.items() if len(line) <= 20] == []


def test_no_two_public_classes_share_a_name() -> None:
    names = Counter(
        node.name
        for text in SOURCES.values()
        for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in names.items() if count > 1] == []


def imported_tests(text: str) -> list[str]:
    """The test modules that a text imports, with or without the names of their packages."""
    froms = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom) and node.level)
    names = [*imported(text), *(alias.name for node in froms for alias in node.names)]
    return [name for name in names if any(part.startswith("test_") for part in name.split("."))]


def test_no_test_module_is_imported() -> None:
    """What tests share stands in modules beside them, so that a test may be moved or deleted by itself."""
    found = {path: names for path, text in TESTS.items() if (names := imported_tests(text))}
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "from tests.laws.test_crash import child",
        "from tests.laws import test_crash",
        "import tests.laws.test_crash as crash",
        "from . import test_crash",
        "from .test_crash import child",
        "def later() -> None:\n    from tests.laws.test_crash import child",
    ],
)
def test_an_imported_test_module_is_told(line: str) -> None:
    assert imported_tests(line)
