"""Text in encodings before Unicode: told by its words, decoded cell by cell, logged."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.read import read_file
from flows.read.legacy_fonts import DECODERS, decode_misread, decode_vni
from flows.read.recode import to_unicode
from flows.read.sheet import plain_sheet
from schemas.datasets import load
from tests.flows.read.forms import form, heading_grid, records
from tests.flows.read.legacy import any_name, encoded, mixed_column
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


def recode(*texts: str, beside: Sequence[str] = ()) -> tuple[list[str], list[int]]:
    """The cells of a column after decoding, and the rows of those in doubt; `beside` is the next column."""
    height = max(len(texts), len(beside))
    columns = [[*cells, *[None] * (height - len(cells))] for cells in (texts, beside)]
    found = to_unicode(plain_sheet("Trang", columns))
    return [str(row[0]) for row in found.sheet.rows(0, len(texts))], [
        row for row, at in found.doubtful if not at
    ]


@pytest.mark.parametrize(
    ("texts", "meant"),
    [
        (["Ngäc LÆc", "Hµ Néi"], ["Ngọc Lặc", "Hà Nội"]),
        (
            ["Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam"],
            ["Cộng hòa xã hội chủ nghĩa Việt Nam"],
        ),
        (["Hà Nam", "Trà Vinh", "Xã", "Huyện"], None),
        (["Hà Nam"], None),
        (["Ngọc Lặc"], None),
        (["§1", "±5%", "A×B", "m²", "½"], None),
        (["Bùi Văn Mẫu", "Lò Thị Ví Dụ"], None),
        # Foreign and misspelt words in Unicode.
        (["Café Müller", "Citroën", "Hué", "São Paulo", "El Niño", "Nestlé", "môt thôn", "THôN CAO"], None),
        (["Giàng A Pó", "Sùng Thị Dợ", "Lò Văn Ón", "Đắk Lắk", "Bắc Kạn", "Mường Lát"], None),
        # Legacy cells among Unicode ones.
        (["Vuõ Thò Phuùc", "Hoàng Văn Thắng"], ["Vũ Thị Phúc", "Hoàng Văn Thắng"]),
        (["Vò ThÞ Phóc", "Lê Công Tâm", "Bùi Thị Hằng"], ["Vũ Thị Phúc", "Lê Công Tâm", "Bùi Thị Hằng"]),
        # Fonts of capitals: the capitals of .VnTimeH are typed in small letters.
        (["Vò THÞ PHóC", "vò thÞ phóc"], ["VŨ THỊ PHÚC", "vũ thị phúc"]),
        (["Ph¹m ThÞ Ngäc ¸nh"], ["Phạm Thị Ngọc ánh"]),
        # Both in one cell.
        (["Nguyễn Vaên Sôn", "Buøi Thị Sôn"], ["Nguyễn Văn Sơn", "Bùi Thị Sơn"]),
        (["Nguyá»…n VÄƒn A", "Vuõ Thò Phuùc"], ["Nguyễn Văn A", "Vũ Thị Phúc"]),
    ],
)
def test_decodes_each_cell_by_its_words(texts: list[str], meant: list[str] | None) -> None:
    assert recode(*texts) == (meant or texts, [])


@pytest.mark.parametrize(
    ("texts", "unsure"),
    [
        # Hoàng in Unicode, Hồng in VNI.
        (["Hoàng Lan", "Vuõ Thò Phuùc", "Bùi Thị Hằng"], [0]),
        # Nothing but its words says that this is TCVN3.
        (["Vò Minh Tó", "Bùi Thị Hằng"], [0]),
        (["Cao Hoàng", "Nguyễn Hoaøng Pieáu", "Ngoâ Hoàng"], [0, 2]),
    ],
)
def test_a_cell_that_nothing_settles_stays_and_is_told(texts: list[str], unsure: list[int]) -> None:
    cells, doubtful = recode(*texts)
    assert [cells[row] for row in unsure] == [texts[row] for row in unsure]
    assert doubtful == unsure


def test_a_doubtful_cell_of_a_record_is_a_fault_without_the_name() -> None:
    rows = records(DATASETS["dan_cu"], 3)
    for row, name in zip(rows, ["Hoàng Lan", "Vuõ Thò Phuùc", "Bùi Thị Hằng"], strict=True):
        row[[column.name for column in DATASETS["dan_cu"].columns].index("ho_ten")] = name
    doc = read_file(form(DATASETS["dan_cu"], rows), "a.xlsx", DATASETS)
    (problem,) = doc.problems
    assert (problem.code, problem.dataset, problem.value) == ("tep.bang_ma", "dan_cu", None)
    assert "Hoàng" not in problem.message
    assert doc.tables[0].changes["after"].to_list() == ["Vũ Thị Phúc"]


def test_a_table_in_one_encoding_needs_no_question() -> None:
    texts = ["Hoàng Lan", "Ñaëng Vaên Huøng", "Phaïm Vaên Hoïc", "Leâ Vaên Taùm", "Buøi Haèng", "Traàn Ba"]
    assert recode(*texts)[0][0] == "Hồng Lan"
    assert recode(*texts, beside=["Họ tên"])[1] == [0]


@pytest.mark.parametrize("count", [5_000, pytest.param(20_000, marks=pytest.mark.slow)])
def test_legacy_cells_among_unicode_ones_are_decoded_or_told(count: int) -> None:
    random = Random(20261128)
    seen = asked = 0
    while seen < count:
        column = mixed_column(random)
        cells, doubtful = recode(*column.typed, beside=["Họ và tên", "Chủ hộ", "Vợ"])
        seen, asked = seen + len(cells), asked + len(doubtful)
        wrong = [
            (typed, cell, meant)
            for row, (typed, cell, meant) in enumerate(zip(column.typed, cells, column.meant, strict=True))
            if row not in doubtful and unicodedata.normalize("NFC", cell).lower() != meant.lower()
        ]
        assert wrong == []
    assert asked < 0.05 * seen


@settings(max_examples=300, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_a_column_in_unicode_stays_as_it_is(seed: int) -> None:
    random = Random(seed)
    names = [any_name(random) for _ in range(random.randint(1, 40))]
    assert recode(*names) == (names, [])


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
