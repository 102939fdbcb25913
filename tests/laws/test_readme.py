from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from flows.cli.main import build_app
from schemas.datasets import load
from schemas.tables import TABLES

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.S)
SAID = [shlex.split(line, comments=True) for block in BLOCKS for line in block.splitlines() if line.strip()]
COMMANDS = typer.main.get_command(build_app()).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("words", [w for w in SAID if w[0] == "make"], ids=" ".join)
def test_make_targets_of_the_readme_exist(words: list[str]) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{words[1]}:.*## ", makefile, re.M)


@pytest.mark.parametrize("words", [w for w in SAID if w[0].endswith("dulieuxa")], ids=" ".join)
def test_commands_of_the_readme_parse(words: list[str]) -> None:
    name, *arguments = words[1:]
    with COMMANDS[name].make_context(name, arguments) as context:
        assert context.params


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_in_the_readme_and_has_help(name: str) -> None:
    assert f"dulieuxa {name}" in README
    assert COMMANDS[name].help


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_in_the_readme(name: str) -> None:
    assert f"`{name}.parquet`" in README


def test_the_dataset_of_the_readme_is_a_dataset() -> None:
    source = next(block for block in re.findall(r"```python\n(.*?)```", README, re.S) if "DATASET" in block)
    found: dict[str, object] = {}
    exec(compile(source, "README.md", "exec"), found)
    assert type(found["DATASET"]) is type(next(iter(load().values())))


def test_ci_runs_what_the_readme_says() -> None:
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make \S+", script, re.M)[:2] == ["make lint", "make test"]
