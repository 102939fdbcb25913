"""Text in encodings before Unicode: told by column, decoded, logged."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
import unicodedata
from pathlib import Path
from types import ModuleType

import pytest

from flows.read import read_file
from flows.read.legacy_fonts import DECODERS, decode_misread, decode_vni, guess_encoding
from schemas.datasets import load
from tests.flows.read.forms import heading_grid, records
from tests.outside import OUTSIDE

DATASETS = load()
_ROOT = Path(__file__).parents[3]
_CORPUS = _ROOT.parent / "shared" / "corpus"

# VISCII and VPS share their letters with Unicode Vietnamese, so that neither words nor letters tell them
# apart; VIQR is plain ASCII. No office program on Windows wrote any of the three.
_IMPOSSIBLE = {"viscii", "vps", "viqr"}


def pairs() -> list[tuple[str, str, str]]:
    path = _CORPUS / "legacy_pairs.tsv"
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8").splitlines()
    rows = list(csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [
        (encoding.upper(), text, meant) for _, encoding, text, meant in rows if encoding not in _IMPOSSIBLE
    ]


@pytest.mark.skipif(not pairs(), reason=OUTSIDE)
def test_decodes_every_known_pair() -> None:
    got = [DECODERS[encoding](text) for encoding, text, _ in pairs()]
    # Some of the expected texts have Ð (U+00D0) for Đ.
    assert got == [meant.replace("\u00d0", "Đ") for *_, meant in pairs()]


@pytest.mark.parametrize(
    ("texts", "encoding"),
    [
        (["Ngäc LÆc", "Hµ Néi"], "TCVN3"),
        (["Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"], "VNI"),
        (["Hà Nam", "Trà Vinh", "Xã", "Huyện"], "Unicode"),
        (["Hà Nam"], None),
        (["Ngọc Lặc"], "Unicode"),
        (["§1", "±5%", "A×B", "m²", "½"], None),
        (["Bùi Văn Mẫu", "Lò Thị Ví Dụ"], "Unicode"),
    ],
)
def test_tells_the_encoding_of_a_column(texts: list[str], encoding: str | None) -> None:
    assert guess_encoding(texts) == encoding


def encoded(text: str, encoding: str) -> str:
    """`text` in a legacy encoding, by turning the decoder round; what it can't write stays."""
    if encoding == "VNI":
        marks = {"\u0300": "ø", "\u0301": "ù", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
        both = {"\u0302": "âàáåãä", "\u0306": "êèéúüë"}
        letters = {"đ": "ñ", "Đ": "Ñ", "ì": "ì", "í": "í", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î"}
        found = []
        for letter in text:
            if letter in letters or letter.isascii():
                found.append(letters.get(letter, letter))
                continue
            base, *signs = unicodedata.normalize("NFD", letter)
            if "\u031b" in signs:
                base, signs = (
                    {"o": "ô", "u": "ö", "O": "Ô", "U": "Ö"}[base],
                    [s for s in signs if s != "\u031b"],
                )
            shape = next((s for s in signs if s in both), None)
            tone = next((s for s in signs if s in marks), None)
            order = [None, "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]
            found.append(base + (both[shape][order.index(tone)] if shape else marks[tone] if tone else ""))
        return "".join(found)
    table = {}
    for code in range(0xA1, 0x100):
        table.setdefault(DECODERS["TCVN3"](chr(code)), chr(code))
    return "".join(table.get(letter, table.get(letter.lower(), letter)) for letter in text)


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
@pytest.mark.parametrize("name", ["dan_cu", "doanh_nghiep", "thanh_toan"])
def test_reads_a_legacy_form_as_its_unicode_twin(name: str, encoding: str) -> None:
    dataset = DATASETS[name]
    grid = [*heading_grid(dataset), *([n, *row] for n, row in enumerate(records(dataset, 6), 1))]
    docs = []
    for rows in (grid, [[encoded(c, encoding) if isinstance(c, str) else c for c in row] for row in grid]):
        target = io.StringIO()
        csv.writer(target).writerows(rows)
        docs.append(read_file(target.getvalue().encode(), "a.csv", DATASETS))
    assert docs[1].problems == ()
    assert docs[1].tables[0].cells.equals(docs[0].tables[0].cells)
    assert set(docs[1].tables[0].changes["change"]) == {"bang_ma"}
    assert docs[0].tables[0].changes.is_empty()


def test_repairs_utf8_that_was_read_as_windows_1252() -> None:
    assert decode_misread("Ngọc Lặc".encode().decode("latin-1")) == "Ngọc Lặc"
    assert decode_misread("Hà Nam") == "Hà Nam"


@pytest.mark.parametrize("letter", "ẳẵặằắẩẫậầấỷỹỵ")
def test_vni_has_the_letters_that_libraries_forget(letter: str) -> None:
    assert decode_vni(encoded(letter, "VNI")) == letter


def benchmark(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("reader_benchmark", _ROOT / "benchmarks" / "reader.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(not _CORPUS.exists(), reason=OUTSIDE)
def test_reads_real_sheets_right(monkeypatch: pytest.MonkeyPatch) -> None:
    module = benchmark(monkeypatch)
    wrong = [
        f"{case.file.name} [{case.sheet}]"
        for case in module.cases(_CORPUS)
        if not case.right(module.ours(case))
    ]
    assert wrong == []
