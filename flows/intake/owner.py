"""Decides whose a table is: the folder that it lies in, its title and its file's name must agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import PurePath

from rapidfuzz import fuzz, process

from flows.clean.text import fold_one, toneless
from flows.collect.submission import Submission
from flows.read.table import Problem, ReadTable
from schemas.contract import Dataset
from schemas.units import Commune, Unit

# T1 to T12 are as likely months.
_MONTH = re.compile(r"t(?:0?[1-9]|1[0-2])", re.IGNORECASE)
_NEAR = 80


def check_owner(
    submission: Submission, table: ReadTable, dataset: Dataset, commune: Commune
) -> Problem | None:
    """Why the table may not count for the unit of its folder; None if nothing speaks against that.

    A unit of another kind is `tep.sai_don_vi`. If title or file name name another unit that submits the same
    dataset, that is `tep.khac_don_vi`: the table is held until somebody says whose it is.
    """
    unit = commune.unit(submission.unit)
    if unit is None or unit.kind != dataset.unit:
        return _describe_wrong_kind(submission, table, dataset, commune)
    if submission.vouched is not None:
        return None
    places = {"tiêu đề": table.title, "tên tệp": (PurePath(submission.file).stem,)}
    owing = commune.owing(dataset)
    others = [
        f"{place} ghi {' hoặc '.join(_describe(other) for other in named)}"
        for place, texts in places.items()
        if (named := find_named(texts, owing)) and unit not in named
    ]
    if not others:
        return None
    return Problem(
        "tep.khac_don_vi",
        "dung",
        "chan",
        f"Tệp nằm trong thư mục của {_describe(unit)} nhưng {', '.join(others)}. Nếu gửi nhầm thì chuyển tệp"
        " sang đúng thư mục; nếu đúng là của đơn vị này thì sửa cho khớp rồi nộp lại.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def _describe(unit: Unit) -> str:
    return f"{unit.title} ({unit.name})"


def find_named(texts: Iterable[str], units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """Those of `units` that a text names by title, or by code; in the order of `units`."""
    found: set[Unit] = set()
    for text in texts:
        words = text.replace("_", " ")
        marked = toneless(words) != words.lower()
        found |= _search(_fold(words, toned=marked), _spell(units, toned=marked))
    return tuple(unit for unit in units if unit in found)


def _search(text: str, spelled: Mapping[str, frozenset[Unit]]) -> set[Unit]:
    found: set[Unit] = set()
    for spelling in sorted(spelled, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(spelling)}(?!\w)"
        if re.search(pattern, text):
            found |= spelled[spelling]
            # A shorter name within this one is not meant.
            text = re.sub(pattern, "|", text)
    return found


@cache
def _spell(units: tuple[Unit, ...], *, toned: bool) -> Mapping[str, frozenset[Unit]]:
    """The units by each way to write them; several thôn may share a name."""
    spelled: dict[str, frozenset[Unit]] = {}
    for unit in units:
        ways = {_fold(unit.title, toned=toned)}
        if not _MONTH.fullmatch(unit.name):
            ways.add(unit.name.lower())
        for way in ways:
            spelled[way] = spelled.get(way, frozenset()) | {unit}
    return spelled


def _fold(text: str, *, toned: bool) -> str:
    """Words in lower case with single spaces; with `toned`, "hoà" is "hòa", else no word has marks."""
    return " ".join(fold_one(word) if toned else toneless(word) for word in text.split())


def _describe_wrong_kind(
    submission: Submission, table: ReadTable, dataset: Dataset, commune: Commune
) -> Problem:
    unit = commune.unit(submission.unit)
    near = None if unit else find_near(submission.unit, commune)
    who = unit.title if unit else f"Thư mục “{submission.unit}”"
    asks = f" Có phải thư mục “{near.name}” ({near.title})?" if near else ""
    return Problem(
        "tep.sai_don_vi",
        "dung",
        "chan",
        f"{who} không phải đơn vị nộp bảng “{dataset.title}”.{asks} Chuyển tệp cho đúng đơn vị nộp.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def find_near(folder: str, commune: Commune) -> Unit | None:
    """The unit that a folder's name nearly names; None if no unit is near, or several are."""
    spelled: dict[str, set[Unit]] = {}
    for unit in commune.units:
        for way in (unit.name, unit.title):
            spelled.setdefault(_key(way), set()).add(unit)
    near = process.extract(_key(folder), spelled.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=2)
    found = {unit for way, score, _ in near if score == near[0][1] for unit in spelled[way]}
    return found.pop() if len(found) == 1 else None


def _key(text: str) -> str:
    return re.sub(r"[\W_]+", "", toneless(text))
