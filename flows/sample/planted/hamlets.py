"""Declares the faults to plant in the records of the thôn."""

from flows.sample.files.cells import Broken, Unsaved
from flows.sample.people.person import Row
from flows.sample.planted.plan import Plan, Repeat, change, lacks, shift_days


def _solved(row: Row) -> bool:
    return bool(row["trang_thai"] == "Đã giải quyết")


HO_GIA_DINH: Plan = (
    change("chu_ho.thieu", chu_ho=None),
    change("chu_ho.ky_tu_la", chu_ho="Bùi V@n Nam"),
    change("chu_ho.mot_tieng", chu_ho="Nam"),
    change("nhan_khau.thieu", nhan_khau=None),
    change("nhan_khau.khong_doc_duoc", nhan_khau="bốn rưỡi"),
    change("nhan_khau.ngoai_khoang", nhan_khau=45),
    change("nhan_khau.loi_cong_thuc", nhan_khau=Broken("#REF!")),
    change("nhan_khau.cong_thuc_chua_tinh", nhan_khau=Unsaved("=COUNTA(B12:B15)")),
    change("ky_nang_dvc.khong_doc_duoc", ky_nang_dvc="đang học"),
    change("ky_nang_ttkdtm.thieu", ky_nang_ttkdtm=None, where=lacks("ky_nang_ttkdtm")),
    change("internet.thieu", internet=None),
    change("internet.ngoai_danh_muc", internet="Dùng nhờ hàng xóm"),
    change("phan_loai_rac.khong_doc_duoc", phan_loai_rac="lúc có lúc không"),
    change("nang_luong_sach.thieu", nang_luong_sach=None, where=lacks("nang_luong_sach")),
    Repeat(),
)
PHAN_ANH_HA_TANG: Plan = (
    change("ngay.khong_doc_duoc", ngay="32/10/2026"),
    change("ngay.tuong_lai", ngay=shift_days("ngay", 200), where=lacks("ngay_giai_quyet")),
    change("nha_mang.ngoai_danh_muc", nha_mang="Vietnamobile"),
    change("noi_dung.thieu", noi_dung=None),
    change("trang_thai.ngoai_danh_muc", trang_thai="Chờ"),
    change("ngay_giai_quyet.truoc_ngay", ngay_giai_quyet=shift_days("ngay", -3), where=_solved),
    change("ngay_giai_quyet.thieu_khi_xong", ngay_giai_quyet=None, where=_solved),
)
