"""Declares the faults to plant in the electronic identity accounts."""

from flows.sample.files.cells import Broken
from flows.sample.planted.plan import Plan, Repeat, SameKey, change, has, shift_days

_APPROVED = has("ngay_phe_duyet", "ngay_kich_hoat")

DINH_DANH: Plan = (
    change("so_dinh_danh.thieu", so_dinh_danh=None),
    change("so_dinh_danh.la_cmnd", so_dinh_danh="172345678"),
    change("so_dinh_danh.mat_so_0", so_dinh_danh=1085012345),
    change("muc_do.thieu", muc_do=None),
    change("muc_do.ngoai_danh_muc", muc_do="3"),
    change("ngay_thu_nhan.thieu", ngay_thu_nhan=None),
    change("ngay_thu_nhan.khong_doc_duoc", ngay_thu_nhan="cuối năm ngoái"),
    change("ngay_thu_nhan.qua_som", ngay_thu_nhan="12/04/1823"),
    change("ngay_phe_duyet.khong_doc_duoc", ngay_phe_duyet="sắp duyệt", where=_APPROVED),
    change("ngay_phe_duyet.truoc_thu_nhan", ngay_phe_duyet=shift_days("ngay_thu_nhan", -3), where=_APPROVED),
    change(
        "ngay_kich_hoat.truoc_phe_duyet", ngay_kich_hoat=shift_days("ngay_phe_duyet", -1), where=_APPROVED
    ),
    change("ngay_kich_hoat.chua_phe_duyet", ngay_phe_duyet=None, where=_APPROVED),
    change("giay_to.khong_doc_duoc", giay_to="hai"),
    change("giay_to.ngoai_khoang", giay_to=35),
    change("giay_to.loi_cong_thuc", giay_to=Broken("#VALUE!")),
    change("chu_ky_so.khong_doc_duoc", chu_ky_so="chưa rõ"),
    change("ngay_cap_nhat.thieu", ngay_cap_nhat=None),
    change("ngay_cap_nhat.tuong_lai", ngay_cap_nhat=shift_days("ngay_cap_nhat", 3000)),
    SameKey(),
    Repeat(),
)
