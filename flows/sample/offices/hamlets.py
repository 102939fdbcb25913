"""Generates the records of the thôn: households, and complaints about telecom networks."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flows.sample.people.person import Row, SamplePerson
from flows.sample.submission import SampleSubmission, plan_submissions
from flows.sample.world import World
from schemas.periods import Period

_TICKS = ("ky_nang_dvc", "ky_nang_ttkdtm", "phan_loai_rac", "nang_luong_sach")
_COMPLAINTS = (
    "Sóng di động yếu ở khu {place}, gọi hay bị ngắt",
    "Mất mạng cáp quang từ sáng tại {place}",
    "Không bắt được 4G trong nhà ở {place}",
    "Cáp treo sà thấp, nguy hiểm cho người đi đường ở {place}",
    "Internet chậm vào buổi tối ở {place}",
    "Đề nghị lắp thêm trạm phát sóng cho {place}",
    "Tủ cáp hỏng khóa, dây đứt sau mưa ở {place}",
)
_CORNERS = ("đầu làng", "cuối làng", "quanh nhà văn hóa", "ven đồi", "gần trường học", "bên suối", "ngã ba")


def make(world: World, registers: Sequence[list[SamplePerson]]) -> Iterable[SampleSubmission]:
    """Submissions of `ho_gia_dinh` and `phan_anh_ha_tang` from every thôn."""
    homes = _homes(world, registers)
    for unit in world.commune.owing(world.datasets["ho_gia_dinh"]):
        yield from plan_submissions(world, "ho_gia_dinh", unit.name, *homes[unit.name])
    for unit in world.commune.owing(world.datasets["phan_anh_ha_tang"]):
        yield from plan_submissions(world, "phan_anh_ha_tang", unit.name, *_complaints(world, unit.name))


def _homes(world: World, registers: Sequence[list[SamplePerson]]) -> dict[str, tuple[list[Row], list[Row]]]:
    """By thôn, the households of both months; between them, some gain a skill or an Internet line."""
    rng = world.rng("homes")
    before, now = registers
    homes: dict[str, tuple[list[Row], list[Row]]] = {place.code: ([], []) for place in world.commune.thon}
    skilled = {code: rng.uniform(0.72, 0.99) for code in homes}
    sizes = [Counter(p.ma_ho for p in people if p.living) for people in (before, now)]
    for head in (p for p in before if p.head):
        first = _home(rng, head, sizes[0][head.ma_ho], skilled[head.thon])
        earlier, later = homes[head.thon]
        earlier.append(first)
        later.append({**_month_later(rng, first), "nhan_khau": sizes[1][head.ma_ho]})
    for earlier, later in homes.values():
        if earlier == later:
            later[-1] = {**later[-1], "phan_loai_rac": not later[-1]["phan_loai_rac"]}
    return homes


def _home(rng: random.Random, head: SamplePerson, size: int, skilled: float) -> Row:
    return {
        "ma_ho": head.ma_ho,
        "chu_ho": head.ho_ten,
        "nhan_khau": size,
        "ky_nang_dvc": rng.random() < skilled,
        "ky_nang_ttkdtm": rng.random() < skilled + 0.02,
        "internet": rng.choices(("Cáp quang", "Di động", "Không"), (68, 24, 8))[0],
        "phan_loai_rac": rng.random() < 0.58,
        "nang_luong_sach": rng.random() < 0.33,
    }


def _month_later(rng: random.Random, home: Row) -> Row:
    gained = {name: True for name in _TICKS if not home[name] and rng.random() < 0.05}
    line = {"internet": "Cáp quang"} if home["internet"] == "Di động" and rng.random() < 0.04 else {}
    return {**home, **gained, **line}


def _complaints(world: World, unit: str) -> tuple[list[Row], list[Row]]:
    """Complaints of both months, possibly none; the later month never has fewer than the earlier one."""
    rng = world.rng("complaints", unit)
    periods = world.periods("phan_anh_ha_tang")
    some = rng.choices((0, 1, 2, 3), (50, 28, 15, 7))[0]
    more = some + (rng.random() < 0.35)
    topics = rng.sample([(what, corner) for what in _COMPLAINTS for corner in _CORNERS], some + more)
    days = [world.received(unit, "phan_anh_ha_tang", period).date() for period in periods]
    return (
        [_complaint(rng, periods[0], days[0], about) for about in topics[:some]],
        [_complaint(rng, periods[1], days[1], about) for about in topics[some:]],
    )


def _complaint(rng: random.Random, period: Period, day: date, about: tuple[str, str]) -> Row:
    what, corner = about
    made = period.start + timedelta(days=rng.randrange((period.end - period.start).days + 1))
    state = rng.choices(("Mới", "Đang xử lý", "Đã giải quyết"), (12, 20, 68))[0]
    solved = min(day, made + timedelta(days=rng.randint(1, 9))) if state == "Đã giải quyết" else None
    return {
        "ngay": made,
        "nha_mang": rng.choices(("Viettel", "VNPT", "MobiFone", "Khác"), (46, 32, 18, 4))[0],
        "noi_dung": what.format(place=corner),
        "trang_thai": state,
        "ngay_giai_quyet": solved,
    }
