"""Plants faults that need several persons: wrong heads of households, one person with two numbers."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set

from flows.sample.files.cells import Typed
from flows.sample.people.person import Row
from flows.sample.submission import RowFault, SampleSubmission

_SMALL = range(2, 5)


def plant_households(
    submission: SampleSubmission, rng: random.Random, free: Sequence[int], spared: Set[str] = frozenset()
) -> set[int]:
    """Plant faults in the register `submission`, not in households in `spared`; returns the rows used.

    `free` are rows that no other record refers to.
    """
    heads = [rows for rows in _households(submission.rows) if submission.rows[rows[0]]["ma_ho"] not in spared]
    available = [rows for rows in heads if len(rows) in _SMALL]
    rng.shuffle(available)
    used: set[int] = set()
    for rows, plant in zip(_with_child(available, submission.rows), (_no_head, _two_heads), strict=False):
        plant(submission, rows)
        used.update(rows)
    pair = _pair(submission.rows, [at for at in free if at not in used])
    if pair:
        _same_person(submission, *pair)
        used.update(pair)
    return used


def _households(rows: Sequence[Row]) -> list[list[int]]:
    by_code: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows):
        by_code[row["ma_ho"]].append(at)
    return list(by_code.values())


def _with_child(households: Sequence[list[int]], rows: Sequence[Row]) -> Iterator[list[int]]:
    """Households with a child: to call the child a head causes no other fault."""
    return (at for at in households if any(rows[i]["quan_he"] == "Con" for i in at))


def _no_head(submission: SampleSubmission, household: list[int]) -> None:
    for at in household:
        row = {**submission.rows[at]}
        if row["quan_he"] == "Chủ hộ":
            row["quan_he"] = Typed("Khác")
        submission.rows[at] = row
        submission.faults.append(RowFault(row, "quan_he", "quan_he.khong_co_chu_ho"))


def _two_heads(submission: SampleSubmission, household: list[int]) -> None:
    child = next(at for at in household if submission.rows[at]["quan_he"] == "Con")
    submission.rows[child] = {**submission.rows[child], "quan_he": Typed("Chủ hộ")}
    heads = [at for at in household if submission.rows[at]["quan_he"] in ("Chủ hộ", Typed("Chủ hộ"))]
    for at in heads:
        submission.rows[at] = {**submission.rows[at]}
        submission.faults.append(RowFault(submission.rows[at], "quan_he", "quan_he.nhieu_chu_ho"))


def _pair(rows: Sequence[Row], free: Sequence[int]) -> tuple[int, int] | None:
    """Two persons of the same thôn, sex and year of birth in different households, if there are any."""
    seen: dict[tuple[str, str, str], int] = {}
    for at in free:
        row = rows[at]
        likeness = (row["thon"], row["gioi_tinh"], row["so_dinh_danh"][3:6])
        other = seen.setdefault(likeness, at)
        if other != at and rows[other]["ma_ho"] != row["ma_ho"]:
            return other, at
    return None


def _same_person(submission: SampleSubmission, one: int, two: int) -> None:
    first, second = {**submission.rows[one]}, {**submission.rows[two]}
    second |= {"ho_ten": Typed(first["ho_ten"]), "ngay_sinh": first["ngay_sinh"]}
    for at, row in ((one, first), (two, second)):
        submission.rows[at] = row
        submission.faults.append(RowFault(row, "ho_ten", "nguoi.nghi_trung"))
