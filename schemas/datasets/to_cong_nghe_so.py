"""Tổ công nghệ số cộng đồng: một thôn mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import SO_LUONG, THON
from schemas.open_forms import COUNTED

DATASET = Dataset(
    name="to_cong_nghe_so",
    title="Tổ công nghệ số cộng đồng",
    unit="van_hoa_xa_hoi",
    cadence="thang",
    basis="nd09",
    grain="một thôn",
    key=("thon",),
    rows=(1, 100),
    of_places=True,
    totals=True,
    wide=("thanh_vien", "buoi_huong_dan", "luot_nguoi"),
    columns=(
        Column("thon", "Thôn", THON),
        Column(
            "thanh_vien",
            "Số thành viên tổ",
            SO_LUONG,
            also=("Thành viên",),
            range=(0, 100),
            opened=(COUNTED,),
        ),
        Column("buoi_huong_dan", "Số buổi hướng dẫn", SO_LUONG, also=("Buổi hướng dẫn",), range=(0, 200)),
        Column(
            "luot_nguoi",
            "Số lượt người được hướng dẫn",
            SO_LUONG,
            also=("Lượt người",),
            range=(0, 50_000),
            opened=(COUNTED,),
        ),
    ),
    rules=(
        Rule(
            "luot_nguoi.khong_co_buoi",
            on=("buoi_huong_dan", "luot_nguoi"),
            dimension="sach",
            severity="canh_bao",
            says="Có lượt người nhưng không có buổi hướng dẫn.",
            fails_when=(col("luot_nguoi") > 0) & (col("buoi_huong_dan") == 0),
            good=(
                {"buoi_huong_dan": "1", "luot_nguoi": "30"},
                {"buoi_huong_dan": "0", "luot_nguoi": "0"},
            ),
            bad=({"buoi_huong_dan": "0", "luot_nguoi": "1"},),
        ),
    ),
)
