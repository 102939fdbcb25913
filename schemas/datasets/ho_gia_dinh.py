"""Hộ gia đình: kỹ năng số và lối sống xanh: một hộ mỗi dòng."""

from polars import col, format, when

from schemas.contract import QUARANTINED, Column, Cross, Dataset, Tie
from schemas.kinds import CO_KHONG, HO_TEN, LUA_CHON, MA, SO_LUONG
from schemas.open_forms import bands

#: Join to the households of the thôn in the register of persons (dan_cu). The dead and moved away are not
#: members. `chac` counts certain members; `co_the` also rows whose state is unknown.
HO = Tie(
    "dan_cu",
    by="ma_ho",
    place="thon",
    brings={
        "chac": (~QUARANTINED & (col("tinh_trang") == "Đang sống")).sum(),
        "co_the": (col("tinh_trang").is_null() | (col("tinh_trang") == "Đang sống")).sum(),
    },
)

DATASET = Dataset(
    name="ho_gia_dinh",
    title="Hộ gia đình: kỹ năng số và lối sống xanh",
    unit="thon",
    cadence="thang",
    basis="point_in_time",
    grain="một hộ",
    key=("ma_ho",),
    rows=(1, 5_000),
    columns=(
        Column(
            "ma_ho",
            "Mã hộ",
            MA,
            also=("Số hộ",),
            personal="quasi",
            pattern=r"H\d{5}",
            example="H00012",
        ),
        Column("chu_ho", "Họ và tên chủ hộ", HO_TEN, also=("Chủ hộ", "Tên chủ hộ"), personal="direct"),
        Column(
            "nhan_khau",
            "Số nhân khẩu",
            SO_LUONG,
            also=("Nhân khẩu", "Số khẩu"),
            range=(1, 30),
            opened=(bands(1, 2, 3, 5, 7), bands(3, 5)),
        ),
        Column(
            "ky_nang_dvc",
            "Kỹ năng > Dịch vụ công trực tuyến",
            CO_KHONG,
            also=("Có kỹ năng DVCTT", "DVC trực tuyến"),
        ),
        Column(
            "ky_nang_ttkdtm",
            "Kỹ năng > Thanh toán không dùng tiền mặt",
            CO_KHONG,
            also=("Có kỹ năng TTKDTM", "TT không tiền mặt"),
        ),
        Column(
            "internet", "Internet", LUA_CHON, also=("Loại internet",), of=("Cáp quang", "Di động", "Không")
        ),
        Column("phan_loai_rac", "Phân loại rác tại nguồn", CO_KHONG, also=("Phân loại rác",)),
        Column("nang_luong_sach", "Dùng năng lượng sạch", CO_KHONG, also=("Năng lượng sạch",)),
    ),
    cross=(
        Cross(
            "ma_ho.khong_co_trong_dan_cu",
            on=("ma_ho",),
            tied=HO,
            dimension="dung",
            severity="canh_bao",
            says="Mã hộ không có trong danh sách dân cư của thôn.",
            fails_when=~col("_co"),
            good=({"ma_ho": "H00012"},),
            bad=({"ma_ho": "H00013"},),
            beside=({"ma_ho": "H00012"},),
        ),
        Cross(
            "ma_ho.chua_bao_cao",
            on=("ma_ho",),
            tied=HO,
            dimension="du",
            severity="canh_bao",
            says="Hộ có trong danh sách dân cư nhưng thôn chưa báo cáo.",
            level="tep",
            fails_when=when(col("dan_cu.chac") > 0).then(~col("_co")),
            note=format("Còn thiếu {} trên {} hộ.", "_thieu", "_phai_co"),
            good=({"ma_ho": "H00012"}, {"ma_ho": "H00013"}),
            bad=({"ma_ho": "H00012"},),
            beside=(
                {"so_dinh_danh": "038090000001", "ma_ho": "H00012"},
                {"so_dinh_danh": "038090000002", "ma_ho": "H00013"},
            ),
        ),
        Cross(
            "nhan_khau.khac_dan_cu",
            on=("ma_ho", "nhan_khau"),
            tied=HO,
            dimension="sach",
            severity="canh_bao",
            says="Số nhân khẩu khác danh sách dân cư.",
            fails_when=~col("nhan_khau").is_between(
                col("dan_cu.chac"), col("dan_cu.co_the") + col("_khong_ro")
            ),
            note=format("Danh sách dân cư ghi {} người đang sống trong hộ.", "dan_cu.chac"),
            good=({"ma_ho": "H00012", "nhan_khau": "1"},),
            bad=({"ma_ho": "H00012", "nhan_khau": "2"},),
            beside=(
                {"so_dinh_danh": "038090000001", "ma_ho": "H00012"},
                {
                    "so_dinh_danh": "038090000002",
                    "ma_ho": "H00012",
                    "tinh_trang": "Đã chuyển đi",
                    "quan_he": "Con",
                },
            ),
        ),
    ),
)
