"""The READMEs say what is so: their commands parse and run, their snippets work, what they name is there."""

from __future__ import annotations

import ast
import gc
import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from operator import attrgetter
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import typer.main

from flows.backup.backup import back_up
from flows.books import contacts
from flows.cli.main import build_app, main
from flows.forget.search import list_people
from flows.notify.settings import SENDER
from flows.root import Root
from schemas import accepted_headings, indicators, waivers
from schemas.contract import USUAL_DUE
from schemas.registry import load
from schemas.tables import TABLES
from schemas.units import COLUMNS, KINDS, OPERATORS, THON_COLUMNS
from tests.added import add_dataset
from tests.conftest import TODAY, Day, lines, run_plainly
from tests.flows.trial import trial

PROJECT = Path(__file__).parents[2]
TEXTS = {name: (PROJECT / name).read_text(encoding="utf-8") for name in ("README.md", "README.vi.md")}
README = TEXTS["README.md"]
MONDAY = TODAY.replace(day=23)
COMMANDS = typer.main.get_command(build_app()).commands  # type: ignore[attr-defined]
SUFFIXES = (".css", ".csv", ".html", ".json", ".jsonl", ".lock", ".md", ".parquet", ".png", ".py")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


def spans(text: str) -> list[str]:
    """What stands between backticks within a line."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.S))


def said_in(text: str) -> Iterator[list[str]]:
    """Every command line, of a block or within a sentence, as words."""
    for line in [line for block in blocks(text, "sh") for line in block.splitlines()]:
        yield shlex.split(line, comments=True)
    for span in spans(text):
        if re.match(r"(?:\.venv/bin/dulieuxa|dulieuxa|make) .", span):
            yield shlex.split(span)


SAID = [words for text in TEXTS.values() for words in said_in(text)]
OURS = [*map(list, dict.fromkeys(tuple(words[1:]) for words in SAID if Path(words[0]).name == "dulieuxa"))]
PROGRAMS = sorted({words[0] for words in SAID if words[0].startswith(".venv/bin/")})
TARGETS = sorted({words[1] for words in SAID if words[0] == "make"})


@pytest.mark.parametrize("target", TARGETS)
def test_make_targets_exist(target: str) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{target}:.*## ", makefile, re.M)


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_are_installed(program: str) -> None:
    assert (Path(sys.executable).parent / Path(program).name).exists()


@pytest.mark.parametrize("words", OURS, ids=" ".join)
def test_commands_parse(words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, *arguments = words
    monkeypatch.chdir(tmp_path)
    Path("bao_cao.xlsx").touch()
    Path("tep_cu").mkdir()
    (tmp_path.parent / "ban_sao_xa").mkdir(exist_ok=True)
    with COMMANDS[name].make_context(name, arguments) as context:
        assert context.params


def test_every_command_stands_once_in_the_table_of_commands() -> None:
    assert sorted(re.findall(r"^\| `dulieuxa ([a-z-]+)", README, re.M)) == sorted(COMMANDS)


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    assert COMMANDS[name].help


@pytest.fixture(scope="module")
def two_days(planted: Day, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commune with planted faults, as it stood on Monday too."""
    root = tmp_path_factory.mktemp("readme") / "xa"
    shutil.copytree(planted.root.path, root, symlinks=True)
    run_plainly(root, MONDAY)
    return root


@pytest.fixture(scope="module")
def person(two_days: Path, planted: Day) -> str:
    """The personal number of somebody in the sample."""
    return str(list_people(planted.root, load())["number"].sort().last())


@pytest.fixture
def commune(two_days: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy to work in, with a faulty file that is still to be handed in."""
    root = Path(shutil.copytree(two_days, tmp_path / "xa", symlinks=True))
    monkeypatch.chdir(root)
    book = openpyxl.Workbook()
    for row in (
        ["Tháng 11 năm 2026"],
        ["Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"],
        ["05/11/2026", "Mạng khác", "Mất sóng", "Mới", None],
    ):
        book.active.append(row)
    book.save(root / "bao_cao.xlsx")
    told = root / "lien_he.csv"
    told.write_text(f"{','.join(contacts.COLUMNS)}\nT01,,a@example.org,nguoi_nop,\n")
    told.chmod(0o600)
    monkeypatch.setenv(SENDER, "mailtos://mail.example.org/?from=xa@example.org")
    (root / "tep_cu" / "T01").mkdir(parents=True)
    shutil.copy(root / "bao_cao.xlsx", root / "tep_cu" / "T01")
    thresholds = gc.get_threshold()
    yield root
    gc.set_threshold(*thresholds)


# They start servers, and are run by tests/flows/test_daily.py, tests/flows/web and
# tests/flows/province/test_roll_up.py.
SERVED = ("serve", "roll-up", "web")
# They take seconds each.
LONG = ("backup", "erase", "find", "restore", "sample", "verify")
# `check` says by its exit code that there are blocking faults.
LEAVES_WITH = {"check": 1}
LEAVES_BEHIND = {
    "backup": "../ban_sao_xa/ban_sao_luu.json",
    "restore": "../xa_khoi_phuc/var/key",
    "check": "sua.xlsx",
    "erase": "var/da_quen.jsonl",
    "template": "bieu_mau_ho_gia_dinh_T01_2026-10.xlsx",
}
# Beside the README's words: the same day whenever tests run, the same release without a server, fewer people.
BESIDE = {
    "run": ("--plain", "--date", f"{TODAY}"),
    "check": ("--date", f"{TODAY}"),
    "template": ("--date", f"{TODAY}"),
    "sample": ("--persons", "300"),
}


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(words, id=" ".join(words), marks=[pytest.mark.slow] * (words[0] in LONG))
        for words in OURS
        if words[0] not in SERVED
    ],
)
def test_commands_run(words: list[str], commune: Path, person: str, monkeypatch: pytest.MonkeyPatch) -> None:
    archived = next((commune / "raw" / "archive").glob("*/*.json")).name[:12]
    if words[0] == "restore":
        back_up(Root(commune), load().commune.code, Path(words[1]))
    stands_for = {"038085012345": person, "3f9a1c": archived}
    name, *arguments = (stands_for.get(word, word) for word in words)
    monkeypatch.setattr(sys, "argv", ["dulieuxa", name, *arguments, *BESIDE.get(name, ())])
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    with pytest.raises(SystemExit) as left:
        main()
    assert (left.value.code or 0) == LEAVES_WITH.get(name, 0)
    assert (commune / LEAVES_BEHIND.get(name, "")).exists()


@pytest.mark.parametrize("source", [s for s in blocks(README, "python") if "read_parquet" in s])
def test_snippets_give_rows(source: str, commune: Path) -> None:
    known: dict[str, object] = {}
    for line in ast.parse(source).body:
        if isinstance(line, ast.Expr):
            found = eval(compile(ast.Expression(line.value), "README.md", "eval"), known)
            assert isinstance(found, pl.DataFrame)
            assert found.height
        else:
            exec(compile(ast.Module([line], []), "README.md", "exec"), known)


def test_the_dataset_is_read_judged_and_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = next(block for block in blocks(README, "python") if "DATASET" in block)
    add_dataset(tmp_path / "more", "hop_thon", source, monkeypatch)
    rows = [
        ["Tháng 11 năm 2026"],
        ["Ngày họp", "Số người dự họp", "Số người được mời"],
        ["20/10/2026", 40, 50],
        ["03/11/2026", 60, 50],
    ]
    inbox = tmp_path / "xa" / "raw" / "inbox" / "T01"
    inbox.mkdir(parents=True)
    (inbox / "hop.csv").write_text(lines(rows), encoding="utf-8")
    outcome = run_plainly(tmp_path / "xa", contracts=load())
    assert outcome.faults.filter(pl.col("cell").is_not_null()).select("cell", "code").rows() == [
        ("B4", "nguoi_du.vuot_moi")
    ]
    assert pl.read_parquet(outcome.release / "data" / "hop_thon")["nguoi_du"].to_list() == [40]
    # `make test` asks this of the rules of any dataset.
    contracts = load()
    (rule,) = contracts.datasets["hop_thon"].rules
    assert rule.good
    assert rule.bad
    assert trial(contracts.datasets["hop_thon"], contracts).unnoticed() == []


def declared(columns: Sequence[str]) -> bytes:
    """The file that the README shows with these columns: its first line and the line below it."""
    shown = [span for span in spans(README) if span.count(",") == len(columns) - 1]
    head = shown.index(",".join(columns))
    return "\n".join(shown[head : head + 2]).encode()


def test_a_waiver_can_be_declared_so() -> None:
    contracts = load()
    assert len(contracts.with_waivers(declared(waivers.COLUMNS)).waivers) == len(contracts.waivers) + 1


def test_a_heading_can_be_accepted_so() -> None:
    assert len(load().with_accepted_headings(declared(accepted_headings.COLUMNS)).accepted) == 1


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_is_named(name: str) -> None:
    assert f"`{name}.parquet`" in README


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_links_lead_somewhere(text: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert links
    headings = {f"#{title.lower().replace(' ', '-')}" for title in re.findall(r"^#+ (.+)$", text, re.M)}
    assert [link for link in links if link not in headings and not (PROJECT / link).exists()] == []


# What a root has only if somebody declared, refused or erased something: where our code says its name.
AT_TIMES = {
    "schemas/xa.csv": "schemas/units.py",
    "schemas/thon.csv": "schemas/units.py",
    "schemas/ten_cot.csv": "schemas/accepted_headings.py",
    "schemas/expectations/roll_call.json": "schemas/own_suites.py",
    "curated/khong_cong_bo": "flows/root.py",
    "var/da_quen.jsonl": "flows/books/book.py",
    "var/hong": "flows/root.py",
    "lien_he.csv": "schemas/notices.py",
    "var/bao_song": "flows/notify/settings.py",
    "var/gui_thu": "flows/notify/settings.py",
    "var/bao_tin.jsonl": "flows/books/book.py",
    "var/mat_khau_prefect": "flows/daily.py",
    "var/nguon": "flows/collect/sources/memory.py",
}


def paths(text: str) -> list[str]:
    """What the text names as files or folders, of the project, of a root or of its release."""
    whole = [span.rstrip("/") for span in spans(text) if re.fullmatch(r"[\w<>=.*/ ]*[\w<>]/?", span)]
    return sorted({s for s in whole if " " not in s and ("/" in s or s.endswith(SUFFIXES)) and s[0] != "."})


BENCHMARKS = (PROJECT / "benchmarks" / "README.md").read_text(encoding="utf-8")


MEASURED = [row.split(" | ") for row in re.findall(r"^\| (.+ \| at (?:most|least) .+) \|$", BENCHMARKS, re.M)]
COUNTS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
]


def misses(row: list[str]) -> bool:
    """Whether a ratio is beyond the bound that is wanted."""
    bound, *ratios = (float(each) for each in re.findall(r"[\d.]+", f"{row[-1]} {row[-2]}"))
    return min(ratios) < bound if "at least" in row[-1] else max(ratios) > bound


def test_each_measurement_says_whether_it_is_as_wanted() -> None:
    assert [path for path in paths(BENCHMARKS) if not (PROJECT / "benchmarks" / path).exists()] == []
    missed = [row for row in MEASURED if misses(row)]
    assert missed == [row for row in MEASURED if row[-1].endswith(": missed")]
    assert f"{COUNTS[len(missed)].capitalize()} of {COUNTS[len(MEASURED)]} miss the target" in README


@pytest.mark.parametrize("path", sorted({path for text in TEXTS.values() for path in paths(text)}))
def test_files_named_exist(path: str, planted: Day) -> None:
    if path in AT_TIMES:
        assert Path(path).name in (PROJECT / AT_TIMES[path]).read_text(encoding="utf-8")
        return
    pattern = re.sub(r"<[^>]*>", "*", path)
    assert any(list(where.glob(pattern)) for where in (PROJECT, planted.root.path, planted.root.latest))


@pytest.mark.parametrize(
    ("names", "path"), re.findall(r"((?:`[\w.]+`, )*`[\w.]+`) in `([\w/]+)\.py`", README)
)
def test_what_is_said_to_stand_in_a_module_stands_there(names: str, path: str) -> None:
    module = import_module(path.replace("/", "."))
    assert [name for name in re.findall(r"[\w.]+", names) if not attrgetter(name)(module)] == []


def test_every_module_is_in_the_layout() -> None:
    layout = README[README.index("| Module of `flows/`") : README.index("| To change")]
    rooms = [
        name for row in re.findall(r"^\| (`.*?) \|", layout, re.M) for name in re.findall(r"`(\w+)`", row)
    ]
    places = [path for path in (PROJECT / "flows").iterdir() if not path.name.startswith("__")]
    assert sorted(rooms) == sorted(path.stem for path in places)


def test_figures_are_those_of_the_contracts() -> None:
    contracts = load()
    for text in (
        f"{len(contracts.datasets)} datasets, {len(KINDS)} kinds of unit, "
        f"{len(contracts.commune.thon)} thôn, {len(OPERATORS)} telecom operators",
        f"{len(indicators.load())} indicators",
    ):
        assert text in README
    assert {one.due for one in contracts.datasets.values()} == {USUAL_DUE}
    assert f"{USUAL_DUE} if absent" in README
    assert f"Hạn nộp là {USUAL_DUE} ngày làm việc" in TEXTS["README.vi.md"]


def test_folders_of_the_inbox_are_those_of_the_units() -> None:
    units = {unit.name for unit in load().commune.units if unit.kind != "thon"}
    for text in TEXTS.values():
        assert units <= set(spans(text))


def test_declarations_of_a_commune_have_these_columns() -> None:
    assert {",".join(COLUMNS), ",".join(THON_COLUMNS)} <= set(spans(README))


def test_the_sources_cite_no_text_that_is_not_here() -> None:
    """Whoever reads a comment finds the rule or its reason there, not a paper that he does not have."""
    sources = [path for room in ("flows", "schemas", "benchmarks") for path in (PROJECT / room).rglob("*.py")]
    cited = {text for path in sources for text in re.findall(r"\b\w+\.md\b", path.read_text("utf-8"))}
    assert [text for text in sorted(cited) if not (PROJECT / text).exists()] == []


def test_ci_runs_what_the_readme_says() -> None:
    script = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make \S+", script, re.M)[:2] == ["make lint", "make test"]
