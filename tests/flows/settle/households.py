"""Lists of the households of two thôn, and the register of persons that says whose they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas.registry import load
from tests.flows.read.forms import records

CONTRACTS = load()
#: The households of two thôn.
ONE, TWO = range(100, 110), range(200, 210)
_NAMES = ("An", "Bình", "Cúc", "Dũng", "Giang", "Hạnh", "Kim", "Lan", "Mai", "Nga")


def table(name: str, month: int, rows: Iterable[dict[str, object]]) -> list[list[object]]:
    """A form of the dataset whose rows are the usual one with what differs."""
    dataset = CONTRACTS.datasets[name]
    usual = dict(zip((c.name for c in dataset.columns), records(dataset, 1)[0], strict=True))
    head = [[f"Tháng {month} năm 2026"], [c.label.replace(" > ", " ") for c in dataset.columns]]
    return [*head, *([*(usual | row).values()] for row in rows)]


def homes(numbers: Iterable[int], month: int = 10) -> list[list[object]]:
    return table("ho_gia_dinh", month, (_home(number) for number in numbers))


def _home(number: int) -> dict[str, object]:
    name = f"Bùi {('Thị', 'Văn')[number // 100 % 2]} {_NAMES[number % len(_NAMES)]}"
    return {"ma_ho": f"H{number:05}", "chu_ho": name}


def events(numbers: Iterable[int], month: int = 10) -> list[list[object]]:
    days = {number: f"{number % 9 + 1:02}/{month}/2026" for number in numbers}
    rows = (
        {"ngay": day, "noi_dung": f"Sự cố {number}", "ngay_giai_quyet": day} for number, day in days.items()
    )
    return table("phan_anh_ha_tang", month, rows)


def register(month: int = 10, one: Sequence[int] = ONE, two: Sequence[int] = TWO) -> list[list[object]]:
    people = [(place, number) for place, some in (("Phố 1", one), ("Phố 2", two)) for number in some]
    rows = (
        {"so_dinh_danh": f"0380900{number:05}", "ma_ho": f"H{number:05}", "thon": place}
        for place, number in people
    )
    return table("dan_cu", month, rows)
