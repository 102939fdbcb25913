"""Everything said to people is plain Vietnamese: no pattern, no type, no English, no word of the program."""

from __future__ import annotations

import ast
import email
import email.policy
import json
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import datetime, time
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from flows.books import contacts
from flows.cli.main import build_app
from flows.notify.tell import write_all
from flows.release.places import MARKED, RECEIPTS
from flows.root import HERE, Root
from schemas import registry
from schemas.datasets import load
from schemas.judgement import judgements_of
from tests.conftest import TODAY, Day
from tests.laws.vietnamese import odd_words

PROJECT = Path(__file__).parents[2]
SOURCES = sorted([*PROJECT.glob("flows/**/*.py"), *PROJECT.glob("schemas/**/*.py")])
MACHINE = re.compile(
    r"[\\^$|*_]|\[\w-\w\]|\(\?|\bNone\b|\bTrue\b|\bFalse\b|\d\{\d|\{\w*\}|Int\d|Utf8|->|::|=="
)


def sentences() -> Iterator[tuple[str, str]]:
    """Where and what: every sentence in Vietnamese that stands in the sources, patterns and words aside."""
    for path in SOURCES:
        if {"sample", "reference", "heading.py"} & {*path.parts}:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        skipped = {id(node) for call in ast.walk(tree) for node in _not_said(call)}
        for node in ast.walk(tree):
            text = _text(node)
            if text and id(node) not in skipped and _is_sentence(text):
                yield f"{path.relative_to(PROJECT)}:{node.lineno}", text  # type: ignore[attr-defined]


def _not_said(node: ast.AST) -> Iterator[ast.AST]:
    """Patterns, docstrings, what clerks write, and the parts of f-strings that are seen as a whole."""
    if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in PATTERNS:
        yield from ast.walk(node)
    if isinstance(node, ast.keyword) and node.arg == "also":
        yield from ast.walk(node)
    if isinstance(node, ast.JoinedStr):
        yield from node.values
    if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
        first = node.body[0]
        if isinstance(first, ast.Expr):
            yield first.value


PATTERNS = ("compile", "contains", "sub", "search", "match", "fullmatch", "findall", "key", "replace_all")


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def _is_sentence(text: str) -> bool:
    toned = unicodedata.normalize("NFD", text) != text or "đ" in text
    return toned and " " in text and text[:1].isupper() | text.startswith(("“", "Ô", "Đ"))


def test_every_sentence_in_the_sources_is_vietnamese() -> None:
    # What is typed, markup, and what templates fill in.
    apart = re.compile(r"`[^`]*`|\[/?\w*\]|\{(?:label|form|example|span|choices)\}")
    found = sorted(set(sentences()))
    assert len(found) > 1000
    odd = {(place, *odd_words(apart.sub(" ", text))) for place, text in found}
    assert {each for each in odd if len(each) > 1} == set()


@pytest.mark.parametrize("dataset", load().values(), ids=lambda dataset: dataset.name)
def test_every_message_of_a_contract_is_plain(dataset) -> None:
    says = {rule.says for rule in judgements_of(dataset)} | {rule.says for rule in dataset.cross}
    for text in says:
        assert odd_words(text) == [], text
        assert not MACHINE.search(text), text
        assert text[-1] in ".?!", text
        assert "ví dụ ." not in text, text
        assert " > " not in text, text


def test_every_message_of_a_day_is_plain(planted: Day) -> None:
    messages = planted.table("faults")["message"].unique().to_list()
    reasons = planted.table("indicators")["reason"].drop_nulls().unique().to_list()
    assert len(messages) > 100
    for text in (*messages, *reasons):
        assert odd_words(text) == [], text
        assert not MACHINE.search(re.sub(r"“[^”]*”", "", text)), text


def is_told(proposal: str) -> bool:
    """Whether it tells what to do: `check` says "ghi" (write) before it, pages "Đề xuất" (proposed)."""
    return (
        proposal.endswith((".", "!", "?"))
        or re.match(r"(?i)(ghi|sửa|nếu|đổi|bỏ|chọn)\b", proposal) is not None
    )


def test_a_proposal_is_what_to_write_and_nothing_else(planted: Day) -> None:
    written = [
        text
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.keyword) and node.arg == "proposal"
        for part in ast.walk(node.value)
        if (text := _text(part))
    ]
    proposed = planted.table("faults")["proposal"].drop_nulls().to_list()
    assert len(proposed) > 10
    assert [text for text in (*written, *proposed) if is_told(text)] == []


class Said(HTMLParser):
    """What a page says to eyes and ears; what people typed, code and file names aside."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.apart: list[str] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.texts += [text for name in ("title", "aria-label") if (text := said.get(name))]
        if tag in ("script", "style", "code", "pre") or said.get("class") == "gia-tri-go":
            self.apart.append(tag)
        if tag == "script" and said.get("id") == "du-lieu":
            self.apart[-1] = "payload"

    def handle_endtag(self, tag: str) -> None:
        if self.apart and self.apart[-1] in (tag, "payload"):
            self.apart.pop()

    def handle_data(self, data: str) -> None:
        if self.apart and self.apart[-1] == "payload":
            fields = json.loads(data)["fields"]
            self.texts += [field["title"] for field in fields]
            self.texts += [
                word for field in fields if field["name"] != "period" for word in field.get("words", ())
            ]
        elif not self.apart:
            self.texts.append(data)


#: Names of peoples, of a browser's language and of a part of Excel, on pages.
NAMES = re.compile(r"Power Query|JavaScript|Hmông|Hrê|Mnông|Ra-glai|Xtiêng|Bru|Brâu|<\?>")


def read_aloud(day: Day) -> dict[str, set[str]]:
    """Every different text of the day's pages, by page; names of files taken out."""
    files = sorted({*day.table("submissions")["file"]}, key=len, reverse=True)
    names = re.compile(
        "|".join(re.escape(Path(file).stem) for file in files) + r"|\S*\.(xlsx|xls|ods|csv|docx|pdf|parquet)"
    )
    found: dict[str, set[str]] = {}
    reports = day.release / "reports"
    # Of the receipts of a unit the first says what all say.
    receipts = [sorted(folder.iterdir())[0] for folder in reports.glob(f"don_vi/*/{RECEIPTS}")]
    for path in (*reports.glob("*.html"), *reports.glob("don_vi/*.html"), *receipts):
        texts = Said(path.read_text("utf-8")).texts
        found[path.name] = {NAMES.sub(" ", names.sub(" ", text)) for text in texts}
    return found


def test_every_page_of_a_day_is_plain(planted: Day) -> None:
    pages = read_aloud(planted)
    assert len(pages) > 100
    seen: set[str] = set()
    for name, texts in sorted(pages.items()):
        for text in texts - seen:
            assert odd_words(text) == [], (name, text)
            unquoted = re.sub(r"“[^”]*”", "", text)
            # The page for those who ask the tables names their columns, and masks stand for what was typed.
            assert name == "phan_tich.html" or not MACHINE.search(
                re.sub(r"[\w.]*\*{3,}[\w.]*", "", unquoted)
            ), (name, text)
        seen |= texts


def test_every_marked_workbook_of_a_day_is_plain(planted: Day) -> None:
    heard = set()
    for path in sorted((planted.release / "reports").glob(f"don_vi/*/{MARKED}/*")):
        with zipfile.ZipFile(path) as box:
            ours = [part for part in box.namelist() if "/dulieuxa" in part and "_rels" not in part]
            for part in ours:
                xml = box.read(part).decode()
                # Files' names and what was typed stand in other columns and lines.
                columns = "AF" if "can_sua" in xml[:2_000] else "D"
                cells = re.findall(r'<c r="([A-Z]+)(\d+)"[^>]*>(?:<is><t[^>]*>([^<]*))?', xml)
                heard |= {unescape(text) for at, row, text in cells if at in columns and int(row) > 3}
    assert len(heard) > 50
    for text in heard:
        said = re.sub(r"“[^”]*”", "", text)
        assert odd_words(said) == [], text
        assert not MACHINE.search(said), text


def test_every_letter_of_a_day_is_plain(planted: Day, tmp_path: Path) -> None:
    contracts, root = registry.load(), Root(tmp_path / "xa")
    people = [f"{unit.name},,{unit.name}@example.org,nguoi_nop," for unit in contracts.commune.units]
    people += [",,k@example.org,ky_su,", ",,c@example.org,chu_tich,", "T99,,k@example.org,nguoi_nop,"]
    root.prepare()
    root.releases.rmdir()
    (root.path / "lien_he.csv").write_text("\n".join([",".join(contacts.COLUMNS), *people]), encoding="utf-8")
    root.releases.symlink_to(planted.root.releases)
    root.latest.symlink_to(Path("releases", planted.release.name))
    write_all(root, contracts, datetime.combine(TODAY, time(9), HERE), tmp_path / "thu")
    heard = set()
    for path in (tmp_path / "thu").iterdir():
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        said, _, _ = mail.get_content().partition("\nTrang của đơn vị:")
        heard |= {*said.splitlines(), str(mail["Subject"])}
    assert len(heard) > 100
    for text in heard:
        plain = re.sub(r"lien_he\.csv|\w+_\w+|raw/inbox|Mã thư: \w+|“[^”]*”", " ", text)
        assert odd_words(plain) == [], text
        assert not MACHINE.search(plain), text


COMMANDS = list(typer.main.get_command(build_app()).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_how_to_use_a_command_is_plain(name: str) -> None:
    text = CliRunner().invoke(build_app(), [*name.split(), "--help"], env={"COLUMNS": "200"}).output
    # What is typed stands as it is typed: options, names of files, values, what stands for an argument.
    said = re.sub("|".join(COMMANDS), " ", text)
    said = re.sub(r"Ví dụ:.*|\S*[/_.=]\S*\w|\{[^}]*\}|\[[A-Z]+\]|\b[A-Z]{2,}\b|--\S+", " ", said)
    assert odd_words(said) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("khong-co", "Không có lệnh khong-co."),
        ("nothing", "Không có lệnh nothing. Có lệnh gần giống: 'notify'."),
        ("roll", "Không có lệnh roll. Có lệnh gần giống: 'roll-up', 'rollback'."),
        ("run --nothing", "Không có tùy chọn --nothing."),
        ("run --date mai", "--date: cần ngày viết như 24/11/2026 hoặc 2026-11-24."),
        ("run --date", "Sau --date phải có giá trị."),
        ("run thua", "Thừa: thua."),
        ("run --plain=1", "Sau --plain không có giá trị nào."),
        ("check", "Thiếu FILE."),
        ("check nothing.xlsx", "FILE: cần đường dẫn của một tệp có thật."),
        ("sample x --persons 3", "--persons: cần một số nguyên từ 100 trở lên."),
        ("template nothing", "Không có bộ dữ liệu nothing;"),
    ],
)
def test_what_is_typed_wrong_is_told_plainly(typed: str, said: str) -> None:
    result = CliRunner().invoke(build_app(), typed.split(), env={"COLUMNS": "400"})
    assert result.exit_code == 2
    assert said in " ".join(result.output.split())
    assert not re.search("Usage|Error|Try|Invalid|Missing", result.output)


def test_no_message_repeats_what_a_person_typed(planted: Day) -> None:
    faults = planted.table("faults").filter(pl.col("value").str.contains(r"\*\*\*"))
    assert faults.height
    assert not faults["message"].str.contains(r"\d{9}").any()


@pytest.mark.parametrize(
    "text", ["Bảng ở sheet 1", "Giá trị null", "Expected Int64", "Lỗi file", "Kiểu string", "row 17", "the ô"]
)
def test_what_must_not_be_said_is_noticed(text: str) -> None:
    assert odd_words(text)
