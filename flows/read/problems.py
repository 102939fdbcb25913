"""Makes problems of files, sheets and headings, and declares the dimension and severity of each code."""

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
    "tep.kho_luu_hong": ("du", "chan"),
    "tep.trung_cot": ("sach", "chan"),
    "tep.don_vi_la": ("dung", "chan"),
    "tep.bang_ma": ("sach", "canh_bao"),
    "tep.dong_hong": ("sach", "canh_bao"),
    "tep.dong_lech": ("sach", "canh_bao"),
    "tep.dong_sot": ("du", "chan"),
    "tep.khong_phat_sinh": ("sach", "canh_bao"),
    "tep.dong_vi_du": ("sach", "canh_bao"),
    "tep.giong_tong": ("sach", "canh_bao"),
    "tep.ky_trong": ("du", "canh_bao"),
    "tep.ban_ghi_an": ("sach", "canh_bao"),
    "tep.gach_ngang": ("sach", "canh_bao"),
    "tep.o_tron": ("sach", "canh_bao"),
    "tep.dong_tong_sai": ("sach", "canh_bao"),
    "tep.stt_thieu": ("du", "canh_bao"),
}


def make_problem(code: str, message: str, *, severity: Severity | None = None, **place: Any) -> Problem:
    """Make a problem with the dimension of its code and, unless given, its severity.

    Args:
        code: A key of `_FAULTS`.
        message: A Vietnamese sentence for the clerk.
        severity: Overrides the severity of the code.
        **place: The other fields of `Problem`.
    """
    dimension, usual = _FAULTS[code]
    return Problem(code, dimension, severity or usual, message, **place)


class RefusedError(Exception):
    """Raised for a file that can't be read at all; `problem` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.problem = make_problem(code, message)
