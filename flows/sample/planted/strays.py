"""Makes bad files that come after good ones; each has one fault, none replaces a good submission."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from flows.sample.files.cells import SampleSheet
from flows.sample.files.dropped import Dropped, make_file
from flows.sample.files.filing import name_file
from flows.sample.files.habits import pick_habits
from flows.sample.files.mishap import NONE, Mishap
from flows.sample.files.ods import pack_text
from flows.sample.files.xlsx import write_xlsx
from flows.sample.submission import SampleSubmission
from flows.sample.world import World
from schemas.periods import period

#: The good submission of each unit and dataset for the latest period.
Good = Mapping[tuple[str, str], SampleSubmission]

_LATER = timedelta(minutes=25)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DOCX = {
    "[Content_Types].xml": (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/word/document.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="word/document.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
    ),
    "word/document.xml": (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<w:document xmlns:w="{_W}"><w:body><w:p><w:r><w:t>Báo cáo mẫu, do máy đặt ra.</w:t></w:r></w:p>'
        "</w:body></w:document>"
    ),
}
_PDF = b"%PDF-1.4\n% MAU\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def make_strays(world: World, good: Good) -> Iterator[Dropped]:
    """Yield the bad files, each a little later than the unit's good one."""
    yield from _no_tables(world, good)
    yield from _refused_forms(world, good)


def _no_tables(world: World, good: Good) -> Iterator[Dropped]:
    """Yield a Word file, a PDF, a truncated workbook, an empty file, and a workbook that is not a form."""
    first, second, third, fourth = world.rng("strays").sample(
        [submission for (_, name), submission in good.items() if name == "ho_gia_dinh"], 4
    )
    yield _drop_last(good, first, "MAU bao cao ho gia dinh (Word).docx", _docx()).bears(
        "tep.khong_phai_bang_tinh"
    )
    yield _drop_last(good, second, "MAU_ban_quet_co_dau.pdf", _PDF).bears("tep.khong_phai_bang_tinh")
    whole = make_file(world, third).data
    yield _drop_last(good, third, "MAU_ho_gia_dinh_gui_loi_mang.xlsx", _truncate(whole)).bears(
        "tep.khong_mo_duoc"
    )
    yield _drop_last(good, fourth, "MAU_ho_gia_dinh_tep_rong.xlsx", b"").bears("tep.khong_mo_duoc")
    office = good["van_phong", "ho_so_cong_viec"]
    yield _drop_last(good, office, "MAU lich truc co quan.xlsx", write_xlsx(_rota())).bears(
        "tep.khong_ro_bo_du_lieu"
    )


def _drop_last(good: Good, submission: SampleSubmission, name: str, data: bytes) -> Dropped:
    """A file without a recognizable dataset, after all others of the unit: a later good file would fix it."""
    last = max(other.received for (unit, _), other in good.items() if unit == submission.unit)
    return Dropped(submission.unit, name, last + _LATER, data)


def _refused_forms(world: World, good: Good) -> Iterator[Dropped]:
    """Yield forms of a wrong unit or period, without records, or with a missing or duplicated column."""
    teams, payments = good["van_hoa_xa_hoi", "to_cong_nghe_so"], good["kinh_te", "thanh_toan"]
    hamlet = world.rng("wrong unit").choice(world.commune.thon).code
    own = [row for row in teams.rows if row["thon"] == hamlet]
    yield _copy(world, replace(teams, unit=hamlet, rows=own), "gui nham").bears("tep.sai_don_vi")
    lacking = Mishap(without="loai")
    yield _copy(world, payments, "thieu cot", lacking).bears("tep.thieu_cot")
    work = good["van_phong", "ho_so_cong_viec"]
    yield _copy(world, work, "hai cot ngay", Mishap(twice="ngay_tao"))
    next_year = period(teams.dataset, f"{world.today.year + 1}-06")
    ahead = replace(teams, period=next_year)
    yield _copy(world, ahead, "ky toi").bears("tep.khong_ro_ky")
    older = replace(teams, period=world.periods(teams.dataset.name)[0])
    other = name_file(world, older, pick_habits(world, teams))
    yield make_file(world, _after(teams), name=_add_to_name(other, "ten cu")).bears("tep.khac_ky")
    empty = world.rng("hollow").choice([h for (_, name), h in good.items() if name == "ho_gia_dinh"])
    yield _copy(world, replace(empty, rows=[]), "chua nhap").bears("tep.khong_co_dong")


def _after(submission: SampleSubmission) -> SampleSubmission:
    return replace(submission, received=submission.received + _LATER)


def _copy(world: World, submission: SampleSubmission, why: str, mishap: Mishap = NONE) -> Dropped:
    name = name_file(world, submission, pick_habits(world, submission))
    return make_file(world, _after(submission), mishap, name=_add_to_name(name, why))


def send_again(dropped: Dropped) -> Dropped:
    """The same bytes again, a little later and with another name."""
    name = _add_to_name(dropped.name, "nop lai")
    return Dropped(dropped.unit, name, dropped.received + _LATER, dropped.data).bears("tep.nop_lai_y_het")


def _add_to_name(name: str, what: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem} ({what}).{ending}"


def _docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in _DOCX.items():
            pack_text(name, text, archive)
    return buffer.getvalue()


def _truncate(data: bytes) -> bytes:
    """The beginning of a file whose transfer was interrupted."""
    return b"PK\x03\x04" + data[4 : len(data) * 2 // 3]


def _rota() -> SampleSheet:
    sheet = SampleSheet("Truc", 3)
    sheet.add("title", ["LỊCH TRỰC CƠ QUAN (dữ liệu mẫu)"])
    sheet.add("heading", ["Thứ", "Ca sáng", "Ca chiều"])
    for day in ("Hai", "Ba", "Tư", "Năm", "Sáu"):
        sheet.add("body", [day, "Tổ 1", "Tổ 2"])
    return sheet
