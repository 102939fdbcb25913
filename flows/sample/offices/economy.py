"""Generates Phòng Kinh tế's records: payments, enterprises, the digital economy, the environment."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence

from flows.sample.people.person import Row, SamplePerson
from flows.sample.submission import SampleSubmission, plan_submissions
from flows.sample.world import World

_UNIT = "kinh_te"
_KG_A_DAY = 0.55  # waste per person

# kind, name, how many, payments a month, share of them without cash, value of one in triệu đồng
_PLACES = (
    ("Trường học", "Trường Mầm non", 5, 260, 0.96, 0.6),
    ("Trường học", "Trường Tiểu học", 5, 380, 0.97, 0.5),
    ("Trường học", "Trường THCS", 4, 340, 0.96, 0.5),
    ("Y tế", "Điểm y tế", 4, 420, 0.84, 0.35),
    ("Y tế", "Nhà thuốc", 14, 300, 0.66, 0.12),
    ("Chợ", "Quầy chợ", 22, 240, 0.42, 0.2),
    ("Cửa hàng", "Cửa hàng tạp hóa", 60, 360, 0.66, 0.15),
    ("Cửa hàng", "Cửa hàng vật liệu xây dựng", 12, 90, 0.74, 6.0),
    ("Cửa hàng", "Siêu thị", 5, 2600, 0.81, 0.3),
    ("Dịch vụ công", "Bộ phận Một cửa", 1, 300, 0.7, 0.05),
    ("Điện, nước", "Điểm thu tiền điện", 2, 1900, 0.95, 0.45),
    ("Điện, nước", "Điểm thu tiền nước", 2, 700, 0.86, 0.12),
    ("Khác", "Quán ăn", 24, 420, 0.63, 0.12),
)
_TRADES = ("Nông nghiệp", "Công nghiệp", "Xây dựng", "Thương mại", "Dịch vụ", "Công nghệ thông tin", "Khác")
_WORDS = (
    "Ngọc Lặc",
    "Hưng Sơn",
    "Mỹ Tân",
    "Thúy Sơn",
    "Lam Sơn",
    "Đồng Tâm",
    "An Phát",
    "Thành Đạt",
    "Phú Hưng",
)


def make(
    world: World, registers: Sequence[list[SamplePerson]], numbers: Iterable[str]
) -> Iterable[SampleSubmission]:
    """Submissions of the four datasets that Phòng Kinh tế owes; `numbers` are fresh tax codes."""
    yield from plan_submissions(world, "thanh_toan", _UNIT, *_payments(world))
    yield from plan_submissions(
        world, "doanh_nghiep", _UNIT, *_enterprises(world, registers[0], iter(numbers))
    )
    yield from plan_submissions(world, "kinh_te_so", _UNIT, *_digital_economy(world))
    yield from plan_submissions(world, "moi_truong", _UNIT, *_environment(world, registers))


def _payments(world: World) -> tuple[list[Row], list[Row]]:
    rng = world.rng("payments")
    earlier, later = [], []
    size = min(1.0, world.persons / 12_000)
    for kind, name, count, usual, cashless, value in _PLACES:
        for number in range(1, max(1, round(count * size)) + 1):
            where = rng.choice(world.commune.thon).code
            row = {"don_vi": f"{name} số {number}", "loai": kind, "thon": where}
            share = min(0.99, max(0.1, rng.gauss(cashless, 0.07)))
            month = max(5, round(rng.gauss(usual, usual / 4)))
            earlier.append(row | _turnover(rng, month, share, value))
            later.append(
                row | _turnover(rng, round(month * rng.uniform(0.97, 1.08)) + 1, share + 0.01, value)
            )
    return earlier, later


def _turnover(rng: random.Random, payments: int, share: float, value: float) -> Row:
    cashless = min(payments, round(payments * share))
    total = round(payments * value * rng.uniform(0.8, 1.2), 1)
    return {
        "giao_dich": payments,
        "giao_dich_kdtm": cashless,
        "gia_tri": total,
        "gia_tri_kdtm": round(total * min(1.0, cashless / payments * rng.uniform(1.0, 1.1)), 1),
    }


def _enterprises(
    world: World, people: Sequence[SamplePerson], codes: Iterable[str]
) -> tuple[list[Row], list[Row]]:
    """Companies and household businesses; the latter's tax code is the personal number of their head."""
    rng = world.rng("enterprises")
    heads = [p for p in people if p.head and 25 <= p.age(world.today) <= 65]
    count = max(12, round(world.persons / 130))
    earlier, later = [], []
    owners = iter(rng.sample(heads, min(count // 3, len(heads))))
    for number, code in zip(range(count), codes, strict=False):
        owner = next(owners, None) if number % 4 == 3 else None
        first = _enterprise(rng, world, number, code, owner)
        earlier.append(first)
        later.append(_quarter_later(rng, first))
    return earlier, later


def _enterprise(rng: random.Random, world: World, number: int, code: str, owner: SamplePerson | None) -> Row:
    trade = rng.choices(_TRADES, (14, 10, 14, 34, 20, 3, 5))[0]
    kind = rng.choice(("Công ty TNHH", "Công ty Cổ phần", "Doanh nghiệp tư nhân", "Hợp tác xã"))
    revenue = round(rng.lognormvariate(6.3, 1.1), 1)
    digital = revenue * rng.betavariate(1.2, 4) if rng.random() < 0.7 else 0.0
    spends = owner is None and rng.random() < 0.07
    return {
        "mst": owner.so_dinh_danh if owner else code,
        "ten": f"Hộ kinh doanh số {number + 1}" if owner else f"{kind} {rng.choice(_WORDS)} {number + 1}",
        "thon": owner.thon if owner else rng.choice(world.commune.thon).code,
        "nganh": trade,
        "doanh_thu": revenue,
        "doanh_thu_so": round(digital, 1),
        "chi_rd": round(revenue * rng.uniform(0.005, 0.03), 1) if spends else rng.choice((None, 0.0)),
        "bang_sang_che": int(rng.random() < 0.3) if spends else None,
    }


def _quarter_later(rng: random.Random, row: Row) -> Row:
    growth = rng.uniform(0.9, 1.25)
    revenue = round(row["doanh_thu"] * growth, 1)
    digital = min(revenue, round(row["doanh_thu_so"] * growth * rng.uniform(1.0, 1.15), 1))
    spent = round(min(revenue, row["chi_rd"] * growth), 1) if row["chi_rd"] else row["chi_rd"]
    return row | {"doanh_thu": revenue, "doanh_thu_so": digital, "chi_rd": spent}


def _digital_economy(world: World) -> tuple[list[Row], list[Row]]:
    older, latest = (int(period.label) for period in world.periods("kinh_te_so"))
    source = "Chi cục Thống kê tỉnh, số ước"
    return (
        [{"nam": older, "grdp": 1684.2, "kinh_te_so": 197.5, "nguon": source}],
        [{"nam": latest, "grdp": 1853.6, "kinh_te_so": 246.3, "nguon": source}],
    )


def _environment(world: World, registers: Sequence[list[SamplePerson]]) -> list[list[Row]]:
    rng = world.rng("environment")
    habits = {
        p.code: (rng.uniform(0.78, 0.97), rng.uniform(0.03, 0.2), rng.randrange(3))
        for p in world.commune.thon
    }
    sun = {p.code: round(rng.uniform(3, 80), 1) if rng.random() < 0.7 else None for p in world.commune.thon}
    both = []
    for step, people in enumerate(registers):
        living = Counter(p.thon for p in people if p.living)
        rows = []
        for code, (collected, recycled, models) in habits.items():
            waste = round(living[code] * _KG_A_DAY * 30 / 1000 * rng.uniform(0.9, 1.1) + 0.1, 1)
            taken = round(waste * min(1.0, collected + 0.01 * step), 1)
            rows.append(
                {
                    "thon": code,
                    "rac_phat_sinh": waste,
                    "rac_thu_gom": taken,
                    "rac_tai_che": round(taken * recycled, 1) if recycled > 0.05 else None,
                    "mo_hinh_tuan_hoan": models + step * (rng.random() < 0.1),
                    "dien_mat_troi": sun[code],
                }
            )
        both.append(rows)
    return both
