"""Hồ sơ thủ tục hành chính: một hồ sơ mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import CO_KHONG, LUA_CHON, MA, NGAY, SO_DINH_DANH, SO_TIEN, VAN_BAN
from schemas.open_forms import KEPT
from schemas.rules import ask_for_day, blank

DATASET = Dataset(
    name="ho_so_tthc",
    title="Hồ sơ thủ tục hành chính",
    unit="van_phong",
    cadence="thang",
    basis="nd09",
    grain="một hồ sơ",
    key=("ma_ho_so",),
    rows=(0, 100_000),
    dated="ngay_nop",
    coarsen=(
        *("ngay_tra", "ngay_hen_tra", "le_phi", "ngay_nop", "ngay_tra", "ngay_hen_tra", "ma_thu_tuc"),
        *("le_phi", "ngay_nop", "cung_cap_toan_trinh", "thanh_toan"),
    ),
    columns=(
        Column(
            "ma_ho_so",
            "Mã hồ sơ",
            MA,
            also=("Số hồ sơ",),
            pattern=r"[0-9A-Z]{3}(\.[0-9A-Z]{1,4})+-\d{6}-\d{4}",
            example="H56.118-260514-0001",
        ),
        Column(
            "ma_thu_tuc",
            "Mã thủ tục",
            MA,
            also=("Mã TTHC",),
            pattern=r"\d\.\d{6}(\.\d{3}\.\d{2}\.\d{2}\.H\d{2})?",
            example="1.001193",
            opened=(KEPT,),
        ),
        Column("linh_vuc", "Lĩnh vực", VAN_BAN),
        Column(
            "so_dinh_danh",
            "Số định danh người nộp",
            SO_DINH_DANH,
            also=("CCCD người nộp",),
            required=False,
            personal="direct",
        ),
        Column("ngay_nop", "Ngày nộp", NGAY, also=("Ngày tiếp nhận",), example="20/10/2026"),
        Column(
            "hinh_thuc",
            "Hình thức nộp",
            LUA_CHON,
            also=("Hình thức",),
            of=("Trực tiếp", "Một phần", "Toàn trình"),
        ),
        Column("cung_cap_toan_trinh", "Thủ tục cung cấp toàn trình", CO_KHONG, also=("DVC toàn trình",)),
        Column("ngay_hen_tra", "Ngày hẹn trả", NGAY, may_be_future=True, example="27/11/2026"),
        Column("ngay_tra", "Ngày trả kết quả", NGAY, also=("Ngày trả",), required=False),
        Column(
            "le_phi",
            "Phí, lệ phí (đồng)",
            SO_TIEN,
            also=("Lệ phí", "Phí, lệ phí"),
            required=False,
            example="12.500",
        ),
        Column("thanh_toan", "Hình thức thanh toán", LUA_CHON, of=("Tiền mặt", "Trực tuyến", "Miễn phí")),
    ),
    rules=(
        Rule(
            "ngay_hen_tra.truoc_ngay_nop",
            on=("ngay_nop", "ngay_hen_tra"),
            dimension="dung",
            severity="chan",
            says="Ngày hẹn trả trước ngày nộp.",
            fails_when=col("ngay_hen_tra") < col("ngay_nop"),
            good=({"ngay_nop": "20/10/2026", "ngay_hen_tra": "20/10/2026"},),
            bad=({"ngay_nop": "20/10/2026", "ngay_hen_tra": "19/10/2026"},),
        ),
        Rule(
            "ngay_tra.truoc_ngay_nop",
            on=("ngay_nop", "ngay_tra"),
            dimension="dung",
            severity="chan",
            says="Ngày trả kết quả trước ngày nộp.",
            fails_when=col("ngay_tra") < col("ngay_nop"),
            good=({"ngay_nop": "20/10/2026", "ngay_tra": "20/10/2026"},),
            bad=({"ngay_nop": "20/10/2026", "ngay_tra": "19/10/2026"},),
        ),
        Rule(
            "hinh_thuc.khong_cung_cap",
            on=("hinh_thuc", "cung_cap_toan_trinh"),
            dimension="sach",
            severity="canh_bao",
            says="Nộp toàn trình cho thủ tục không cung cấp toàn trình.",
            fails_when=(col("hinh_thuc") == "Toàn trình") & ~col("cung_cap_toan_trinh"),
            good=(
                {"hinh_thuc": "Toàn trình", "cung_cap_toan_trinh": "Có"},
                {"hinh_thuc": "Trực tiếp", "cung_cap_toan_trinh": "Không"},
            ),
            bad=({"hinh_thuc": "Toàn trình", "cung_cap_toan_trinh": "Không"},),
        ),
        Rule(
            "le_phi.mien_phi_co_tien",
            on=("le_phi", "thanh_toan"),
            dimension="sach",
            severity="canh_bao",
            says="Miễn phí nhưng có số tiền.",
            fails_when=(col("thanh_toan") == "Miễn phí") & (col("le_phi") > 0),
            good=(
                {"le_phi": "0", "thanh_toan": "Miễn phí"},
                {"le_phi": "8.000", "thanh_toan": "Tiền mặt"},
            ),
            bad=({"le_phi": "8.000", "thanh_toan": "Miễn phí"},),
        ),
        Rule(
            "ngay_tra.qua_han_chua_tra",
            on=("ngay_hen_tra", "ngay_tra"),
            dimension="song",
            severity="canh_bao",
            says="Quá hẹn trả nhưng chưa có ngày trả.",
            fails_when=(col("ngay_hen_tra") < col("_judged_on")) & blank("ngay_tra"),
            good=(
                {"ngay_hen_tra": "17/11/2026", "ngay_tra": ""},
                {"ngay_hen_tra": "16/11/2026", "ngay_tra": "16/11/2026"},
            ),
            bad=({"ngay_hen_tra": "16/11/2026", "ngay_tra": ""},),
        ),
        Rule(
            "ngay_nop.ngoai_ky",
            on=("ngay_nop",),
            dimension="song",
            severity="canh_bao",
            says="Ngày nộp nằm ngoài kỳ báo cáo.",
            fails_when=~col("ngay_nop").is_between(col("_period_start"), col("_period_end")),
            note=ask_for_day("ngay_nop"),
            good=(
                {"ngay_nop": "15/10/2026"},
                {"ngay_nop": "14/11/2026"},
            ),
            bad=({"ngay_nop": "14/10/2026"},),
        ),
    ),
)
