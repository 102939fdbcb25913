"""Thanh toán không dùng tiền mặt: một đơn vị chấp nhận thanh toán mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import LUA_CHON, SO_LUONG, SO_TIEN, THON, VAN_BAN

DATASET = Dataset(
    name="thanh_toan",
    title="Thanh toán không dùng tiền mặt",
    unit="kinh_te",
    cadence="thang",
    basis="nd09",
    grain="một đơn vị chấp nhận thanh toán",
    key=("don_vi", "thon"),
    rows=(1, 5_000),
    totals=True,
    coarsen=(
        *("thon", "gia_tri_kdtm", "gia_tri", "giao_dich_kdtm", "giao_dich"),
        *("gia_tri_kdtm", "gia_tri", "giao_dich_kdtm", "giao_dich"),
    ),
    columns=(
        Column("don_vi", "Đơn vị chấp nhận thanh toán", VAN_BAN, also=("Tên đơn vị", "Điểm thanh toán")),
        Column(
            "loai",
            "Loại hình",
            LUA_CHON,
            of=("Trường học", "Y tế", "Chợ", "Cửa hàng", "Dịch vụ công", "Điện, nước", "Khác"),
        ),
        Column("thon", "Thôn", THON),
        Column("giao_dich", "Số giao dịch > Tổng số", SO_LUONG, also=("Tổng số giao dịch",)),
        Column(
            "giao_dich_kdtm",
            "Số giao dịch > Không dùng tiền mặt",
            SO_LUONG,
            also=("Giao dịch không tiền mặt",),
        ),
        Column(
            "gia_tri",
            "Giá trị (triệu đồng) > Tổng số",
            SO_TIEN,
            also=("Tổng giá trị (triệu đồng)",),
            unit="triệu đồng",
        ),
        Column(
            "gia_tri_kdtm",
            "Giá trị (triệu đồng) > Không dùng tiền mặt",
            SO_TIEN,
            also=("Giá trị không tiền mặt (triệu đồng)",),
            unit="triệu đồng",
        ),
    ),
    rules=(
        Rule(
            "giao_dich_kdtm.vuot_tong",
            on=("giao_dich", "giao_dich_kdtm"),
            dimension="dung",
            severity="chan",
            says="Giao dịch không dùng tiền mặt nhiều hơn tổng số.",
            fails_when=col("giao_dich_kdtm") > col("giao_dich"),
            good=({"giao_dich": "125", "giao_dich_kdtm": "125"},),
            bad=({"giao_dich": "125", "giao_dich_kdtm": "126"},),
        ),
        Rule(
            "gia_tri_kdtm.vuot_tong",
            on=("gia_tri", "gia_tri_kdtm"),
            dimension="dung",
            severity="chan",
            says="Giá trị không dùng tiền mặt lớn hơn tổng giá trị.",
            fails_when=col("gia_tri_kdtm") > col("gia_tri"),
            good=({"gia_tri": "12,5", "gia_tri_kdtm": "12,5"},),
            bad=({"gia_tri": "12,5", "gia_tri_kdtm": "12,6"},),
        ),
    ),
)
