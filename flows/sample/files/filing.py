"""Names sample files as offices would; every name says that the file is a sample."""

from __future__ import annotations

import re
from unicodedata import combining, normalize

from flows.sample.files.habits import Habits
from flows.sample.submission import SampleSubmission
from flows.sample.world import World

_SHORT = {
    "dan_cu": "Danh sách dân cư",
    "dinh_danh": "Tài khoản định danh",
    "ho_gia_dinh": "Hộ gia đình",
    "phan_anh_ha_tang": "Phản ánh viễn thông",
}
_QUARTERS = ("I", "II", "III", "IV")


def name_file(world: World, submission: SampleSubmission, habits: Habits) -> str:
    """A file name with `MAU` in it, in one of the styles that clerks use."""
    rng = world.rng("file name", submission.unit, submission.dataset.name, submission.period.label)
    what = _SHORT.get(submission.dataset.name, submission.dataset.title.partition(":")[0])
    unit = world.commune.unit(submission.unit)
    if submission.dataset.unit == "thon" and unit:
        what = f"{what} {unit.title} {submission.unit}"
    if submission.dataset.unit == "vien_thong" and unit:
        what = f"{what} {unit.title}"
    when = _when(submission.period.label)
    style = rng.choice(("plain", "spaced", "toned", "plain"))
    if style == "plain":
        name = f"MAU_du_lieu_gia_lap_{_plain(what)}_{_plain(when)}"
    elif style == "spaced":
        name = f"MAU du lieu gia lap - {_toneless(what)} {_toneless(when)}"
    else:
        name = f"MAU dữ liệu giả lập - {what} {when}"
    name = normalize("NFD" if habits.decomposed else "NFC", name)
    return f"{name}.{habits.format}"


def _when(label: str) -> str:
    year, _, part = label.partition("-")
    if not part:
        return f"năm {year}"
    if part.startswith("Q"):
        return f"quý {_QUARTERS[int(part[1]) - 1]} năm {year}"
    return f"tháng {part} {year}"


def _toneless(text: str) -> str:
    letters = normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not combining(letter))


def _plain(text: str) -> str:
    return re.sub(r"\W+", "_", _toneless(text)).strip("_")
