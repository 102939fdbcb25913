"""Declares the faults to plant in Phòng Kinh tế's records."""

from flows.sample.people.person import Row
from flows.sample.planted.plan import Plan, change, has, more_than


def _company(row: Row) -> bool:
    return len(row["mst"]) == 10


def _check_digit_off(row: Row) -> str:
    code: str = row["mst"]
    return f"{code[:9]}{(int(code[9]) + 1) % 10}"


THANH_TOAN: Plan = (
    change("don_vi.thieu", don_vi=None),
    change("loai.ngoai_danh_muc", loai="Xe ôm"),
    change("thon.ngoai_danh_muc", thon="Thôn Hòa Bình"),
    change("giao_dich.khong_doc_duoc", giao_dich="khoảng 200"),
    change("giao_dich_kdtm.vuot_tong", giao_dich_kdtm=more_than("giao_dich")),
    change("gia_tri.thieu", gia_tri=None),
    change("gia_tri.ngoai_khoang", "gia_tri_kdtm.vuot_tong", gia_tri=-12.5),
    change("gia_tri_kdtm.vuot_tong", gia_tri_kdtm=more_than("gia_tri")),
)
DOANH_NGHIEP: Plan = (
    change("mst.thieu", mst=None),
    change("mst.khong_doc_duoc", mst="đang làm thủ tục"),
    change("mst.sai_so_kiem_tra", mst=_check_digit_off, where=_company),
    change("thon.khong_ro", thon="Thôn Trung Tâm"),
    change("nganh.ngoai_danh_muc", nganh="Du lịch"),
    change("doanh_thu.khong_doc_duoc", doanh_thu="chưa tổng hợp"),
    change("doanh_thu_so.vuot_tong", doanh_thu_so=more_than("doanh_thu")),
    change("chi_rd.khong_doc_duoc", chi_rd="rất ít"),
    change("chi_rd.vuot_doanh_thu", chi_rd=more_than("doanh_thu")),
    change("bang_sang_che.khong_doc_duoc", bang_sang_che="một"),
)
KINH_TE_SO: Plan = (
    change("kinh_te_so.vuot_grdp", nam=2021, grdp=1210.4, kinh_te_so=12104.0, adds=True),
    change("nam.ngoai_khoang", nam=2205, adds=True),
)
MOI_TRUONG: Plan = (
    change("thon.thieu", thon=None),
    change("rac_phat_sinh.khong_doc_duoc", rac_phat_sinh="chưa cân"),
    change("rac_thu_gom.vuot_phat_sinh", rac_thu_gom=more_than("rac_phat_sinh", 0.6)),
    change("rac_tai_che.vuot_thu_gom", rac_tai_che=more_than("rac_thu_gom", 0.4)),
    change("mo_hinh_tuan_hoan.khong_doc_duoc", mo_hinh_tuan_hoan="vài"),
    change("dien_mat_troi.ngoai_khoang", dien_mat_troi=-5.5, where=has("dien_mat_troi")),
)
