"""Decides whose a table is: its folder, its title, its file's name and our own stamp in it must agree."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import PurePath

from rapidfuzz import fuzz, process

from flows.clean.text import fold_one, toneless
from flows.collect.submission import Submission
from flows.read.table import Problem, ReadTable
from schemas.contract import Dataset
from schemas.periods import Period
from schemas.units import Commune, Unit

# T1 to T12 are as likely months.
_MONTH = re.compile(r"t(?:0?[1-9]|1[0-2])", re.IGNORECASE)
_CODE = re.compile(r"T0[1-9]")
_NEAR = 80
# Who is only told, as in "Nơi nhận: VNPT", does not sign.
_SIGNER = re.compile(
    r"\W*(?:tm\b|thay mặt|thay mat|đại diện|dai dien|giám đốc|giam doc|tổ trưởng|to truong"
    r"|(?:trưởng|truong) (?:thôn|thon|phố|pho|khu|bản|ban|làng|lang)\b)",
    re.IGNORECASE,
)


def check_owner(
    submission: Submission, table: ReadTable, dataset: Dataset, commune: Commune
) -> Problem | None:
    """Why the table may not count for the unit of its folder; None if nothing speaks against that.

    A unit of another kind is `tep.sai_don_vi`. If title, sheet, file name or the stamp of our form name
    another unit that submits the same dataset, that is `tep.khac_don_vi`: the table is held until somebody
    says whose it is.
    """
    unit = commune.unit(submission.unit)
    if unit is None or unit.kind != dataset.unit:
        return _describe_wrong_kind(submission, table, dataset, commune)
    if submission.vouched is not None:
        return None
    owing = commune.owing(dataset)
    places = _list_places(submission, table, owing)
    others = [
        f"{place} ghi {' hoặc '.join(describe_unit(other) for other in named)}"
        for place, texts in places.items()
        if (named := find_named(texts, owing)) and unit not in named
    ]
    stamped = [other for other in owing if other.name in table.made_for]
    if stamped and unit not in stamped:
        others.append(f"mẫu được xã in cho {' hoặc '.join(map(describe_unit, stamped))}")
    return describe_other_owner(unit, others, dataset, table.sheet) if others else None


def _list_places(
    submission: Submission, table: ReadTable, owing: tuple[Unit, ...]
) -> Mapping[str, Sequence[str]]:
    """The texts that may name the unit of a table, by the place where they stand."""
    file = PurePath(submission.file).stem
    titles = (table.title, *reversed(table.above))
    return {
        # What a table does not say for itself, the nearest title above it on its sheet says.
        "tiêu đề": next((texts for texts in titles if find_named(texts, owing)), table.title),
        # The only sheet of a text file bears its name.
        "tên trang tính": (table.sheet,) if table.sheet != file else (),
        "tên tệp": (file,),
        "chữ ký": tuple(_list_signers(table)),
    }


def check_codes(
    submission: Submission, table: ReadTable, dataset: Dataset, commune: Commune, decided: Period
) -> Problem | None:
    """`tep.khac_don_vi` if a title or name is just the code of another unit, such as `T02`.

    Such a code may be a month, too: nothing is wrong if it is the month of the period `decided`.
    """
    unit = commune.unit(submission.unit)
    if unit is None or submission.vouched is not None:
        return None
    owing = commune.owing(dataset)
    points = [
        f"{place} ghi {text}, là mã của {describe_unit(other)}"
        for place, texts in _list_places(submission, table, owing).items()
        for text in texts
        if (other := find_code(text, owing, decided)) and other != unit
    ]
    return describe_other_owner(unit, points, dataset, table.sheet) if points else None


def weigh_company(
    submission: Submission, table: ReadTable, dataset: Dataset, commune: Commune
) -> Problem | None:
    """A warning `tep.khac_don_vi` if title or file name the unit and, by a name of its own, another one."""
    unit = commune.unit(submission.unit)
    if unit is None or submission.vouched is not None:
        return None
    owing = commune.owing(dataset)
    points: list[str] = []
    for place in ("tiêu đề", "tên tệp"):
        names = _list_names(_list_places(submission, table, owing)[place], owing)
        others = {other for name in names if unit not in name for other in name}
        if others and any(unit in name for name in names):
            told = (other for other in owing if other in others)
            points.append(f"{place} ghi cả {', '.join(map(describe_unit, told))}")
    return describe_other_owner(unit, points, dataset, table.sheet, blocks=False) if points else None


def find_code(text: str, units: tuple[Unit, ...], decided: Period) -> Unit | None:
    """The unit whose code `text` is, if the code may be a month and is not that of the period `decided`.

    `T10` to `T12` are as likely the name that a sheet had in another month.
    """
    code = text.strip().upper()
    if not _CODE.fullmatch(code) or int(code[1:]) == decided.end.month:
        return None
    return next((unit for unit in units if unit.name.upper() == code), None)


def _list_signers(table: ReadTable) -> Iterator[str]:
    """The lines below the last record that say who signs: "Trưởng thôn Tiến Thành"."""
    last = int(table.cells["_row"][-1]) if table.cells.height else 0
    texts = (text for line in table.lines if line.row > last for text in line.texts)
    return filter(_SIGNER.match, map(_compose, texts))


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def describe_other_owner(
    unit: Unit, points: Sequence[str], dataset: Dataset, sheet: str | None, *, blocks: bool = True
) -> Problem:
    """The problem `tep.khac_don_vi`; `points` say what points to another unit than `unit`."""
    mend = (
        "Nếu gửi nhầm thì chuyển tệp sang đúng thư mục; nếu đúng là của đơn vị này thì sửa cho khớp rồi nộp"
        " lại, hoặc báo xã xác nhận."
        if blocks
        else "Số liệu vẫn được tính cho đơn vị này: kiểm tra lại, nếu gửi nhầm thì nộp lại tệp đúng."
    )
    return Problem(
        "tep.khac_don_vi",
        "dung",
        "chan" if blocks else "canh_bao",
        f"Tệp nằm trong thư mục của {describe_unit(unit)} nhưng {', '.join(points)}. {mend}",
        dataset=dataset.name,
        sheet=sheet,
    )


def describe_unit(unit: Unit) -> str:
    """Title and name of a unit."""
    return f"{unit.title} ({unit.name})"


def find_named(texts: Iterable[str], units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """Those of `units` that a text names by title, or by code; in the order of `units`."""
    found = frozenset[Unit]().union(*_list_names(texts, units))
    return tuple(unit for unit in units if unit in found) if found else ()


def _list_names(texts: Iterable[str], units: tuple[Unit, ...]) -> Sequence[frozenset[Unit]]:
    """The names of units in `texts`: for each the units that have it, since several thôn may share one."""
    return _search_all(tuple(texts), units)


# The key has all units in it: it costs less to make than the search, but not nothing.
@lru_cache(maxsize=4096)
def _search_all(texts: tuple[str, ...], units: tuple[Unit, ...]) -> Sequence[frozenset[Unit]]:
    found: list[frozenset[Unit]] = []
    for text in texts:
        words = text.replace("_", " ")
        marked = toneless(words) != words.lower()
        found += _search(_fold(words, toned=marked), _spell(units, toned=marked))
    return found


def _search(text: str, spelled: Mapping[str, frozenset[Unit]]) -> Iterator[frozenset[Unit]]:
    """The units of each name in a text; `spelled` begins with the longest."""
    for spelling, units in spelled.items():
        if spelling not in text:
            continue
        pattern = rf"(?<!\w){re.escape(spelling)}(?!\w)"
        if re.search(pattern, text):
            yield units
            # A shorter name within this one is not meant.
            text = re.sub(pattern, "|", text)


@cache
def _spell(units: tuple[Unit, ...], *, toned: bool) -> Mapping[str, frozenset[Unit]]:
    """The units by each way to write them, the longest first; several thôn may share a name."""
    spelled: dict[str, frozenset[Unit]] = {}
    for unit in units:
        ways = {_fold(unit.title, toned=toned)}
        if not _MONTH.fullmatch(unit.name):
            ways.add(unit.name.lower())
        for way in ways:
            spelled[way] = spelled.get(way, frozenset()) | {unit}
    return {way: spelled[way] for way in sorted(spelled, key=len, reverse=True)}


@lru_cache(maxsize=4096)
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
