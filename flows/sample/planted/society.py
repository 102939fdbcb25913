"""Declares the faults to plant in the records of Phòng Văn hóa - Xã hội and Mặt trận."""

from flows.sample.planted.plan import Plan, change, has, lacks, more_than, shift_days

SANG_KIEN: Plan = (
    change("ma_sang_kien.sai_mau", ma_sang_kien="SK số 5"),
    change("tac_gia.mot_tieng", tac_gia="Hương"),
    change("linh_vuc.ngoai_danh_muc", linh_vuc="Văn hóa"),
    change(
        "ngay_cong_nhan.tuong_lai",
        ngay_cong_nhan=shift_days("ngay_cong_nhan", 400),
        where=has("ngay_cong_nhan"),
    ),
    change("lam_loi.khong_doc_duoc", lam_loi="nhiều"),
    change("nhan_rong.chua_cong_nhan", nhan_rong=True, where=lacks("ngay_cong_nhan")),
)
TO_CONG_NGHE_SO: Plan = (
    change("thanh_vien.khong_doc_duoc", thanh_vien="bảy"),
    change("buoi_huong_dan.ngoai_khoang", buoi_huong_dan=250),
    change("luot_nguoi.thieu", luot_nguoi=None),
    change("luot_nguoi.khong_co_buoi", buoi_huong_dan=0, luot_nguoi=40),
)
VAN_DONG_GIAM_SAT: Plan = (
    change("ngay.khong_doc_duoc", ngay="đầu tháng"),
    change("to_chuc.ngoai_danh_muc", to_chuc="Hội Người cao tuổi"),
    change("hinh_thuc.thieu", hinh_thuc=None),
    change("thon.khong_ro", thon="Thôn Trung Tâm"),
    change("noi_dung.thieu", noi_dung=None),
    change("so_nguoi.ngoai_khoang", so_nguoi=250_000),
    change("so_nguoi.khong_doc_duoc", so_nguoi="đông đủ"),
    change("kien_nghi.khong_doc_duoc", kien_nghi="vài"),
    change("kien_nghi_xong.vuot_tong", kien_nghi_xong=more_than("kien_nghi", 2), where=has("kien_nghi")),
)
