"""Hạ tầng viễn thông theo thôn: một thôn của một nhà mạng mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import CO_KHONG, SO_LUONG, SO_THUC, THON
from schemas.open_forms import COUNTED

DATASET = Dataset(
    name="ha_tang_vien_thong",
    title="Hạ tầng viễn thông theo thôn",
    unit="vien_thong",
    cadence="thang",
    basis="point_in_time",
    grain="một thôn của một nhà mạng",
    key=("thon",),
    rows=(1, 100),
    of_places=True,
    columns=(
        Column("thon", "Thôn", THON, also=("Thôn, phố",)),
        Column("tram_bts", "Số trạm BTS", SO_LUONG, also=("Trạm BTS",), range=(0, 50)),
        Column("phu_4g", "Vùng phủ > 4G", CO_KHONG, also=("Phủ 4G",)),
        Column("phu_5g", "Vùng phủ > 5G", CO_KHONG, also=("Phủ 5G",)),
        Column(
            "ho_cap_quang",
            "Số hộ dùng cáp quang",
            SO_LUONG,
            also=("Hộ cáp quang",),
            range=(0, 5_000),
            opened=(COUNTED,),
        ),
        Column(
            "toc_do",
            "Tốc độ tải xuống trung bình (Mbps)",
            SO_THUC,
            also=("Tốc độ (Mbps)",),
            required=False,
            adds_up=False,
            range=(0, 10_000),
        ),
    ),
    rules=(
        Rule(
            "phu_5g.khong_co_4g",
            on=("phu_4g", "phu_5g"),
            dimension="sach",
            severity="canh_bao",
            says="Có 5G nhưng ghi không có 4G: đề nghị kiểm tra.",
            fails_when=col("phu_5g") & ~col("phu_4g"),
            good=(
                {"phu_4g": "Có", "phu_5g": "Có"},
                {"phu_4g": "Không", "phu_5g": "Không"},
            ),
            bad=({"phu_4g": "Không", "phu_5g": "Có"},),
        ),
    ),
)
