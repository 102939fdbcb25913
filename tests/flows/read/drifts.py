"""Recorded drifts: headings as forms change from one year to the next, and what each must come to.

All tables are invented. A drift names the changed headings; the records below them stay good ones, so the
values are evidence as in a real file.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from flows.read.sheet import letter_of
from schemas.contract import Column, Dataset
from schemas.datasets import load
from tests.flows.read.forms import records

DATASETS = load()
RECORDS = 6

#: Other words for a heading, as clerks choose them: dataset, column, heading.
RENAMED: Sequence[tuple[str, str, str]] = (
    ("dan_cu", "so_dinh_danh", "Số thẻ căn cước công dân"),
    ("dan_cu", "so_dinh_danh", "Số giấy tờ tùy thân"),
    ("dan_cu", "ho_ten", "Họ tên công dân"),
    ("dan_cu", "ngay_sinh", "Sinh ngày"),
    ("dan_cu", "gioi_tinh", "Phái"),
    ("dan_cu", "dan_toc", "Thành phần dân tộc"),
    ("dan_cu", "ma_ho", "Số sổ hộ"),
    ("dan_cu", "quan_he", "Quan hệ chủ hộ"),
    ("dan_cu", "quan_he", "Mối quan hệ với chủ hộ"),
    ("dan_cu", "thon", "Địa bàn thôn"),
    ("dan_cu", "cu_tru", "Hình thức cư trú"),
    ("dan_cu", "tinh_trang", "Tình trạng sống"),
    ("dan_cu", "ngay_mat", "Ngày tử vong"),
    ("dan_cu", "dien_thoai", "Số máy di động"),
    ("dan_cu", "ngay_cap_nhat", "Ngày rà soát"),
    ("dan_cu", "ngay_cap_nhat", "Ngày cập nhật số liệu"),
    ("dinh_danh", "so_dinh_danh", "Số giấy CCCD"),
    ("dinh_danh", "muc_do", "Mức tài khoản"),
    ("dinh_danh", "ngay_thu_nhan", "Ngày thu nhận hồ sơ"),
    ("dinh_danh", "ngay_phe_duyet", "Ngày được phê duyệt"),
    ("dinh_danh", "ngay_kich_hoat", "Ngày kích hoạt tài khoản"),
    ("dinh_danh", "giay_to", "Số giấy tờ đã tích hợp"),
    ("dinh_danh", "chu_ky_so", "Đã có chữ ký số"),
    ("ho_gia_dinh", "ma_ho", "Mã số hộ gia đình"),
    ("ho_gia_dinh", "chu_ho", "Tên người đứng đầu hộ"),
    ("ho_gia_dinh", "nhan_khau", "Số người trong hộ"),
    ("ho_gia_dinh", "nhan_khau", "Tổng nhân khẩu"),
    ("ho_gia_dinh", "ky_nang_dvc", "Biết dùng dịch vụ công"),
    ("ho_gia_dinh", "ky_nang_ttkdtm", "Biết thanh toán không tiền mặt"),
    ("ho_gia_dinh", "internet", "Kiểu kết nối internet"),
    ("ho_gia_dinh", "phan_loai_rac", "Có phân loại rác"),
    ("ho_gia_dinh", "nang_luong_sach", "Sử dụng năng lượng sạch"),
    ("doanh_nghiep", "mst", "Mã thuế"),
    ("doanh_nghiep", "ten", "Tên công ty"),
    ("doanh_nghiep", "thon", "Địa bàn"),
    ("doanh_nghiep", "nganh", "Lĩnh vực kinh doanh"),
    ("doanh_nghiep", "doanh_thu", "Doanh thu cả năm (triệu đồng)"),
    ("doanh_nghiep", "doanh_thu_so", "Doanh thu trên kênh số (triệu đồng)"),
    ("doanh_nghiep", "chi_rd", "Chi cho nghiên cứu (triệu đồng)"),
    ("doanh_nghiep", "bang_sang_che", "Số văn bằng sáng chế"),
    ("ha_tang_vien_thong", "thon", "Khu dân cư"),
    ("ha_tang_vien_thong", "tram_bts", "Số trạm phát sóng"),
    ("ha_tang_vien_thong", "phu_4g", "Có sóng 4G"),
    ("ha_tang_vien_thong", "phu_5g", "Có sóng 5G"),
    ("ha_tang_vien_thong", "ho_cap_quang", "Số hộ có cáp quang"),
    ("ha_tang_vien_thong", "toc_do", "Tốc độ trung bình (Mbps)"),
    ("he_thong_thong_tin", "ma_he_thong", "Ký hiệu hệ thống"),
    ("he_thong_thong_tin", "ten_he_thong", "Tên hệ thống thông tin"),
    ("he_thong_thong_tin", "don_vi_quan_ly", "Cơ quan quản lý"),
    ("he_thong_thong_tin", "cap_do", "Cấp độ hệ thống"),
    ("he_thong_thong_tin", "so_quyet_dinh", "Quyết định số"),
    ("he_thong_thong_tin", "trien_khai_du", "Đã triển khai đầy đủ"),
    ("he_thong_thong_tin", "ket_noi_tslcd", "Có kết nối TSLCD"),
    ("ho_so_cong_viec", "ma_ho_so", "Mã số hồ sơ"),
    ("ho_so_cong_viec", "don_vi_xu_ly", "Bộ phận xử lý"),
    ("ho_so_cong_viec", "ngay_tao", "Ngày lập"),
    ("ho_so_cong_viec", "tren_mang", "Xử lý trên mạng"),
    ("ho_so_cong_viec", "ky_so", "Đã ký số"),
    ("ho_so_cong_viec", "mat", "Hồ sơ độ mật"),
    ("ho_so_cong_viec", "ngay_hoan_thanh", "Ngày xong"),
    ("ho_so_tthc", "ma_ho_so", "Mã số hồ sơ"),
    ("ho_so_tthc", "ma_thu_tuc", "Mã số thủ tục hành chính"),
    ("ho_so_tthc", "linh_vuc", "Lĩnh vực giải quyết"),
    ("ho_so_tthc", "so_dinh_danh", "CCCD của người nộp hồ sơ"),
    ("ho_so_tthc", "ngay_nop", "Ngày nhận hồ sơ"),
    ("ho_so_tthc", "hinh_thuc", "Phương thức nộp"),
    ("ho_so_tthc", "cung_cap_toan_trinh", "Thủ tục toàn trình"),
    ("ho_so_tthc", "ngay_hen_tra", "Ngày hẹn"),
    ("ho_so_tthc", "ngay_tra", "Ngày trả hồ sơ"),
    ("ho_so_tthc", "le_phi", "Số tiền lệ phí"),
    ("ho_so_tthc", "thanh_toan", "Cách thức thanh toán"),
    ("kinh_te_so", "grdp", "Tổng GRDP (tỷ đồng)"),
    ("kinh_te_so", "kinh_te_so", "Quy mô kinh tế số toàn xã (tỷ đồng)"),
    ("kinh_te_so", "nguon", "Căn cứ số liệu"),
    ("kinh_te_so", "nam", "Năm báo cáo"),
    ("moi_truong", "thon", "Thôn, xóm"),
    ("moi_truong", "rac_phat_sinh", "Khối lượng rác phát sinh (tấn)"),
    ("moi_truong", "rac_thu_gom", "Khối lượng rác thu gom (tấn)"),
    ("moi_truong", "rac_tai_che", "Rác được tái chế (tấn)"),
    ("moi_truong", "mo_hinh_tuan_hoan", "Số mô hình tuần hoàn"),
    ("moi_truong", "dien_mat_troi", "Công suất điện mặt trời (kWp)"),
    ("nguoi_dung_dau", "co_quan", "Tên cơ quan"),
    ("nguoi_dung_dau", "ho_ten", "Họ tên người đứng đầu"),
    ("nguoi_dung_dau", "chuc_vu", "Chức danh"),
    ("nguoi_dung_dau", "nhiem_vu_giao", "Nhiệm vụ được giao"),
    ("nguoi_dung_dau", "nhiem_vu_xong", "Nhiệm vụ đã hoàn thành"),
    ("nguoi_dung_dau", "guong_mau", "Tiên phong, gương mẫu"),
    ("phan_anh_ha_tang", "ngay", "Ngày tiếp nhận phản ánh"),
    ("phan_anh_ha_tang", "nha_mang", "Mạng viễn thông"),
    ("phan_anh_ha_tang", "noi_dung", "Mô tả nội dung"),
    ("phan_anh_ha_tang", "trang_thai", "Tình trạng xử lý"),
    ("phan_anh_ha_tang", "ngay_giai_quyet", "Ngày xử lý xong"),
    ("sang_kien", "ma_sang_kien", "Mã số sáng kiến"),
    ("sang_kien", "ten", "Tên đề tài, sáng kiến"),
    ("sang_kien", "tac_gia", "Họ tên người đề xuất"),
    ("sang_kien", "don_vi", "Cơ quan công tác"),
    ("sang_kien", "linh_vuc", "Thuộc lĩnh vực"),
    ("sang_kien", "ngay_cong_nhan", "Ngày được công nhận"),
    ("sang_kien", "lam_loi", "Số tiền làm lợi (triệu đồng)"),
    ("sang_kien", "nhan_rong", "Được nhân rộng"),
    ("thanh_toan", "don_vi", "Tên điểm chấp nhận thanh toán"),
    ("thanh_toan", "loai", "Loại"),
    ("thanh_toan", "thon", "Địa bàn thôn"),
    ("thanh_toan", "giao_dich", "Tổng giao dịch"),
    ("thanh_toan", "giao_dich_kdtm", "Giao dịch chuyển khoản"),
    ("thanh_toan", "gia_tri", "Tổng số tiền (triệu đồng)"),
    ("thanh_toan", "gia_tri_kdtm", "Giá trị chuyển khoản (triệu đồng)"),
    ("to_cong_nghe_so", "thon", "Địa bàn"),
    ("to_cong_nghe_so", "thanh_vien", "Tổng số thành viên"),
    ("to_cong_nghe_so", "buoi_huong_dan", "Số lần hướng dẫn"),
    ("to_cong_nghe_so", "luot_nguoi", "Số người được hướng dẫn"),
    ("van_dong_giam_sat", "ngay", "Ngày thực hiện"),
    ("van_dong_giam_sat", "to_chuc", "Tổ chức chủ trì"),
    ("van_dong_giam_sat", "hinh_thuc", "Loại hình hoạt động"),
    ("van_dong_giam_sat", "noi_dung", "Nội dung hoạt động"),
    ("van_dong_giam_sat", "so_nguoi", "Số người dự"),
    ("van_dong_giam_sat", "kien_nghi", "Tổng số ý kiến"),
    ("van_dong_giam_sat", "kien_nghi_xong", "Số kiến nghị được giải quyết"),
)
#: One column as several: dataset, column, the headings.
SPLIT: Sequence[tuple[str, str, tuple[str, ...]]] = (
    ("dan_cu", "ho_ten", ("Họ đệm", "Tên")),
    ("dan_cu", "ho_ten", ("Họ và tên đệm", "Tên")),
    ("dan_cu", "ngay_sinh", ("Ngày sinh > Ngày", "Ngày sinh > Tháng", "Ngày sinh > Năm")),
    ("dan_cu", "ngay_sinh", ("Ngày", "Tháng", "Năm")),
    ("dan_cu", "gioi_tinh", ("Nam", "Nữ")),
    ("dinh_danh", "giay_to", ("Giấy tờ đã tích hợp bắt buộc", "Giấy tờ đã tích hợp tự nguyện")),
    ("ho_gia_dinh", "nhan_khau", ("Số nhân khẩu nam", "Số nhân khẩu nữ")),
    ("ho_gia_dinh", "nhan_khau", ("Nhân khẩu > Trên 14 tuổi", "Nhân khẩu > Dưới 14 tuổi")),
    ("ho_gia_dinh", "chu_ho", ("Họ", "Tên")),
    ("moi_truong", "rac_phat_sinh", ("Rác phát sinh hữu cơ (tấn)", "Rác phát sinh vô cơ (tấn)")),
    ("ha_tang_vien_thong", "tram_bts", ("Số trạm BTS 4G", "Số trạm BTS 5G")),
    ("nguoi_dung_dau", "ho_ten", ("Họ đệm", "Tên")),
    ("sang_kien", "tac_gia", ("Tác giả > Họ đệm", "Tác giả > Tên")),
    ("to_cong_nghe_so", "thanh_vien", ("Số thành viên tổ nam", "Số thành viên tổ nữ")),
    ("van_dong_giam_sat", "so_nguoi", ("Số người tham gia nam", "Số người tham gia nữ")),
    ("doanh_nghiep", "bang_sang_che", ("Số bằng sáng chế trong nước", "Số bằng sáng chế nước ngoài")),
    ("thanh_toan", "giao_dich_kdtm", ("Giao dịch không tiền mặt QR", "Giao dịch không tiền mặt thẻ")),
    ("phan_anh_ha_tang", "ngay", ("Ngày phản ánh > Ngày", "Ngày phản ánh > Tháng", "Ngày phản ánh > Năm")),
)
#: Several columns as one: dataset, the columns, the heading.
MERGED: Sequence[tuple[str, tuple[str, ...], str]] = (
    ("dan_cu", ("ho_ten", "ngay_sinh"), "Họ tên, ngày sinh"),
    ("dan_cu", ("ngay_sinh", "gioi_tinh"), "Ngày sinh, giới tính"),
    ("dan_cu", ("cu_tru", "tinh_trang"), "Cư trú/Tình trạng"),
    ("dinh_danh", ("ngay_thu_nhan", "ngay_phe_duyet"), "Ngày thu nhận/Ngày phê duyệt"),
    ("ho_gia_dinh", ("ma_ho", "chu_ho"), "Mã hộ, chủ hộ"),
    ("ho_gia_dinh", ("chu_ho", "nhan_khau"), "Chủ hộ - Số nhân khẩu"),
    ("doanh_nghiep", ("mst", "ten"), "Mã số thuế và tên doanh nghiệp"),
    ("nguoi_dung_dau", ("ho_ten", "chuc_vu"), "Họ và tên, chức vụ"),
    ("ho_so_tthc", ("ngay_hen_tra", "ngay_tra"), "Ngày hẹn trả/Ngày trả kết quả"),
    ("phan_anh_ha_tang", ("nha_mang", "noi_dung"), "Nhà mạng, nội dung"),
    ("sang_kien", ("tac_gia", "don_vi"), "Tác giả, đơn vị"),
    ("van_dong_giam_sat", ("hinh_thuc", "noi_dung"), "Hình thức, nội dung"),
    ("thanh_toan", ("don_vi", "loai"), "Đơn vị chấp nhận thanh toán/Loại hình"),
    ("he_thong_thong_tin", ("ma_he_thong", "ten_he_thong"), "Mã hệ thống, tên hệ thống"),
    ("ho_so_cong_viec", ("ngay_tao", "ngay_hoan_thanh"), "Ngày lập hồ sơ/Ngày hoàn thành"),
)
#: Another unit of measure: dataset, column, the heading.
NEW_UNIT: Sequence[tuple[str, str, str]] = (
    ("moi_truong", "rac_phat_sinh", "Rác phát sinh (kg)"),
    ("moi_truong", "rac_thu_gom", "Rác thu gom (m3)"),
    ("moi_truong", "rac_tai_che", "Rác tái chế (xe)"),
    ("moi_truong", "dien_mat_troi", "Điện mặt trời (MWp)"),
    ("moi_truong", "mo_hinh_tuan_hoan", "Số mô hình kinh tế tuần hoàn (nghìn)"),
    ("doanh_nghiep", "doanh_thu", "Tổng doanh thu (nghìn đồng)"),
    ("doanh_nghiep", "doanh_thu_so", "Doanh thu kênh số (tỷ đồng)"),
    ("doanh_nghiep", "chi_rd", "Chi R&D (USD)"),
    ("thanh_toan", "giao_dich", "Tổng số giao dịch (nghìn)"),
    ("thanh_toan", "gia_tri", "Tổng giá trị (đồng)"),
    ("thanh_toan", "gia_tri_kdtm", "Giá trị không tiền mặt (nghìn USD)"),
    ("kinh_te_so", "grdp", "GRDP (triệu đồng)"),
    ("kinh_te_so", "kinh_te_so", "Kinh tế số (triệu USD)"),
    ("ha_tang_vien_thong", "toc_do", "Tốc độ (Gbps)"),
    ("ha_tang_vien_thong", "ho_cap_quang", "Số hộ dùng cáp quang (%)"),
    ("sang_kien", "lam_loi", "Làm lợi (đồng)"),
    ("ho_gia_dinh", "nhan_khau", "Số nhân khẩu (nghìn người)"),
    ("van_dong_giam_sat", "so_nguoi", "Số người tham gia (nghìn)"),
    ("to_cong_nghe_so", "luot_nguoi", "Lượt người (nghìn lượt)"),
    ("ho_so_tthc", "le_phi", "Lệ phí (nghìn đồng)"),
)


@dataclass(frozen=True)
class Drift:
    """One drifted table: `rows` are its heading rows, then its records.

    `headings` are those that drifted, `columns` what they mean, `letters` where each contract column begins.
    """

    kind: str
    dataset: Dataset
    headings: tuple[str, ...]
    columns: tuple[Column, ...]
    letters: Mapping[str, str]
    rows: Sequence[Sequence[Any]]

    def __str__(self) -> str:
        return f"{self.kind}, {self.dataset.name}: {', '.join(self.headings)}"


@dataclass(frozen=True)
class Field:
    """A column of a drifted table: its heading, the contract columns that it holds, its cells."""

    heading: str
    columns: tuple[Column, ...]
    cells: Sequence[Any]


def drifts() -> Iterator[Drift]:
    """All recorded drifts."""
    for name, column, heading in RENAMED:
        yield _replace("renamed", name, (column,), (heading,))
    for dataset in DATASETS.values():
        worded = next(c for c in dataset.columns if " " in c.label)
        label = worded.label.replace(" > ", " ")
        for heading in (_strip_accents(label), _misspell(label)):
            yield _replace("renamed", dataset.name, (worded.name,), (heading,))
    for name, column, headings in SPLIT:
        yield _replace("split", name, (column,), headings)
    for name, columns, heading in MERGED:
        yield _replace("merged", name, columns, (heading,))
    for name, column, heading in NEW_UNIT:
        yield _replace("new unit", name, (column,), (heading,))
    for number, dataset in enumerate(DATASETS.values(), 1):
        fields = _fields(dataset)
        turn = number % len(fields) or 1
        yield _lay_out("moved", dataset, [*fields[turn:], *reversed(fields[:turn])], ("thứ tự khác",), ())


def drifts_among_others() -> Iterator[Drift]:
    """The renamed headings again, in any order and beside columns that no contract has."""
    for number, (name, column, heading) in enumerate(RENAMED):
        dataset, random = DATASETS[name], Random(number)
        strange = [
            Field("Ngày cấp thẻ", (), ["01/02/2020"] * RECORDS),
            Field("Nơi cấp", (), ["Công an tỉnh"] * RECORDS),
            Field("Họ tên cha", (), ["Bùi Văn Ví"] * RECORDS),
            Field("Số tài khoản", (), [f"10{n}0023" for n in range(RECORDS)]),
        ]
        fields = [
            replace(each, heading=heading) if each.columns[0].name == column else each
            for each in _fields(dataset)
        ]
        every = random.sample([*fields, *strange], len(fields) + len(strange))
        yield _lay_out("renamed", dataset, every, (heading,), (dataset[column],))


def good_records(dataset: Dataset) -> list[list[Any]]:
    """The records below the headings, with codes as their columns want them."""
    codes = [c.example if c.kind.name == "ma" else None for c in dataset.columns]
    return [
        [value if code is None else f"{code[:-1]}{number}" for value, code in zip(row, codes, strict=True)]
        for number, row in enumerate(records(dataset, RECORDS), 1)
    ]


def _fields(dataset: Dataset) -> list[Field]:
    cells = zip(*good_records(dataset), strict=True)
    return [Field(c.label, (c,), own) for c, own in zip(dataset.columns, cells, strict=True)]


def _replace(kind: str, name: str, columns: Sequence[str], headings: tuple[str, ...]) -> Drift:
    """A table in which `headings` stand where `columns` stood."""
    dataset = DATASETS[name]
    fields = _fields(dataset)
    at = next(n for n, each in enumerate(fields) if each.columns[0].name == columns[0])
    gone = [each for each in fields if each.columns[0].name in columns]
    taken = tuple(each.columns[0] for each in gone)
    if len(headings) > 1:
        cells: Sequence[Sequence[Any]] = list(
            zip(*(_split(value, headings) for value in gone[0].cells), strict=True)
        )
    else:
        together = zip(*(each.cells for each in gone), strict=True)
        cells = [[row[0] if len(row) == 1 else ", ".join(map(str, row)) for row in together]]
    new = [Field(heading, taken, own) for heading, own in zip(headings, cells, strict=True)]
    rest = [each for each in fields if each not in gone]
    return _lay_out(kind, dataset, [*rest[:at], *new, *rest[at:]], headings, taken)


def _split(value: Any, headings: Sequence[str]) -> list[Any]:
    """The parts of a value, one for each heading."""
    if isinstance(value, int):
        return [value - 1, *[1] * (len(headings) - 1)]
    if value in ("Nam", "Nữ"):
        return ["x" if heading == value else None for heading in headings]
    words = str(value).split("/")
    if len(words) == len(headings):
        return words
    before, _, last = str(value).rpartition(" ")
    return [before, last]


def _lay_out(
    kind: str, dataset: Dataset, fields: Sequence[Field], headings: tuple[str, ...], meant: tuple[Column, ...]
) -> Drift:
    paths = [["STT"], *(each.heading.split(" > ") for each in fields)]
    depth = max(map(len, paths))
    grid = [[path[min(level, len(path) - 1)] for path in paths] for level in range(depth)]
    places = [(column.name, letter_of(n)) for n, each in enumerate(fields, 1) for column in each.columns]
    letters = dict(reversed(places))
    numbered = ([n, *row] for n, row in enumerate(zip(*(each.cells for each in fields), strict=True), 1))
    return Drift(kind, dataset, headings, meant, letters, [*grid, *numbered])


def _strip_accents(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in plain if not unicodedata.combining(c))


def _misspell(text: str) -> str:
    """`text` with two letters of its longest word exchanged, or the last one of a short word doubled."""
    word = max(text.split(), key=len)
    wrong = word[0] + word[2] + word[1] + word[3:] if len(word) > 3 else word + word[-1]
    return text.replace(word, wrong, 1)
