"""What `deploy/` shows can be done: its commands parse, its files are there, units and shares are ours."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest
import typer.main
import yaml

from flows.cli.main import build_app
from schemas.registry import load

PROJECT = Path(__file__).parents[2]
DEPLOY = PROJECT / "deploy"
COMMANDS = typer.main.get_command(build_app()).commands  # type: ignore[attr-defined]
TEXTS = {path.name: path.read_text("utf-8") for path in DEPLOY.rglob("*") if path.is_file()}
README, CONTAINERFILE = TEXTS["README.md"], TEXTS["Containerfile"]
COMPOSE = yaml.safe_load(TEXTS["compose.yaml"])
UNITS = sorted((DEPLOY / "systemd").iterdir())


def settings(text: str) -> ConfigParser:
    """A file of systemd or Samba; what is said several times counts as the last."""
    parser = ConfigParser(strict=False, interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def shown_commands() -> Iterator[list[str]]:
    """Every `dulieuxa` command, with what systemd fills in filled in."""
    for path in UNITS:
        if started := settings(TEXTS[path.name]).get("Service", "ExecStart", fallback=None):
            assert started.startswith("/opt/dulieuxa/.venv/bin/dulieuxa ")
            yield shlex.split(started.replace("%i", "mau").replace("${PORT}", "4200"))[1:]
    yield COMPOSE["services"]["dulieuxa"]["command"]
    for line in shown_lines():
        words = shlex.split(line)
        if "exec" in words:
            assert words[words.index("exec") + 1 :][:2] == ["dulieuxa", "dulieuxa"]
            yield words[words.index("exec") + 3 :]


def shown_lines() -> list[str]:
    return [line for block in re.findall(r"```sh\n(.*?)```", README, re.S) for line in block.splitlines()]


@pytest.mark.parametrize("words", [*shown_commands()], ids=" ".join)
def test_commands_parse(words: list[str], tmp_path: Path) -> None:
    name, *arguments = (f"{tmp_path}" if word.startswith("/srv/") else word for word in words)
    with COMMANDS[name].make_context(name, arguments) as context:
        assert context.params


def test_the_readme_names_what_is_there() -> None:
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    targets = [line.split()[-1] for line in shown_lines() if line.startswith("make ")]
    assert targets
    assert all(re.search(rf"^{target}:.*## ", makefile, re.M) for target in targets)
    named = {
        re.sub(r"@ngoc_lac(?=$|\.)", "@", word)
        for line in shown_lines()
        if line.startswith("systemctl enable")
        for word in line.split()[3:]
    }
    assert named == {path.name for path in UNITS if "[Install]" in TEXTS[path.name]}
    paths = re.findall(r"(?<![\w/])(?:/opt/dulieuxa/)?((?:deploy|tests)/[\w./]+)", README)
    assert [path for path in paths if not (PROJECT / path).exists()] == []


def test_every_unit_of_systemd_belongs_to_another_and_runs_as_nobody_special() -> None:
    names = {path.name for path in UNITS}
    for path in UNITS:
        unit = settings(TEXTS[path.name])
        if path.suffix == ".timer":
            assert path.with_suffix(".service").name in names
            assert unit["Timer"]["OnCalendar"].endswith("Asia/Ho_Chi_Minh")
            assert unit["Timer"]["Persistent"] == "true"
        else:
            assert unit["Service"]["User"] == "dulieuxa"
            assert unit["Service"]["ReadWritePaths"] == "/srv/%i"


def test_the_container_is_built_from_the_lock_and_runs_without_root() -> None:
    copied = [
        word for words in re.findall(r"^COPY (.+)$", CONTAINERFILE, re.M) for word in words.split()[:-1]
    ]
    assert [name for name in copied if not (PROJECT / name).exists()] == []
    assert {"flows", "schemas", "requirements.lock"} <= {*copied}
    recipe = re.search(r"sed -n '(.*?)' requirements\.lock", (PROJECT / "Makefile").read_text("utf-8"))
    assert recipe
    assert recipe[1].replace("$$", "$") in CONTAINERFILE
    assert CONTAINERFILE.count("--require-hashes") == 2
    assert CONTAINERFILE.index("\nUSER ") < CONTAINERFILE.index("\nENTRYPOINT ")
    service = COMPOSE["services"]["dulieuxa"]
    user = re.search(r"useradd --uid (\d+)", CONTAINERFILE)
    assert user
    assert service["user"] == f"{user[1]}:{user[1]}"
    assert user[1] in README
    assert (DEPLOY / "container" / service["build"]["context"] / service["build"]["dockerfile"]).exists()
    places = re.search(r"^VOLUME (.+)$", CONTAINERFILE, re.M)
    assert places
    assert {each.split(":")[1] for each in service["volumes"]} == {*yaml.safe_load(places[1])}
    assert {each.split(":")[0] for each in service["volumes"]} - {"/srv/xa"} == {*COMPOSE["volumes"]}
    assert "HEALTHCHECK" in CONTAINERFILE


def test_every_unit_has_a_share_of_its_own() -> None:
    shares = settings(TEXTS["smb.conf"])
    units = {unit.name for unit in load().commune.units}
    assert {*shares.sections()} - {"global", "don_vi", "ket_qua"} == units
    assert all(dict(shares[name]) == {"copy": "don_vi", "available": "yes"} for name in units)
    assert shares["don_vi"]["path"] == "/srv/xa/raw/inbox/%S"
    assert shares["don_vi"]["valid users"] == "%S"
    assert shares["don_vi"]["available"] == "no"
    allowed = shares["ket_qua"]["valid users"].replace("\\", "").replace("\n", "").split(",")
    assert {name.strip() for name in allowed} == units
    assert shares["ket_qua"]["read only"] == "yes"
