"""Proposes which contract column an unknown heading means, by its words and by the values below it.

A proposal is told, never taken: the heading stays unknown until somebody corrects it or accepts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from rapidfuzz import fuzz

from flows.read.sheet import index_of
from flows.read.tables.heading import (
    Path,
    bare_key,
    is_about_others,
    key_of,
    list_headings,
    split_unit,
    words_of,
)
from flows.read.tables.plausible import mean_likeness
from schemas.contract import Column

#: Up to this many values of a column are looked at.
SAMPLE = 200
#: The values below a heading, by the letter of its column: at most `SAMPLE`, none of them blank.
Values = Callable[[str], Sequence[str]]

# What clerks write instead of the words of a contract, without accents. Each line means one thing.
_SYNONYMS = (
    "dinh danh ca nhan, can cuoc cong dan, cccd, cmnd, cmt, can cuoc, giay to tuy than, chung minh thu",
    "ho va ten, ho ten, ho chu dem va ten, ten day du, danh tinh, ten nguoi, ho ten day du",
    "ngay thang nam sinh, ngay sinh, nam sinh, ntns, sinh ngay, sinh nam",
    "dien thoai, di dong, lien lac, lien he, zalo, sdt, dt",
    "thon, xom, ban, lang, khu pho, pho, dia ban, dia chi, noi o, to dan pho, khu dan cu, noi thuong tru",
    "gioi tinh, phai, gioi, nam nu",
    "dan toc, thanh phan dan toc, toc nguoi",
    "ma ho, so ho khau, so ho",
    "quan he voi chu ho, qh chu ho, vai tro trong ho, moi quan he",
    "nhan khau, so khau, thanh vien trong ho, nguoi trong ho, so nguoi trong ho",
    "ngay mat, ngay chet, ngay tu vong, tu vong, ngay qua doi, qua doi, ngay tu tran",
    "cap nhat, ra soat, chinh sua, sua doi, cap nhat lan cuoi",
    "cu tru, thuong tru tam tru, dang ky cu tru",
    "doanh thu, doanh so, thu ban hang",
    "khong dung tien mat, khong tien mat, chuyen khoan, dien tu, qua ngan hang, ttkdtm, qua tai khoan",
    "giao dich, luot thanh toan, gd",
    "gia tri, so tien, tri gia",
    "rac thai sinh hoat, rac thai, rac, chat thai, ctrsh",
    "thu gom, gom, thu gom xu ly, don",
    "tai che, tai su dung",
    "tram bts, tram phat song, cot song, bts",
    "vung phu, phu song, phu, co song",
    "toc do, bang thong",
    "cap quang, ftth, internet co dinh",
    "dien mat troi, nang luong mat troi, pin mat troi, dmt",
    "ngay nop, tiep nhan, ngay nhan, ngay tiep nhan",
    "hen tra, han tra, ngay hen",
    "ket qua, ngay tra, tra ket qua",
    "giai quyet, xu ly, khac phuc",
    "hinh thuc, phuong thuc, cach thuc",
    "phi le phi, le phi, phi",
    "linh vuc, nganh, nganh nghe, mang",
    "don vi, co quan, phong ban, phong, bo phan",
    "chuc vu, chuc danh",
    "tac gia, nguoi viet, chu nhiem, nguoi de xuat",
    "lam loi, hieu qua kinh te, gia tri lam loi",
    "noi dung, mo ta, dien giai, chi tiet",
    "trang thai, tinh trang, hien trang",
    "nha mang, doanh nghiep vien thong, mang vien thong",
    "muc do, cap do, cap, muc",
    "kien nghi, y kien, de xuat",
    "tham gia, tham du, du",
    "bang sang che, sang che, van bang",
    "phan loai rac tai nguon, phan loai rac, phan loai",
    "thu tuc hanh chinh, thu tuc, tthc",
    "ky nang dich vu cong truc tuyen, dich vu cong truc tuyen, dvctt, dvc",
    "ma so thue, mst, thue",
    "hoan thanh, xong, ket thuc",
    "luot nguoi, so luot, luot",
    "buoi huong dan, buoi, lan huong dan",
    "thanh vien, so nguoi cua to",
    "quyet dinh, qd",
    "ky so, chu ky so, chu ky dien tu, cks",
    "guong mau, tien phong, neu guong",
    "doanh nghiep, cong ty, co so kinh doanh",
    "nguon, can cu, nguon so lieu",
    "ma, ky hieu, so hieu, ma so",
    "nghien cuu, rd, r d, nghien cuu phat trien",
)
_EMPTY_WORDS = frozenset({"so", "cua", "va", "cac", "co", "duoc", "theo", "la", "cho", "tai", "trong", "ve"})
# Headings of the parts into which forms split a column, by kind.
_NAME_PARTS = (
    frozenset(
        {"ho", "ho dem", "ho va chu dem", "ho va ten dem", "ho lot", "chu dem", "ten dem", "ho chu dem"}
    ),
    frozenset({"ten", "ten goi"}),
)
_DATE_PARTS = (frozenset({"ngay", "ngay thang"}), frozenset({"thang", "nam"}))
_SEX_PARTS = (frozenset({"nam"}), frozenset({"nu"}))
_SURE, _ENOUGH, _ALONE, _IN_PLACE = 0.88, 0.5, 0.34, 0.6
# Values less alike than this are not of the column; of a heading without values the words must say enough.
_UNLIKE, _LIKE, _WORDS_ALONE, _SAME_SUBJECT = 0.2, 0.9, 0.7, 0.45
# Kinds whose values tell the column even if the heading does not.
_TELLING = frozenset({"so_dinh_danh", "lua_chon", "ma", "mst", "thon", "dien_thoai"})
# Letters that are alike by chance: below this share two headings are no misspelling of one another.
_BY_CHANCE = 0.72


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the headings `paths` may mean.

    One heading for one column is `renamed`, several for one are `split`, one for several is `merged`.
    """

    how: Literal["renamed", "split", "merged"]
    paths: tuple[Path, ...]
    columns: tuple[Column, ...]
    score: float

    def advise(self) -> str:
        """What the clerk may do about it, as a sentence."""
        names = " và ".join(f"“{column.label}”" for column in self.columns)
        places = ", ".join(f"{path.letter} (“{path.label}”)" for path in self.paths)
        if self.how == "split":
            verb = "Cộng" if self.columns[0].kind.adds_up else "Gộp"
            return f"{verb} các cột {places} thành một cột {names}."
        if self.how == "merged":
            return f"Tách cột {places} thành các cột {names}."
        return f"Nếu đây là cột {names} thì sửa tiêu đề."


def propose_columns(
    unknown: Sequence[Path], missing: Sequence[Column], values: Values, places: Mapping[str, str]
) -> list[Proposal]:
    """What `unknown` headings may mean among `missing` columns; each heading and column once at most.

    `places` has the name of the column that the contract has where a heading stands, by letter.
    """
    found: list[Proposal] = []
    paths, free = list(unknown), list(missing)
    for step in (_find_split, _find_merged):
        for proposal in step(paths, free):
            if {*proposal.paths} <= {*paths} and all(column in free for column in proposal.columns):
                found.append(proposal)
                paths = [path for path in paths if path not in proposal.paths]
                free = [column for column in free if column not in proposal.columns]
    return [*found, *_find_renamed(paths, free, values, places)]


def _find_renamed(
    paths: Sequence[Path], free: Sequence[Column], values: Values, places: Mapping[str, str]
) -> Iterator[Proposal]:
    """The best pairs first."""
    fits = {
        (path, at): _measure_fit(path, column, values, in_place=places.get(path.letter) == column.name)
        for path in paths
        for at, column in enumerate(free)
    }
    taken: set[object] = set()
    for (path, at), score in sorted(fits.items(), key=lambda pair: (-pair[1], index_of(pair[0][0].letter))):
        alone = _is_alone(path, at, fits)
        if score < (_ALONE if alone else _ENOUGH) or taken & {path, at}:
            continue
        taken |= {path, at}
        yield Proposal("renamed", (path,), (free[at],), score)


def _is_alone(path: Path, at: int, fits: Mapping[tuple[Path, int], float]) -> bool:
    """Whether no other heading may be this column, and no other column this heading."""
    rivals = (score for (one, other), score in fits.items() if (one is path) != (other == at))
    return all(score < _ALONE / 2 for score in rivals)


def _measure_fit(path: Path, column: Column, values: Values, *, in_place: bool) -> float:
    """How well (0..1) a heading, the values below it and its place suit a column.

    0 if the values can't be the column's own, or if nothing but the shape of the values speaks for it.
    """
    words = measure_similarity(path, column)
    if any(map(is_about_others, path.levels)) and not is_about_others(column.label):
        return 0.0
    likeness = mean_likeness(column, values(path.letter))
    if likeness is None:
        return words if words >= _WORDS_ALONE else 0.0
    if likeness < _UNLIKE and words < 1:
        return 0.0
    if in_place:
        words = max(words, _IN_PLACE)
    elif words < _SAME_SUBJECT and not (column.kind.name in _TELLING and likeness > _LIKE):
        return 0.0
    return (words + likeness) / 2


def measure_similarity(path: Path, column: Column) -> float:
    """How similar (0..1) a heading is to those of a column, by letters and by what the words mean."""
    ours = [path.keys[0], *path.keys[-1:]]
    theirs = {words_of(label) for label in list_headings(column)}
    theirs |= {words_of(label.rpartition(" > ")[2]) for label in list_headings(column) if " > " in label}
    return max(_compare(one, other) for one in ours for other in theirs)


@lru_cache(maxsize=65536)
def _compare(one: str, other: str) -> float:
    bare = bare_key(one), bare_key(other)
    letters = max(fuzz.ratio(one, other), fuzz.ratio(*bare) - 4) / 100
    letters = letters if letters >= _BY_CHANCE else letters / 2
    meant = _meaning(bare[0]), _meaning(bare[1])
    if not (meant[0] and meant[1]):
        return letters
    shared = len(meant[0] & meant[1])
    words = 2 * shared / (len(meant[0]) + len(meant[1]))
    fewer = min(len(meant[0]), len(meant[1]))
    # One word that both have, such as `Ngày`, says little.
    return max(letters, 0.96 * words, (0.8 if fewer > 1 else 0.55) * shared / fewer)


@lru_cache(maxsize=16384)
def _meaning(bare: str) -> frozenset[str]:
    """The words of a heading without accents: synonyms replaced by one of them, empty words left out."""
    text = f" {bare} "
    for phrase, meaning in _list_phrases():
        text = text.replace(f" {phrase} ", f" {meaning} ")
    return frozenset(text.split()) - _EMPTY_WORDS or frozenset(bare.split())


@lru_cache(maxsize=1)
def _list_phrases() -> tuple[tuple[str, str], ...]:
    """Each synonym with one word for its line, the longest first."""
    pairs = [
        (phrase, line.partition(",")[0].replace(" ", "_"))
        for line in _SYNONYMS
        for phrase in line.split(", ")
    ]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _find_split(paths: Sequence[Path], free: Sequence[Column]) -> Iterator[Proposal]:
    """Adjacent headings that are parts of one column: `Họ đệm`, `Tên`; `Ngày sinh > Ngày`, `> Tháng`."""
    for column in free:
        for run in _list_runs(paths):
            for parts in (
                [path for path in run if _is_under(path, column)],
                _find_parts(run, column),
                [path for path in run if _continues(path, column)],
            ):
                if len(parts) > 1:
                    yield Proposal("split", tuple(parts), (column,), _SURE)


def _list_runs(paths: Sequence[Path]) -> list[list[Path]]:
    """The headings in groups of adjacent columns."""
    runs: list[list[Path]] = [[path] for path in paths[:1]]
    for before, path in pairwise(paths):
        if index_of(path.letter) == index_of(before.letter) + 1:
            runs[-1].append(path)
        else:
            runs.append([path])
    return [run for run in runs if len(run) > 1]


def _is_under(path: Path, column: Column) -> bool:
    """Whether the group of a heading is a heading of the column."""
    theirs = set(map(words_of, list_headings(column)))
    return any(key_of(split_unit(level)[0]) in theirs for level in path.levels[:-1])


def _continues(path: Path, column: Column) -> bool:
    """Whether a heading says what a heading of the column says, and more: `Số nhân khẩu nam`."""
    theirs = [words_of(label) for label in list_headings(column) if len(words_of(label).split()) > 1]
    return any(path.keys[0].startswith(f"{words} ") for words in theirs)


def _find_parts(run: Sequence[Path], column: Column) -> list[Path]:
    kind = column.kind.name
    wanted = (
        _NAME_PARTS
        if kind == "ho_ten"
        else _DATE_PARTS
        if kind in ("ngay", "ngay_sinh")
        else _SEX_PARTS
        if column.of == ("Nam", "Nữ")
        else ()
    )
    found = [path for path in run if any(bare_key(path.keys[-1]) in part for part in wanted)]
    complete = all(any(bare_key(path.keys[-1]) in part for path in found) for part in wanted)
    return found if wanted and complete else []


def _find_merged(paths: Sequence[Path], free: Sequence[Column]) -> Iterator[Proposal]:
    """Headings that name several columns: `Họ tên, ngày sinh`."""
    for path in paths:
        for separator in (r"[,;/&+–-]|\n", r"[,;/&+–-]|\n|\bvà\b"):
            named: list[Column] = []
            for part in re.split(separator, path.levels[-1]):
                scores = [(measure_similarity(Path("", (part,)), c), -at) for at, c in enumerate(free)]
                score, at = max(scores, default=(0.0, 0))
                if key_of(part) and score >= _SURE and free[-at] not in named:
                    named.append(free[-at])
            if len(named) > 1:
                yield Proposal("merged", (path,), tuple(named), _SURE)
                break
