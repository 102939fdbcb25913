"""Declares the faults to plant in Văn phòng's records."""

from flows.sample.people.person import Row
from flows.sample.planted.plan import Plan, Repeat, SameKey, change, has, lacks, shift_days


def _free(row: Row) -> bool:
    return bool(row["thanh_toan"] == "Miễn phí")


def _paid(row: Row) -> bool:
    return not _free(row)


HO_SO_TTHC: Plan = (
    change("ma_ho_so.thieu", ma_ho_so=None),
    change("ma_ho_so.sai_mau", ma_ho_so="HS 12/2026"),
    change("ma_thu_tuc.sai_mau", ma_thu_tuc="TT-1193"),
    change("linh_vuc.thieu", linh_vuc=None),
    change("so_dinh_danh.la_cmnd", so_dinh_danh="173456789"),
    change(
        "so_dinh_danh.sai_ma_tinh",
        so_dinh_danh=lambda row: f"099{row['so_dinh_danh'][3:]}",
        where=has("so_dinh_danh"),
    ),
    change("ngay_nop.khong_doc_duoc", ngay_nop="32/10/2026"),
    change("ngay_nop.ngoai_ky", ngay_nop=shift_days("ngay_nop", -60)),
    change("hinh_thuc.ngoai_danh_muc", hinh_thuc="Qua bưu điện"),
    change("hinh_thuc.khong_cung_cap", hinh_thuc="Toàn trình", where=lacks("cung_cap_toan_trinh")),
    change("cung_cap_toan_trinh.khong_doc_duoc", cung_cap_toan_trinh="?"),
    change("ngay_hen_tra.thieu", ngay_hen_tra=None),
    change("ngay_hen_tra.truoc_ngay_nop", ngay_hen_tra=shift_days("ngay_nop", -2), where=has("ngay_tra")),
    change("ngay_tra.khong_doc_duoc", ngay_tra="trả rồi", where=has("ngay_tra")),
    change("ngay_tra.truoc_ngay_nop", ngay_tra=shift_days("ngay_nop", -1), where=has("ngay_tra")),
    change("ngay_tra.tuong_lai", ngay_tra=shift_days("ngay_nop", 90), where=has("ngay_tra")),
    change("ngay_tra.qua_han_chua_tra", ngay_tra=None, ngay_hen_tra=shift_days("ngay_nop", 0)),
    change("le_phi.khong_doc_duoc", le_phi="theo quy định", where=_paid),
    change("le_phi.ngoai_khoang", le_phi=-8000, where=_paid),
    change("le_phi.mien_phi_co_tien", le_phi=5000, where=_free),
    change("thanh_toan.ngoai_danh_muc", thanh_toan="Ghi nợ"),
    SameKey(),
    Repeat(),
)
HO_SO_CONG_VIEC: Plan = (
    change("ma_ho_so.sai_mau", ma_ho_so="CV số 15"),
    change("don_vi_xu_ly.ngoai_danh_muc", don_vi_xu_ly="Phòng Nội vụ"),
    change("don_vi_xu_ly.thieu", don_vi_xu_ly=None),
    change("ngay_tao.khong_doc_duoc", ngay_tao="31/11/2026"),
    change("tren_mang.ho_so_mat", mat=True, where=lambda row: row["tren_mang"] and not row["mat"]),
    change("ky_so.khong_doc_duoc", ky_so="chờ ký"),
    change("mat.thieu", mat=None, where=lacks("mat")),
    change("ngay_hoan_thanh.khong_doc_duoc", ngay_hoan_thanh="đang làm"),
    change("ngay_hoan_thanh.truoc_ngay_tao", ngay_hoan_thanh=shift_days("ngay_tao", -4)),
    SameKey(),
)
HE_THONG_THONG_TIN: Plan = (
    change("ma_he_thong.sai_mau", ma_he_thong="HT-9", where=has("trien_khai_du", "so_quyet_dinh")),
    change(
        "so_quyet_dinh.thieu_khi_co_cap_do",
        so_quyet_dinh=None,
        where=lambda row: row["so_quyet_dinh"] is not None and not row["trien_khai_du"],
    ),
    change("trien_khai_du.chua_phe_duyet", trien_khai_du=True, where=lacks("so_quyet_dinh")),
)
NGUOI_DUNG_DAU: Plan = (
    change("ho_ten.mot_tieng", ho_ten="Hùng"),
    change("chuc_vu.thieu", chuc_vu=None),
    change("nhiem_vu_giao.khong_doc_duoc", nhiem_vu_giao="nhiều"),
    change("nhiem_vu_xong.vuot_giao", nhiem_vu_xong=lambda row: row["nhiem_vu_giao"] + 2),
)
