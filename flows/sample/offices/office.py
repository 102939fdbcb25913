"""Generates Văn phòng's records of daily work: citizens' dossiers and work files."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from flows.sample.people.person import Row, SamplePerson
from flows.sample.submission import SampleSubmission, plan_submissions
from flows.sample.world import World
from schemas.periods import Period

_UNIT = "van_phong"
_PERSONS_A_DOSSIER = 28
_PERSONS_A_WORK_FILE = 52

# code, field, offered online end to end, fee in đồng, days to answer
_PROCEDURES = (
    ("1.001193", "Hộ tịch", True, 0, 1),
    ("1.000894", "Hộ tịch", True, 0, 1),
    ("1.000656", "Hộ tịch", False, 0, 1),
    ("2.000635", "Hộ tịch", True, 8_000, 1),
    ("2.000815", "Chứng thực", False, 2_000, 1),
    ("2.000884", "Chứng thực", False, 10_000, 1),
    ("2.000913", "Chứng thực", False, 50_000, 2),
    ("1.004873", "Hộ tịch", True, 12_000, 3),
    ("1.012222.000.00.00.H56", "Dân tộc", True, 0, 5),
    ("1.003554", "Đất đai", False, 30_000, 15),
    ("2.001023", "Bảo trợ xã hội", True, 0, 10),
    ("1.001776", "Bảo trợ xã hội", True, 0, 10),
    ("1.011606", "Giảm nghèo", True, 0, 12),
    ("1.001612", "Đăng ký kinh doanh", True, 100_000, 3),
)
_ROOMS = (
    "Văn phòng HĐND và UBND",
    "Phòng Văn hóa - Xã hội",
    "Phòng Kinh tế",
    "Công an xã",
    "Trung tâm Phục vụ hành chính công",
)


def make(world: World, registers: Sequence[list[SamplePerson]]) -> Iterable[SampleSubmission]:
    """Submissions of `ho_so_tthc` and `ho_so_cong_viec`."""
    yield from plan_submissions(world, "ho_so_tthc", _UNIT, *_dossiers(world, registers[1]))
    yield from plan_submissions(world, "ho_so_cong_viec", _UNIT, *_work_files(world))


def _dossiers(world: World, people: Sequence[SamplePerson]) -> list[list[Row]]:
    rng = world.rng("dossiers")
    adults = [p.so_dinh_danh for p in people if p.living and p.born.year < world.today.year - 18]
    both = []
    for growth, period in zip((1.0, 1.06), world.periods("ho_so_tthc"), strict=True):
        day = world.received(_UNIT, "ho_so_tthc", period).date()
        count = max(12, round(world.persons / _PERSONS_A_DOSSIER * growth))
        days = sorted(_working_day(rng, period) for _ in range(count))
        both.append([_dossier(rng, n, made, day, adults) for n, made in enumerate(days, start=1)])
    return both


def _dossier(rng: random.Random, number: int, made: date, day: date, adults: Sequence[str]) -> Row:
    code, field, online, fee, days = rng.choice(_PROCEDURES)
    how = "Toàn trình" if online and rng.random() < 0.79 else rng.choice(("Trực tiếp", "Một phần"))
    promised = made + timedelta(days=days + rng.randrange(2))
    answered = made + timedelta(days=rng.randint(0, days)) if rng.random() < 0.96 else promised + timedelta(2)
    known = answered if answered <= day else None
    if known is None and promised < day:
        known = day
    free = fee == 0
    paid = "Miễn phí" if free else rng.choices(("Trực tuyến", "Tiền mặt"), (7, 3))[0]
    return {
        "ma_ho_so": f"H56.118-{made:%y%m%d}-{number:04}",
        "ma_thu_tuc": code,
        "linh_vuc": field,
        "so_dinh_danh": rng.choice(adults) if rng.random() < 0.94 else None,
        "ngay_nop": made,
        "hinh_thuc": how,
        "cung_cap_toan_trinh": online,
        "ngay_hen_tra": promised,
        "ngay_tra": known,
        "le_phi": rng.choice((None, 0)) if free else fee,
        "thanh_toan": paid,
    }


def _working_day(rng: random.Random, period: Period) -> date:
    days = [period.start + timedelta(days=n) for n in range((period.end - period.start).days + 1)]
    return rng.choice([day for day in days if day.weekday() < 5])


def _work_files(world: World) -> list[list[Row]]:
    rng = world.rng("work files")
    number = rng.randint(1_400, 1_900)
    both = []
    for growth, period in zip((1.0, 1.05), world.periods("ho_so_cong_viec"), strict=True):
        day = world.received(_UNIT, "ho_so_cong_viec", period).date()
        count = max(12, round(world.persons / _PERSONS_A_WORK_FILE * growth))
        days = sorted(_working_day(rng, period) for _ in range(count))
        both.append([_work_file(rng, number + n, made, day) for n, made in enumerate(days)])
        number += count
    return both


def _work_file(rng: random.Random, number: int, made: date, day: date) -> Row:
    secret = rng.random() < 0.03
    online = not secret and rng.random() < 0.87
    done = made + timedelta(days=rng.randint(1, 20))
    return {
        "ma_ho_so": f"HSCV-{made.year}-{number:05}",
        "don_vi_xu_ly": rng.choices(_ROOMS, (30, 22, 20, 8, 20))[0],
        "ngay_tao": made,
        "tren_mang": online,
        "ky_so": online and rng.random() < 0.93,
        "mat": secret,
        "ngay_hoan_thanh": done if done <= day else None,
    }
