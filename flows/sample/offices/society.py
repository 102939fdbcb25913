"""Generates the records of Phòng Văn hóa - Xã hội and Mặt trận: initiatives, digital teams, campaigns."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flows.sample.people.person import Row, SamplePerson
from flows.sample.submission import SampleSubmission, plan_submissions
from flows.sample.world import World
from schemas.periods import Period

_IDEAS = (
    ("Mã QR tra cứu thủ tục tại nhà văn hóa thôn", "Chuyển đổi số"),
    ("Nhóm Zalo nhắc lịch trả kết quả hồ sơ", "Cải cách hành chính"),
    ("Bể ủ phân hữu cơ từ rác bếp cho cụm năm hộ", "Chuyển đổi xanh"),
    ("Điểm đổi rác nhựa lấy cây giống", "Chuyển đổi xanh"),
    ("Sổ tay điện tử của Tổ công nghệ số cộng đồng", "Chuyển đổi số"),
    ("Bếp tiết kiệm củi dùng vỏ trấu", "Khoa học công nghệ"),
    ("Tưới nhỏ giọt hẹn giờ cho vườn cam", "Khoa học công nghệ"),
    ("Lịch số theo dõi tiêm phòng gia súc", "Chuyển đổi số"),
    ("Bảng điện tử công khai thời gian trả hồ sơ", "Cải cách hành chính"),
    ("Bình nước nóng năng lượng mặt trời tự lắp", "Chuyển đổi xanh"),
    ("Mẫu biểu điền sẵn cho người cao tuổi", "Cải cách hành chính"),
    ("Thư viện sách nói tiếng Mường", "Khác"),
    ("Bản đồ số các điểm sạt lở", "Khoa học công nghệ"),
    ("Chợ phiên không tiền mặt", "Chuyển đổi số"),
    ("Máy sấy nông sản dùng nhiệt mặt trời", "Khoa học công nghệ"),
    ("Tuyến đường tự quản không rác", "Chuyển đổi xanh"),
)
_PLACES_OF_WORK = (
    "Trường THCS Thúy Sơn",
    "Hội Phụ nữ xã",
    "Hội Nông dân xã",
    "Đoàn Thanh niên xã",
    "Trạm Y tế xã",
)
_ACTIVITIES = (
    ("Vận động", "Vận động người dân cài đặt và dùng VNeID, đợt {n}"),
    ("Vận động", "Vận động phân loại rác tại nguồn, đợt {n}"),
    ("Vận động", "Vận động mở tài khoản và thanh toán không dùng tiền mặt, đợt {n}"),
    ("Vận động", "Ra quân vệ sinh đường làng, đợt {n}"),
    ("Giám sát", "Giám sát việc giải quyết thủ tục hành chính, lần {n}"),
    ("Giám sát", "Giám sát thu gom rác thải sinh hoạt, lần {n}"),
    ("Phản biện", "Góp ý dự thảo kế hoạch chuyển đổi số, lần {n}"),
)
_BODIES = ("Mặt trận Tổ quốc", "Hội Nông dân", "Hội Phụ nữ", "Đoàn Thanh niên", "Hội Cựu chiến binh")


def make(world: World, registers: Sequence[list[SamplePerson]]) -> Iterable[SampleSubmission]:
    """Submissions of `sang_kien`, `to_cong_nghe_so` and `van_dong_giam_sat`."""
    yield from plan_submissions(world, "sang_kien", "van_hoa_xa_hoi", *_initiatives(world, registers[0]))
    yield from plan_submissions(world, "to_cong_nghe_so", "van_hoa_xa_hoi", *_teams(world))
    yield from plan_submissions(world, "van_dong_giam_sat", "mat_tran", *_activities(world))


def _initiatives(world: World, people: Sequence[SamplePerson]) -> list[list[Row]]:
    rng = world.rng("initiatives")
    authors = rng.sample([p.ho_ten for p in people if p.living and 25 <= p.age(world.today) <= 60], 30)
    ideas = rng.sample(_IDEAS, len(_IDEAS))
    both, number = [], 1
    for count, period in zip((13, 15), world.periods("sang_kien"), strict=True):
        rows = []
        for name, field in ideas[:count]:
            rows.append(
                _initiative(rng, number, f"{name}, nhóm {number}", field, authors[number - 1], period)
            )
            number += 1
        both.append(rows)
        ideas = ideas[::-1]
    return both


def _initiative(rng: random.Random, number: int, name: str, field: str, author: str, period: Period) -> Row:
    recognised = _day(rng, period) if rng.random() < 0.75 else None
    return {
        "ma_sang_kien": f"SK-{period.end.year}-{number:03}",
        "ten": name,
        "tac_gia": author,
        "don_vi": rng.choice(_PLACES_OF_WORK),
        "linh_vuc": field,
        "ngay_cong_nhan": recognised,
        "lam_loi": round(rng.uniform(4, 180), 1) if recognised and rng.random() < 0.7 else None,
        "nhan_rong": recognised is not None and rng.random() < 0.5,
    }


def _teams(world: World) -> tuple[list[Row], list[Row]]:
    rng = world.rng("teams")
    earlier, later = [], []
    for place in world.commune.thon:
        team = {"thon": place.code, "thanh_vien": rng.randint(5, 9)}
        earlier.append(team | _month(rng, rng.randint(0, 5)))
        later.append(team | _month(rng, rng.randint(1, 6)))
    return earlier, later


def _month(rng: random.Random, meetings: int) -> Row:
    return {"buoi_huong_dan": meetings, "luot_nguoi": sum(rng.randint(8, 32) for _ in range(meetings))}


def _activities(world: World) -> list[list[Row]]:
    rng = world.rng("activities")
    both = []
    for count, period in zip((30, 34), world.periods("van_dong_giam_sat"), strict=True):
        rows = [_activity(rng, world, number, period) for number in range(1, count + 1)]
        both.append(sorted(rows, key=lambda row: row["ngay"]))
    return both


def _activity(rng: random.Random, world: World, number: int, period: Period) -> Row:
    how, what = rng.choice(_ACTIVITIES)
    asked = None if how == "Vận động" else rng.randint(1, 9)
    return {
        "ngay": _day(rng, period),
        "to_chuc": rng.choice(_BODIES),
        "hinh_thuc": how,
        "thon": rng.choice(world.commune.thon).code if rng.random() < 0.7 else None,
        "noi_dung": what.format(n=number),
        "so_nguoi": rng.randint(12, 140) if how == "Vận động" else rng.randint(5, 20),
        "kien_nghi": asked,
        "kien_nghi_xong": None if asked is None else round(asked * rng.uniform(0.5, 1.0)),
    }


def _day(rng: random.Random, period: Period) -> date:
    return period.start + timedelta(days=rng.randrange((period.end - period.start).days + 1))
