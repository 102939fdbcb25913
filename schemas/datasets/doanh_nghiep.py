"""Doanh nghiệp: kinh tế số và R&D: một doanh nghiệp hoặc hộ kinh doanh mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import LUA_CHON, MST, SO_LUONG, SO_TIEN, THON, VAN_BAN

DATASET = Dataset(
    name="doanh_nghiep",
    title="Doanh nghiệp: kinh tế số và R&D",
    unit="kinh_te",
    cadence="quy",
    basis="calendar",
    grain="một doanh nghiệp hoặc hộ kinh doanh",
    key=("mst",),
    rows=(1, 20_000),
    totals=True,
    coarsen=(
        *("thon", "bang_sang_che", "chi_rd", "doanh_thu_so", "doanh_thu"),
        *("bang_sang_che", "chi_rd", "doanh_thu_so", "nganh"),
    ),
    columns=(
        Column("mst", "Mã số thuế", MST, also=("MST",), personal="quasi"),
        Column("ten", "Tên doanh nghiệp", VAN_BAN, also=("Tên doanh nghiệp, hộ kinh doanh",)),
        Column("thon", "Thôn", THON),
        Column(
            "nganh",
            "Ngành",
            LUA_CHON,
            also=("Ngành nghề",),
            of=(
                "Nông nghiệp",
                "Công nghiệp",
                "Xây dựng",
                "Thương mại",
                "Dịch vụ",
                "Công nghệ thông tin",
                "Khác",
            ),
        ),
        Column(
            "doanh_thu",
            "Doanh thu (triệu đồng) > Tổng",
            SO_TIEN,
            also=("Tổng doanh thu (triệu đồng)",),
            unit="triệu đồng",
        ),
        Column(
            "doanh_thu_so",
            "Doanh thu (triệu đồng) > Từ kênh số",
            SO_TIEN,
            also=("Doanh thu kênh số (triệu đồng)",),
            unit="triệu đồng",
        ),
        Column(
            "chi_rd",
            "Chi R&D (triệu đồng)",
            SO_TIEN,
            also=("Chi nghiên cứu và phát triển (triệu đồng)",),
            required=False,
            unit="triệu đồng",
        ),
        Column("bang_sang_che", "Số bằng sáng chế", SO_LUONG, also=("Bằng sáng chế",), required=False),
    ),
    rules=(
        Rule(
            "doanh_thu_so.vuot_tong",
            on=("doanh_thu", "doanh_thu_so"),
            dimension="dung",
            severity="chan",
            says="Doanh thu kênh số lớn hơn tổng doanh thu.",
            fails_when=col("doanh_thu_so") > col("doanh_thu"),
            good=({"doanh_thu": "12,5", "doanh_thu_so": "12,5"},),
            bad=({"doanh_thu": "12,5", "doanh_thu_so": "12,6"},),
        ),
        Rule(
            "chi_rd.vuot_doanh_thu",
            on=("doanh_thu", "chi_rd"),
            dimension="dung",
            severity="canh_bao",
            says="Chi R&D lớn hơn doanh thu: đề nghị kiểm tra đơn vị tính.",
            fails_when=col("chi_rd") > col("doanh_thu"),
            good=({"doanh_thu": "12,5", "chi_rd": "12,5"},),
            bad=({"doanh_thu": "12,5", "chi_rd": "12,6"},),
        ),
    ),
)
