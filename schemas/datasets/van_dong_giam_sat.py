"""Vận động, giám sát và phản biện xã hội: một hoạt động mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import LUA_CHON, NGAY, SO_LUONG, THON, VAN_BAN

DATASET = Dataset(
    name="van_dong_giam_sat",
    title="Vận động, giám sát và phản biện xã hội",
    unit="mat_tran",
    cadence="thang",
    basis="nd09",
    grain="một hoạt động",
    key=("ngay", "hinh_thuc", "noi_dung"),
    rows=(0, 2_000),
    nil_allowed=True,
    dated="ngay",
    columns=(
        Column("ngay", "Ngày", NGAY, also=("Ngày tổ chức",), example="20/10/2026"),
        Column(
            "to_chuc",
            "Tổ chức",
            LUA_CHON,
            also=("Đoàn thể",),
            of=("Mặt trận Tổ quốc", "Hội Nông dân", "Hội Phụ nữ", "Đoàn Thanh niên", "Hội Cựu chiến binh"),
        ),
        Column("hinh_thuc", "Hình thức", LUA_CHON, of=("Vận động", "Giám sát", "Phản biện")),
        Column("thon", "Thôn", THON, required=False),
        Column("noi_dung", "Nội dung", VAN_BAN),
        Column("so_nguoi", "Số người tham gia", SO_LUONG, also=("Số người",), range=(0, 100_000)),
        Column("kien_nghi", "Kiến nghị > Tổng số", SO_LUONG, also=("Số kiến nghị",), required=False),
        Column(
            "kien_nghi_xong",
            "Kiến nghị > Đã giải quyết",
            SO_LUONG,
            also=("Kiến nghị đã giải quyết",),
            required=False,
        ),
    ),
    rules=(
        Rule(
            "kien_nghi_xong.vuot_tong",
            on=("kien_nghi", "kien_nghi_xong"),
            dimension="dung",
            severity="chan",
            says="Kiến nghị đã giải quyết nhiều hơn tổng số.",
            fails_when=col("kien_nghi_xong") > col("kien_nghi"),
            good=({"kien_nghi": "5", "kien_nghi_xong": "5"},),
            bad=({"kien_nghi": "5", "kien_nghi_xong": "6"},),
        ),
    ),
)
