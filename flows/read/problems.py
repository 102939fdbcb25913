"""The problems of files, sheets and headings: their codes, dimensions, severities and sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.read.table import Problem
from schemas.contract import Dimension, Severity

_FAULTS: Mapping[str, tuple[Dimension, Severity]] = {
    "tep.khong_mo_duoc": ("dung", "chan"),
    "tep.mat_khau": ("dung", "chan"),
    "tep.khong_phai_bang_tinh": ("dung", "chan"),
    "tep.nguy_hiem": ("dung", "chan"),
    "tep.khong_ro_bo_du_lieu": ("dung", "chan"),
    "tep.thieu_cot": ("du", "chan"),
    "tep.cot_la": ("sach", "canh_bao"),
    "tep.trung_cot": ("sach", "chan"),
    "tep.dong_lech": ("sach", "canh_bao"),
    "tep.dong_tong_sai": ("sach", "canh_bao"),
}


def make_problem(code: str, message: str, *, severity: Severity | None = None, **place: Any) -> Problem:
    """A problem with the dimension and, unless given, the severity of its code."""
    dimension, usual = _FAULTS[code]
    return Problem(code, dimension, severity or usual, message, **place)


class RefusedError(Exception):
    """A file that can't be read at all; holds the one problem that says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.problem = make_problem(code, message)
