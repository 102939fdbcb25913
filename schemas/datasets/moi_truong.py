"""Môi trường và chuyển đổi xanh theo thôn: một thôn mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import SO_LUONG, SO_THUC, THON

DATASET = Dataset(
    name="moi_truong",
    title="Môi trường và chuyển đổi xanh theo thôn",
    unit="kinh_te",
    cadence="thang",
    basis="nd09",
    grain="một thôn",
    key=("thon",),
    rows=(1, 100),
    of_places=True,
    totals=True,
    columns=(
        Column("thon", "Thôn", THON),
        Column(
            "rac_phat_sinh",
            "Rác thải sinh hoạt (tấn) > Phát sinh",
            SO_THUC,
            also=("Rác phát sinh (tấn)",),
            range=(0, 10_000),
        ),
        Column(
            "rac_thu_gom",
            "Rác thải sinh hoạt (tấn) > Thu gom, xử lý",
            SO_THUC,
            also=("Rác thu gom (tấn)",),
            range=(0, 10_000),
        ),
        Column(
            "rac_tai_che",
            "Rác thải sinh hoạt (tấn) > Tái chế",
            SO_THUC,
            also=("Rác tái chế (tấn)",),
            required=False,
            range=(0, 10_000),
        ),
        Column(
            "mo_hinh_tuan_hoan",
            "Số mô hình kinh tế tuần hoàn",
            SO_LUONG,
            also=("Mô hình tuần hoàn",),
            range=(0, 200),
        ),
        Column("dien_mat_troi", "Điện mặt trời (kWp)", SO_THUC, required=False, range=(0, 100_000)),
    ),
    rules=(
        Rule(
            "rac_thu_gom.vuot_phat_sinh",
            on=("rac_phat_sinh", "rac_thu_gom"),
            dimension="dung",
            severity="chan",
            says="Rác thu gom nhiều hơn rác phát sinh.",
            fails_when=col("rac_thu_gom") > col("rac_phat_sinh"),
            good=({"rac_phat_sinh": "12,5", "rac_thu_gom": "12,5"},),
            bad=({"rac_phat_sinh": "12,5", "rac_thu_gom": "12,6"},),
        ),
        Rule(
            "rac_tai_che.vuot_thu_gom",
            on=("rac_thu_gom", "rac_tai_che"),
            dimension="dung",
            severity="chan",
            says="Rác tái chế nhiều hơn rác thu gom.",
            fails_when=col("rac_tai_che") > col("rac_thu_gom"),
            good=({"rac_thu_gom": "12,5", "rac_tai_che": "12,5"},),
            bad=({"rac_thu_gom": "12,5", "rac_tai_che": "12,6"},),
        ),
    ),
)
