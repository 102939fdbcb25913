"""Damaged text files: every physical line is a record, left out with a reason, or named in a fault."""

from __future__ import annotations

import csv
import io
import re
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.read import read_file
from flows.read.table import ReadFile
from schemas.datasets import load

DATASETS = load()
TITLE = "BÁO CÁO THÁNG 11 NĂM 2026"
HEADING = "STT,Ngày phản ánh,Nhà mạng,Nội dung,Trạng thái,Ngày giải quyết"


def line(number: int, text: str = "Mất sóng") -> str:
    return f"{number},0{number}/11/2026,Viettel,{text} {number},Đã giải quyết,0{number}/11/2026"


LINES = [TITLE, HEADING, *map(line, range(1, 6))]


def read(*lines: str, ends: str = "\n") -> ReadFile:
    return read_file("".join(each + ends for each in lines).encode(), "a.csv", DATASETS)


def texts(doc: ReadFile) -> dict[int, str]:
    """The text of each record, by its line."""
    (table,) = doc.tables
    return dict(table.cells.select("_row", "noi_dung.typed").iter_rows())


def told(doc: ReadFile) -> list[tuple[int | None, str]]:
    return [(one.row, one.severity) for one in doc.problems]


def with_line(number: int, text: str) -> list[str]:
    """The lines, of which one (from 1) is another."""
    return [*LINES[: number - 1], text, *LINES[number:]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (line(2, '"Mất sóng'), '"Mất sóng 2'),
        (line(2, 'Nói là "mất sóng"'), None),
        (line(2, 'Ống 5" nước'), None),
        ('2,02/11/2026,Viettel,"Mất sóng, yếu",Đã giải quyết,02/11/2026', "Mất sóng, yếu"),
        ('2,02/11/2026,Viettel,"Nói ""mất"" sóng",Đã giải quyết,02/11/2026', 'Nói "mất" sóng'),
        (r'2,02/11/2026,Viettel,"Nói \"mất, sóng\"",Đã giải quyết,02/11/2026', 'Nói "mất, sóng"'),
        ('2,02/11/2026,Viettel, "Mất sóng, yếu" ,Đã giải quyết,02/11/2026', "Mất sóng, yếu"),
        ('2,02/11/2026,Viettel,"Mất"sóng,Đã giải quyết,02/11/2026', '"Mất"sóng'),
    ],
)
def test_a_quote_harms_no_other_line(text: str, said: str | None) -> None:
    doc = read(*with_line(4, text))
    expected = said or text.split(",")[3]
    assert texts(doc) == {n: expected if n == 4 else f"Mất sóng {n - 2}" for n in range(3, 8)}
    broken = expected.startswith('"')
    assert told(doc) == ([(4, "canh_bao")] if broken else [])


def test_all_cells_in_apostrophes() -> None:
    rows = [HEADING, *map(line, range(1, 4)), "4,04/11/2026,Viettel,A; B, C,Mới,"]
    quoted = ["'" + "','".join(each.split(",", 5)) + "'" for each in rows[:-1]]
    doc = read(TITLE, *quoted, "'4','04/11/2026','Viettel','Mất sóng, ''yếu''','Mới',''")
    assert texts(doc)[6] == "Mất sóng, 'yếu'"
    assert told(doc) == []


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_cell_of_several_lines_stays_one_cell(ends: str) -> None:
    text = f'2,02/11/2026,Viettel,"Thôn Một, xã A{ends}Mất sóng, yếu{ends}cả đêm",Mới,'
    doc = read(*with_line(4, text), ends=ends)
    assert texts(doc)[4] == "Thôn Một, xã A\nMất sóng, yếu\ncả đêm"
    assert [*texts(doc)] == [3, 4, 7, 8, 9]
    assert doc.rows["row"].to_list() == [*range(1, 10)]
    assert doc.rows.filter(pl.col("row").is_in([5, 6]))["role"].to_list() == ["tiep", "tiep"]
    assert told(doc) == []


def test_a_cell_that_hides_records_is_held_line_by_line() -> None:
    first, last = line(2, '"Mất sóng'), line(4).replace(" 4,", ' 4",')
    doc = read(*LINES[:3], first, line(3), last, line(5))
    assert [*texts(doc)] == [3, 7]
    assert told(doc) == [(number, "chan") for number in (4, 5, 6)]
    assert doc.rows["role"].to_list()[3:6] == ["ngoai_bang"] * 3


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (line(2, "Mất sóng, yếu"), "chan"),
        ("2,02/11/2026,Viettel", "canh_bao"),
        (line(2).replace("sóng", "s\0ng"), "chan"),
        (line(2).replace("sóng", "s\ufffdng"), "chan"),
    ],
)
def test_a_line_that_can_not_be_trusted_is_told(text: str, severity: str) -> None:
    doc = read(*with_line(4, text))
    assert [*texts(doc)] == ([3, 5, 6, 7] if severity == "chan" else [3, 4, 5, 6, 7])
    assert told(doc) == [(4, severity)]


@pytest.mark.parametrize("encoding", ["cp1258", "cp1252"])
def test_a_line_in_another_encoding_is_decoded_and_told(encoding: str) -> None:
    shown = {"cp1258": "Hà Nội", "cp1252": "MÊt sãng Ng« Xu©n S¬n"}[encoding]
    text = line(2, shown).replace("Đã giải quyết", "Moi")
    odd = text.encode(encoding, "replace") if encoding == "cp1252" else _to_1258(text)
    data = b"\n".join(odd if number == 4 else each.encode() for number, each in enumerate(LINES, 1)) + b"\n"
    doc = read_file(data, "a.csv", DATASETS)
    assert texts(doc)[4] == {"cp1258": "Hà Nội 2", "cp1252": "Mất sóng Ngô Xuân Sơn 2"}[encoding]
    assert told(doc) == [(4, "canh_bao")]


def _to_1258(text: str) -> bytes:
    """As Windows writes it: letters with their shape, tones behind them."""
    tones = str.maketrans({"à": "a\u0300", "ộ": "ô\u0323", "ấ": "â\u0301", "ó": "o\u0301"})
    return text.translate(tones).encode("cp1258")


def test_a_file_in_one_code_page_is_not_told() -> None:
    rows = [HEADING, *(line(number, "Hà Nội").replace("Đã giải quyết", "Mới") for number in range(1, 6))]
    doc = read_file("\n".join(rows).translate(_TO_1258).encode("cp1258") + b"\n", "a.csv", DATASETS)
    assert set(texts(doc).values()) == {f"Hà Nội {number}" for number in range(1, 6)}
    assert told(doc) == []


_TO_1258 = str.maketrans(
    {
        **{"à": "à", "ộ": "ô\u0323", "ớ": "ơ\u0301", "ả": "a\u0309", "ạ": "a\u0323", "ế": "ê\u0301"},
        **{"ạ": "a\u0323", "ã": "a\u0303", "ấ": "â\u0301", "ó": "ó", "ọ": "o\u0323"},
    }
)


def test_one_line_that_ends_otherwise_is_told() -> None:
    data = "".join(each + ("\r" if number == 4 else "\r\n") for number, each in enumerate(LINES, 1)).encode()
    doc = read_file(data, "a.csv", DATASETS)
    assert [*texts(doc)] == [3, 4, 5, 6, 7]
    assert told(doc) == [(4, "canh_bao")]


@pytest.mark.parametrize("cut", range(1, 70))
def test_a_file_cut_in_its_last_line_loses_nothing_in_silence(cut: int) -> None:
    whole = "\n".join([*LINES[:-1], '5,05/11/2026,Viettel,"Mất sóng, yếu 5",Đã giải quyết,05/11/2026'])
    data = whole.encode()[:-cut]
    doc = read_file(data, "a.csv", DATASETS)
    assert [*texts(doc)][:4] == [3, 4, 5, 6]
    if 7 in texts(doc):
        # All six cells are there: only the last one may be shorter.
        assert whole.encode()[: len(data)].rpartition(b",")[0].count(b",") >= 5
    elif doc.rows.height == 7:
        assert (7, "chan") in told(doc)


def test_the_number_of_columns_follows_the_many_not_the_one() -> None:
    # Millions of cells of one late line would make a frame of billions.
    data = "\n".join([*LINES, *map(str, range(5_000)), "x," * 400_000, line(6)]).encode()
    doc = read_file(data, "a.csv", DATASETS)
    assert 5_008 in [one.row for one in doc.problems if one.severity == "chan"]
    assert texts(doc)[5_009] == "Mất sóng 6"


def test_a_line_that_names_its_separator_is_counted() -> None:
    doc = read("sep=;", *(each.replace(",", ";") for each in LINES))
    assert doc.rows["row"].to_list() == [*range(1, 9)]
    assert [*texts(doc)] == [4, 5, 6, 7, 8]


def _written(random: Random) -> str:
    """Records of which each has its own mark in the column of texts; some cells go over several lines."""
    target = io.StringIO()
    writer = csv.writer(
        target, delimiter=random.choice(",;\t"), lineterminator="\n", quoting=random.choice([0, 0, 1])
    )
    writer.writerow([TITLE])
    writer.writerow(HEADING.split(","))
    for number in range(1, random.randint(3, 14)):
        extra = random.choice(["", "", "", ", yếu", ' "mạnh"', "\nở đầu thôn", "; cả\nđêm, ngày", ",x", "\n"])
        day = f"{random.randint(1, 9):02}/11/2026"
        writer.writerow(
            [number, day, "Viettel", f"Mốc{chr(64 + number) * 3}{extra}", "Mới", random.choice(["", day])]
        )
    return target.getvalue()


def _damaged(text: str, random: Random) -> str:
    for _ in range(random.choice([1, 1, 2, 4])):
        at = random.randrange(len(text))
        kind = random.random()
        if kind < 0.4:
            text = text[:at] + '"' + text[at:]
        elif kind < 0.7 and '"' in text:
            at = random.choice([found.start() for found in re.finditer('"', text)])
            text = text[:at] + random.choice(["", '""', '\\"', "'"]) + text[at + 1 :]
        elif kind < 0.8:
            text = text[:at] + random.choice("\0\r,;'") + text[at:]
        elif kind < 0.9:
            text = text[:at] + text[at + 1 :]
        else:
            text = text[: max(at, len(text) * 2 // 3)]
    return text


def _unaccounted(text: str, doc: ReadFile) -> list[int]:
    """The lines with a mark that are not in its record alone, nor left out, nor named in a fault."""
    roles = dict(doc.rows.select("row", "role").iter_rows())
    records = {
        row: said for table in doc.tables for row, said in table.cells.select("_row", _SAID).iter_rows()
    }
    named = {one.row for one in doc.problems}
    named |= {one.row + 1 for one in doc.problems if one.row and "phần sau" in one.message}
    lost = []
    start, before = 1, False
    for number, content in enumerate(re.split("\r\n|\r|\n", text), 1):
        if roles.get(number) != "tiep":
            start, before = number, False
        marks = _MARK.findall(content)
        told = number in named or start in named or roles.get(number) in _LEFT_OUT
        alone = not before and len(marks) == 1 and marks[0] in (records.get(start) or "")
        if marks and not told and not alone:
            lost.append(number)
        before |= bool(marks)
    return lost


_MARK = re.compile("Mốc(?:AAA|BBB|CCC|DDD|EEE|[F-Z]{3})")
# Whether a cell stands in the right column is for the rules to tell.
_SAID = pl.concat_str(pl.selectors.ends_with(".typed"), ignore_nulls=True)
_LEFT_OUT = {"tieu_de", "dau_cot", "so_cot", "nhom", "tong", "cuoi", "trong"}


@settings(max_examples=200, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_however_its_quotes_are_damaged_every_line_is_accounted_for(seed: int) -> None:
    random = Random(seed)
    text = _damaged(_written(random), random)
    doc = read_file(text.encode(), "a.csv", DATASETS)
    if not doc.tables:
        assert any(one.severity == "chan" for one in doc.problems)
        return
    lines = re.split("\r\n|\r|\n", re.sub("(?:\r\n|\r|\n)\\Z", "", text))
    assert doc.rows["row"].to_list() == [*range(1, len(lines) + 1)]
    assert _unaccounted(text, doc) == []


@settings(max_examples=150, derandomize=True, deadline=None)
@given(seed=st.integers(0, 2**40))
def test_a_text_that_follows_the_rules_is_read_as_written(seed: int) -> None:
    text = _written(Random(seed))
    doc = read_file(text.encode(), "a.csv", DATASETS)
    separator = "\t" if "\t" in text else ";" if "STT;" in text or '"STT";' in text else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))[2:]
    hidden = [one for one in doc.problems if one.code == "tep.dong_hong"]
    if not hidden:
        assert [said.strip() for said in texts(doc).values()] == [row[3].strip() for row in rows]
