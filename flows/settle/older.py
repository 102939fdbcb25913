"""Tells of submissions that change figures although they seem to be older than those that they replace."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath

import polars as pl

from flows.clean.text import toneless
from flows.collect.inbox import is_possible
from flows.collect.submission import Submission
from flows.intake.model import SubmissionPart
from flows.read.table import Problem
from flows.root import HERE
from flows.settle.compare import RecordChanges, count_replaced
from schemas.contract import Dataset
from schemas.periods import in_words

# Clocks of disks and of programs differ by less.
_APART = timedelta(minutes=1)
# A program names a copy so, whatever is changed in it afterwards.
_COPY = re.compile(
    r"- copy\b|\bcopy of\b|[ (-]copy\)?$|\b(?:ban sao|sao chep|nhan ban)\b"
    r"|(?<!thang )(?<!quy )(?<!nam )(?<!phan )(?<!lan )(?<!so )(?<!bieu )\(\d{1,2}\)$"
)
_NO_COPY = re.compile(r"\b(?:cong chung|chung thuc|dien tu)\b")
_OLD = re.compile(
    r"\b(?:backup|bak|sao luu|ban du phong|old|ban goc|original|previous version|autosave[dr]?|autorecover"
    r"|truoc khi sua|chua sua|ban cu|file cu|tep cu|so lieu cu|so cu)\b"
)
# Without accents "dân cư" ends like this too.
_OLD_TONED, _OLD_TONELESS = (
    re.compile(r"(?:^|[ (-])cũ\)?$"),
    re.compile(r"(?<!dan )(?<!chung )(?<!tap )(?<!nhap )\bcu\)?$"),
)
_OLD_PLACE = re.compile(r"\b(?:xã|huyện|tỉnh|thôn|phố|tên|địa bàn|địa danh)\s+cũ\b")
_OLD_ENDINGS = (".xlk", ".bak", ".wbk", ".old", ".asd", ".xar")
_LIST = 3


@dataclass(frozen=True, slots=True)
class Version:
    """A part of a submission, and the submission."""

    submission: Submission
    part: SubmissionPart


def tell_older(
    now: Version,
    former: Version,
    accepted: pl.DataFrame,
    change: RecordChanges,
    latest: tuple[str, str],
    dataset: Dataset,
) -> Problem | None:
    """A warning if `now` changes records of `former` and may well be no correction of them.

    `tep.ban_cu`: its own clock or its name says that it is an older copy. `tep.sua_ky_cu`: the file is one of
    a later period. `tep.doi_het`: no record is as it was. None if somebody said what it is.

    Args:
        now: What counts from now on.
        former: What counted until it came.
        accepted: The records of `former` that counted.
        change: What `now` changed.
        latest: The label of the latest period of the dataset that the files of `now` and `former` report on.
        dataset: The contract.
    """
    part = now.part
    if part.meant is not None or part.nil or not change.added + change.changed + change.removed:
        return None
    why = next(_find_signs(now, former), None)
    if why is not None:
        return _describe("tep.ban_cu", f"Tệp có vẻ là bản cũ: {why}", now, former, change)
    if latest[0] > max(part.period.label, latest[1]):
        says = f"Tệp này là của {in_words(latest[0])} nhưng có cả {in_words(part.period.label)}"
        return _describe("tep.sua_ky_cu", says, now, former, change)
    everything = change.changed + change.removed
    if change.same == 0 and change.changed >= _LIST and 2 * change.changed >= everything:
        replaced = count_replaced(accepted, part.frame, dataset)
        if replaced >= max(_LIST, accepted.height):
            says = f"Tệp ghi số liệu khác cho cả {replaced} bản ghi, không bản ghi nào giữ nguyên"
            return _describe("tep.doi_het", says, now, former, change)
    return None


def _find_signs(now: Version, former: Version) -> Iterator[str]:
    """Why `now` seems to be older than `former`."""
    mine, others = _read_clocks(now), _read_clocks(former)
    name = now.submission.file
    # The workbook's own moment is that of its figures; copying a file may give it another clock.
    shared = [kind for kind in mine if kind in others and abs(mine[kind] - others[kind]) >= _APART]
    decides = shared[0] if shared else None
    if says_old(name):
        yield f"tên “{name}” nói rằng nó là bản cũ"
    if decides and mine[decides] < others[decides]:
        then, later = (f"{clocks[decides].astimezone(HERE):%H:%M ngày %d/%m/%Y}" for clocks in (mine, others))
        yield f"lưu lúc {then}, trước tệp {former.submission.file} (lưu lúc {later})"
    if decides is None and says_copy(name):
        yield f"tên “{name}” là tên của một bản sao"


def _read_clocks(one: Version) -> Mapping[str, datetime]:
    """When the workbook says that it was saved, and what the file's own clock said; what can be right."""
    received = datetime.fromisoformat(one.submission.received)
    begins = datetime.combine(one.part.period.start, datetime.min.time(), HERE)
    written = one.submission.written
    found = {"saved": one.part.saved, "written": datetime.fromisoformat(written) if written else None}
    # Before its period begins, nobody has its figures: such a moment is that of a form.
    return {
        kind: moment
        for kind, moment in found.items()
        if moment is not None and begins <= moment and is_possible(moment, received)
    }


def says_old(file: str) -> bool:
    """Whether the name of a file, or of its folder, says that it is an old version or a backup."""
    *folders, name = PurePosixPath(file).parts
    words, ending = _words(name)
    every = [_OLD_PLACE.sub(" ", each) for each in (words, *(_words(folder)[0] for folder in folders))]
    return ending in _OLD_ENDINGS or any(
        _OLD.search(toneless(each)) or (_OLD_TONELESS if each.isascii() else _OLD_TONED).search(each)
        for each in every
    )


def says_copy(file: str) -> bool:
    """Whether a file's name is one that programs give to a copy."""
    plain = toneless(_words(file)[0])
    return bool(_COPY.search(plain)) and not _NO_COPY.search(plain)


def _words(file: str) -> tuple[str, str]:
    path = PurePosixPath(unicodedata.normalize("NFC", file.lower()))
    return " ".join(path.stem.replace("_", " ").split()), path.suffix


def _describe(code: str, says: str, now: Version, former: Version, change: RecordChanges) -> Problem:
    counts = ((change.changed, "đổi"), (change.added, "thêm"), (change.removed, "bớt"))
    what = ", ".join(f"{verb} {count} bản ghi" for count, verb in counts if count)
    part, other = now.part, former.submission.file
    return Problem(
        code,
        "dung",
        "canh_bao",
        f"{says}. Nộp sau nên tệp này đang được tính cho {in_words(part.period.label)} thay tệp {other}:"
        f" {what}. Nếu tệp {other} mới đúng: nộp lại tệp đó dưới tên khác. Nếu tệp này đúng: nhờ người quản"
        " trị xác nhận (`dulieuxa accept --whole`).",
        dataset=part.dataset,
        periods=(part.period.label,),
        period_named=True,
    )
