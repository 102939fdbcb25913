"""Reads the code lists used by contracts from the CSV files in this folder."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files


def table(name: str) -> tuple[dict[str, str], ...]:
    """Rows of `<name>.csv`, every value as text."""
    return tuple(rows(files(__name__).joinpath(f"{name}.csv").read_text(encoding="utf-8")))


def rows(text: str) -> Iterator[dict[str, str]]:
    """Rows of CSV content, every value as text."""
    return csv.DictReader(text.splitlines())


@cache
def birth_provinces() -> Mapping[str, str]:
    """The 63 birth-province codes of Thông tư 07/2016/TT-BCA, annex I, with their names."""
    return {row["ma"]: row["ten_tinh_truoc_2025"] for row in table("birth_province_codes")}


@cache
def ethnic_groups() -> Mapping[str, str]:
    """Two-digit codes of the ethnic groups (QCVN 109:2017/BTTTT, annex E) with their names."""
    return {row["ma"]: row["ten"] for row in table("ethnic_codes")}


@cache
def phone_prefixes() -> Mapping[str, str]:
    """Old prefix to new prefix of the mobile numbers shortened from 11 to 10 digits on 15/9/2018."""
    return {row["dau_so_cu"]: row["dau_so_moi"] for row in table("phone_11_to_10")}
