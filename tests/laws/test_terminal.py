"""Whatever a command prints of names, cells and words neither steers the terminal nor is taken for markup."""

from __future__ import annotations

import ast
import io
import json
import pkgutil
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from unicodedata import category

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.comments import Comment

from flows.cli import commands
from flows.cli.main import main
from flows.engine.screen import harmless, marked
from tests.conftest import Day
from tests.flows.forms.made import CONTRACTS, filled
from tests.laws.sources import SOURCES

SCREEN = "flows/engine/screen.py"
#: Prints the titles of our own steps.
PROGRESS = "flows/engine/progress.py"

SEEN = "[xem ảnh]"
EVIL = f"\x1b]0;a\x07\x1b[31m\x9b2J{SEEN}[bold]:warning:\u202e\n✓ b"


def prints(text: str) -> Iterator[int]:
    """The lines of a module that print by themselves."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func)
        if name in {"print", "Console"} or name.split(".")[-1] in {"echo", "secho", "print"}:
            yield node.lineno
        if name.startswith(("sys.stdout", "sys.stderr", "sys.__std")):
            yield node.lineno


def test_one_module_prints() -> None:
    found = {path: list(prints(text)) for path, text in SOURCES.items() if path not in {SCREEN, PROGRESS}}
    assert {path: numbers for path, numbers in found.items() if numbers} == {}


def test_what_prints_by_itself_is_noticed() -> None:
    assert list(prints(SOURCES[SCREEN]))
    assert list(prints(SOURCES[PROGRESS]))
    for line in ("typer.echo(a)", "Console(stderr=True)", "console.print(a)", "sys.stdout.write(a)"):
        assert list(prints(line)) == [1]


@given(st.text(st.characters() | st.sampled_from("\x1b\x9b\u202e\n[]/\\b:")))
def test_a_value_is_shown_letter_by_letter_whatever_it_is(text: str) -> None:
    shown = harmless(text)
    assert not any(category(each) in {"Cc", "Cs", "Zl", "Zp"} for each in shown if each != "\t")
    assert shown == text or any(category(each) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for each in text)
    assert marked("{} [bold]{}[/]", text, text).plain == f"{shown} {shown}"
    assert json.loads(harmless(json.dumps({"a": text}, ensure_ascii=False))) == {"a": text}


@pytest.fixture(scope="module")
def root(planted: Day, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with a release in a folder with such a name."""
    root = tmp_path_factory.mktemp("evil") / EVIL.replace("[", "(")
    shutil.copytree(planted.root.path, root, symlinks=True)
    (root / "raw" / "inbox" / EVIL).mkdir()
    book = openpyxl.load_workbook(io.BytesIO(filled(CONTRACTS.datasets["moi_truong"])))
    sheet = book.worksheets[0]
    row = sheet[sheet.max_row]
    for cell in row[2:]:
        cell.value = f"{SEEN} :warning: \u202e"
    row[2].comment = Comment(f"{SEEN}\n✓ b", "a")
    book.save(root / f"{EVIL}\udcff.xlsx")
    (root / "a.csv").write_text(f"Mã hộ;{EVIL[:-5]};Chủ hộ\n{EVIL[:-5]};1;2\n", errors="replace")
    return root


#: What to call each command with; `ROOT` is that root.
CALLS = {
    "accept": [["x", "--unit", EVIL, "--reason", EVIL, "--root", "ROOT"]],
    "check": [["ROOT/a.csv", f"ROOT/{EVIL}\udcff.xlsx"], ["ROOT/a.csv", f"ROOT/{EVIL}\udcff.xlsx", "--json"]],
    "diff": [[EVIL, "--root", "ROOT"]],
    "doctor": [["--root", "ROOT"]],
    "erase": [[EVIL, "--reason", EVIL, "--root", "ROOT"]],
    "explain": [[EVIL]],
    "find": [[EVIL, "--reason", "a", "--root", "ROOT"]],
    "import": [["ROOT", "--as-received-when-written", "--root", f"ROOT/{EVIL}"], [EVIL]],
    "backup": [["ROOT/sao", "--root", "ROOT"], [EVIL, "--check"]],
    "restore": [["ROOT", "--root", f"ROOT/{EVIL}"]],
    "init": [
        [f"ROOT/xa {EVIL}", *(f"--{word}={EVIL}" for word in ("ma", "ten", "tinh")), "--tu-ngay=2026-09-15"],
        [EVIL],
    ],
    "notify": [["--dry-run", f"ROOT/{EVIL}", "--root", "ROOT"]],
    "purge": [["--dry-run", "--root", "ROOT"]],
    "releases": [["--root", "ROOT"]],
    "roll-up": [[EVIL, "--out", EVIL, "--date", EVIL]],
    "rollback": [[EVIL, "--root", "ROOT"]],
    "rotate": [["--yes", "--root", "ROOT/empty"]],
    "run": [["--date", "9999-01-01", "--root", "ROOT"], ["--root", EVIL]],
    "sample": [[EVIL, "--persons", EVIL]],
    "serve": [["--root", EVIL]],
    "sql": [
        [f"select '{EVIL}' as \"{EVIL}\"", "--root", "ROOT"],
        [f"select '{EVIL}' as a, '[' as b", "--csv", "--root", "ROOT"],
        [f"select '{EVIL}'::int", "--root", "ROOT"],
    ],
    "status": [["--root", "ROOT"]],
    "template": [[EVIL, "--root", "ROOT"], ["ho_gia_dinh", "--out", f"ROOT/{EVIL}.b.xlsx", "--root", "ROOT"]],
    "trace": [[EVIL, "--root", "ROOT"]],
    "user": [["add", EVIL, "--unit", EVIL, "--root", "ROOT"], ["reset", EVIL, "--root", "ROOT"]],
    "verify": [["--root", "ROOT"], [EVIL, "--root", "ROOT"]],
    "web": [["--host", EVIL, "--root", "ROOT"]],
}

#: Commands that show in these calls what is typed, or what stands in the file.
SHOWING = {
    "accept",
    "backup",
    "check",
    "diff",
    "doctor",
    "explain",
    "init",
    "rollback",
    "sql",
    "template",
    "trace",
    "user",
    "verify",
    "web",
}


def test_every_command_is_called() -> None:
    named = (module.name.rstrip("_").replace("_", "-") for module in pkgutil.iter_modules(commands.__path__))
    assert sorted(named) == sorted(CALLS)


@pytest.mark.parametrize("command", CALLS)
def test_no_command_prints_what_steers_the_terminal(
    command: str, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "4000")
    monkeypatch.chdir(root)
    seen = False
    for words in CALLS[command]:
        said = [each.replace("ROOT", str(root)) for each in words]
        monkeypatch.setattr("sys.argv", ["dulieuxa", command, *said])
        with suppress(SystemExit):
            main()
        shown = "".join(capsys.readouterr()).replace("\n", "")
        assert shown == harmless(shown), ascii(shown)
        assert "⚠" not in shown
        assert "Lỗi của chương trình" not in shown
        seen = seen or SEEN in shown
    assert seen == (command in SHOWING)
