"""Reads the names of thôn as their codes; a name that several thôn share is the flaw `khong_ro`."""

from __future__ import annotations

import polars as pl

from flows.clean.reading import KindReader, Setting
from flows.clean.thon_names import Codes, gazetteer_of, list_spellings


def _plain(typed: pl.Expr, stored: pl.Expr, setting: Setting) -> pl.Expr:
    return typed.replace_strict(list_spellings(setting.commune), default=None, return_dtype=pl.String)


def _read(cells: pl.DataFrame, setting: Setting) -> pl.DataFrame:
    places = gazetteer_of(setting.commune)
    read = [_decide(places.meant(text)) for text in cells["text"]]
    columns = {"value": pl.String, "unread": pl.String}
    return cells.hstack(pl.DataFrame(read, schema=columns, orient="row"))


def _decide(codes: Codes) -> tuple[str | None, str | None]:
    if not codes:
        return None, "ngoai_danh_muc"
    if len(codes) > 1:
        return None, "khong_ro"
    return next(iter(codes)), None


PLACE = KindReader(_plain, _read)
