"""A record outside its table, or in one cell of it, is held and told, never left out in silence."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any
from unicodedata import normalize

import polars as pl
import xlsxwriter

from flows.read import read_file
from flows.read.tables import astray, row_words
from schemas.datasets import load
from tests.flows.read.forms import heading_grid, records
from tests.flows.read.layouts import Laid, to_xlsx

DATASETS = load()
TITLE = ["BÁO CÁO THÁNG 11 NĂM 2026"]
SEPARATORS = [",", ";", "\t", "|"]
Grid = list[Sequence[Any]]


def to_csv(grid: Grid, separator: str = ",") -> bytes:
    target = io.StringIO()
    csv.writer(target, delimiter=separator, lineterminator="\n").writerows(grid)
    return target.getvalue().encode()


def to_book(grid: Grid) -> bytes:
    cells = {(r, c): cell for r, row in enumerate(grid) for c, cell in enumerate(row) if cell is not None}
    return to_xlsx(Laid(DATASETS["dan_cu"], cells))


def numbered(name: str, count: int, random: Random) -> Grid:
    """Records of a dataset in any order, as after sorting; sometimes without a number."""
    rows = [[n, *row] for n, row in enumerate(records(DATASETS[name], count), 1)]
    random.shuffle(rows)
    return [*rows]


def held(data: bytes) -> list[int]:
    """The rows that are held; exactly those must be told, by the problem that blocks them."""
    found = read_file(data, "bao_cao_thang_11_2026", DATASETS)
    rows = found.rows.filter(role="ngoai_bang")["row"].to_list()
    told = [one for one in found.problems if one.code == "tep.dong_sot"]
    assert {one.severity for one in found.problems} <= {"chan"}
    assert [one.row for one in told] == rows[:1]
    assert all(f"{len(rows)} dòng" in one.message and str(rows[-1]) in one.message for one in told)
    return rows


def each_dataset() -> Iterator[tuple[Grid, Grid, Random]]:
    """For each dataset its heading, four records, and what chooses the place of the odd one."""
    for name, dataset in DATASETS.items():
        random = Random(name)
        yield [*heading_grid(dataset)], numbered(name, 4, random), random


def test_records_above_the_heading_are_held() -> None:
    for heading, rows, random in each_dataset():
        title, above = random.choice([[], [TITLE], [TITLE, []]]), random.randint(1, 4)
        data = random.choice([to_book, to_csv])([*title, *rows[:above], *heading, *rows[above:]])
        assert held(data) == [len(title) + n for n in range(1, above + 1)]


def test_a_record_in_one_cell_is_held() -> None:
    for heading, rows, random in each_dataset():
        between, at = random.choice([*SEPARATORS, "\n", "   "]), random.randrange(4)
        texts = [str(cell or ("x" if between == "   " else "")) for cell in rows[at]]
        rows[at] = [between.join(texts)]
        assert held(to_book([TITLE, *heading, *rows])) == [len(heading) + at + 2]


def test_a_line_with_another_separator_than_its_file_is_held() -> None:
    for heading, rows, random in each_dataset():
        separator, other = random.sample(SEPARATORS, 2)
        lines, at = to_csv([TITLE, *heading, *rows], separator).decode().splitlines(), random.randrange(4)
        line = lines[len(heading) + at + 1]
        lines[len(heading) + at + 1] = random.choice([line.replace(separator, other), f'"{line}"'])
        assert held("\n".join([*lines, ""]).encode()) == [len(heading) + at + 2]


def test_a_record_beside_the_table_is_held() -> None:
    for heading, rows, random in each_dataset():
        at, gap = random.randrange(4), [None] * (len(heading[-1]) + random.randrange(3))
        rows[at] = [*gap, *rows[at][random.randrange(2) :]]
        assert held(random.choice([to_book, to_csv])([TITLE, *heading, *rows])) == [len(heading) + at + 2]


def test_what_closes_or_opens_a_table_is_not_held() -> None:
    above = [
        ["UBND XÃ MẪU", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
        ["Đơn vị:", "Phố 1", "Tháng", 11, "Năm", 2026],
        ["Ví dụ", *records(DATASETS["ho_gia_dinh"], 9)[8]],
        ["Danh sách gồm: 3 hộ; 12 nhân khẩu; lập tháng 11; xã Mẫu"],
        [],
    ]
    below = [
        [],
        ["Ghi chú: Cáp quang, di động, vệ tinh; x là có; 0, 1 hay để trống là không"],
        *([None] * 9 + row for row in (["Người lập", None, "Chủ tịch"], ["Bùi Văn Mẫu", None, "Hà Thị Mẫu"])),
        ["Nơi nhận: - UBND xã; - Lưu: VT, VP"],
    ]
    for write in (to_book, to_csv):
        rows = numbered("ho_gia_dinh", 3, Random(1))
        assert held(write([*above, *heading_grid(DATASETS["ho_gia_dinh"]), *rows, *below])) == []


def test_the_quick_test_lets_no_example_pass() -> None:
    words = ("ví dụ", "vi du", "vd", "minh họa", "example", "mẫu", "dòng mẫu", "bản mẫu", "làm mẫu")
    before, after = ("", "(", "* ", "\u00a0", "“"), ("", ":", ": Hà Văn Mẫu", " 1:", ") Hà Văn Mẫu", ".")
    within = [f"{a}{word}{b}" for word in words for a in before for b in after]
    typed = [*within, *map(str.upper, within), *(f"Hà ({word})" for word in words)]
    texts = [normalize(form, each) for form in ("NFC", "NFD") for each in typed]
    examples = pl.Series([text for text in texts if row_words.is_example_number(text)])
    assert len(examples) > 300
    assert [text for text in examples if not re.match(astray._EXAMPLE, text)] == []
    assert examples.str.contains(f"^(?:{astray._EXAMPLE})").all()
    assert not re.match(astray._EXAMPLE, "Viettel")


def test_an_example_among_records_is_left_out_and_told() -> None:
    heading = heading_grid(DATASETS["ho_gia_dinh"])
    one, *rows = records(DATASETS["ho_gia_dinh"], 4)
    code, name, *rest = one
    for line, is_example in (
        (["Ví dụ", *one], True),
        (["VD:", *one], True),
        (["Mẫu", *one], True),
        ([1, code, f"Ví dụ: {name}", *rest], True),
        ([1, code, f"{name} (ví dụ)", *rest], True),
        ([1, code, "Mẫu", *rest], False),
        ([1, code, "Vĩ Văn Mẫu", *rest], False),
        ([1, *one], False),
    ):
        for at in (0, 3):
            body = [[n, *row] for n, row in enumerate(rows, 2)]
            body.insert(at, line)
            found = read_file(to_csv([*heading, *body]), "a.csv", DATASETS)
            row = len(heading) + at + 1
            assert [(one.code, one.row) for one in found.problems] == [("tep.dong_vi_du", row)] * is_example
            assert found.tables[0].cells["_row"].is_in([row]).any() != is_example


def test_the_rest_of_a_broken_line_is_told() -> None:
    heading = heading_grid(DATASETS["phan_anh_ha_tang"])
    rows = [[n, *row] for n, row in enumerate(records(DATASETS["phan_anh_ha_tang"], 3), 1)]
    for odd, is_told in (
        (["03/11/2026"], True),
        ([*[None] * 7, "12,5"], True),
        (["(tiếp)"], False),
        ([2], False),
    ):
        grid = [*heading, rows[0], odd, *rows[1:]]
        found = read_file(to_csv(grid), "a.csv", DATASETS)
        told = [(one.code, one.severity, one.row) for one in found.problems if one.code == "tep.dong_sot"]
        assert told == [("tep.dong_sot", "canh_bao", len(heading) + 2)] * is_told
        assert found.tables[0].cells.height == 3


def test_very_long_lines_and_very_many_lines_in_one_cell_are_no_harm() -> None:
    heading = heading_grid(DATASETS["phan_anh_ha_tang"])
    rows = [[n, *row] for n, row in enumerate(records(DATASETS["phan_anh_ha_tang"], 3), 1)]
    for junk in ("a" + " " * 30_000 + "b", "," * 200_000, "a, " * 60_000):
        found = read_file(to_csv([[junk], *heading, *rows, [junk]]), "a.csv", DATASETS)
        assert found.tables[0].cells.height == 3
    packed = [[";".join(map(str, rows[0]))]] * 700
    found = read_file(to_csv([*heading, *rows, *packed]), "a.csv", DATASETS)
    assert found.rows.filter(role="ngoai_bang").height == 700
    assert [one.message[:8] for one in found.problems] == ["700 dòng"]


def to_sheets(*sheets: tuple[str, Grid], hidden: bool = False) -> bytes:
    """A workbook of these sheets; all but the first are hidden if so wanted."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        for number, (name, grid) in enumerate(sheets):
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    sheet.write(row, column, cell)
            if number and hidden:
                sheet.hide()
    return target.getvalue()


def test_records_on_a_sheet_without_a_heading_are_held() -> None:
    tops: list[Grid] = [[], [["(tiếp theo)"]], [TITLE, []]]
    for turn, (name, dataset) in enumerate(DATASETS.items()):
        rows = [[n, *row] for n, row in enumerate(records(dataset, 5), 1)]
        first = [TITLE, *heading_grid(dataset), *rows[:2]]
        above, hidden = tops[turn % 3], turn % 2 == 1
        book = to_sheets(("Trang 1", first), ("Trang 2", [*above, *rows[2:]]), hidden=hidden)
        found = read_file(book, "bao_cao.xlsx", DATASETS)
        assert [table.cells.height for table in found.tables] == [2]
        (told,) = [each for each in found.problems if each.sheet == "Trang 2"]
        assert (told.code, told.severity, told.dataset) == ("tep.dong_sot", "chan", name)
        assert told.row == len(above) + 1
        assert "3 dòng của trang tính “Trang 2”" in told.message
        assert ("(đang ẩn)" in told.message) == hidden


def test_a_sheet_without_a_heading_that_holds_no_records_is_told_only_if_its_rows_are_full() -> None:
    dataset = DATASETS["moi_truong"]
    first = [TITLE, *heading_grid(dataset), *([n, *row] for n, row in enumerate(records(dataset, 3), 1))]
    quiet: list[Grid] = [
        [["HƯỚNG DẪN"], ["1. Ghi tên thôn như trong danh mục."], ["2. Cột 3 tính bằng tấn, ví dụ 12,5."]],
        [["Phố 1"], ["Phố 2"], ["Phố 3"], ["Phố 4"]],
        [["Có"], ["Không"]],
        [["Ví dụ", *records(dataset, 1)[0]]],
    ]
    for grid in quiet:
        found = read_file(to_sheets(("Biểu", first), ("Khác", grid)), "bao_cao.xlsx", DATASETS)
        assert [each for each in found.problems if each.sheet == "Khác"] == [], grid
    full = [[n, n * 23, n * 3.5, n * 41] for n in (12, 17, 19)]
    found = read_file(to_sheets(("Biểu", first), ("Khác", full)), "bao_cao.xlsx", DATASETS)
    (told,) = [each for each in found.problems if each.sheet == "Khác"]
    assert (told.code, told.severity) == ("tep.khong_ro_bo_du_lieu", "canh_bao")
    assert "3 dòng" in told.message
