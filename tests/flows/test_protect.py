"""Tokens are HMAC-SHA256 however many are asked for."""

from __future__ import annotations

import hashlib
import hmac

import polars as pl
import pytest

from flows import protect
from flows.protect import KEY_BYTES, Key
from schemas.datasets import load
from schemas.privacy import TOKEN_DIGITS

KEY = Key(bytes(range(KEY_BYTES)))
VALUES = pl.Series(
    "so_dinh_danh", ["038190000001", None, "", "Đỗ Thị Ất", "x" * 200, "x" * 200, "038190000001"]
)


@pytest.mark.parametrize("many", [0, 10**9], ids=["compiled", "one by one"])
def test_tokens_are_what_the_standard_says(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protect, "MANY", many)
    expected = [
        value
        if value is None
        else hmac.new(KEY.secret, f"ma_ho\0{value}".encode(), hashlib.sha256).hexdigest()[:TOKEN_DIGITS]
        for value in VALUES
    ]
    tokens = KEY.tokens("ma_ho", VALUES)
    assert tokens.to_list() == expected
    assert tokens.name == VALUES.name
    assert KEY.tokens("ma_ho", VALUES.clear()).to_list() == []


def test_a_person_has_one_token_as_a_tax_code_too() -> None:
    dataset = load()["doanh_nghiep"]
    codes = pl.Series("mst", ["038190000001", "0100109106", None, "0100109106-001"])
    blank = {c.name: pl.Series(c.name, [None] * len(codes), c.kind.dtype) for c in dataset.columns}
    tokens = protect.protect(pl.DataFrame(blank | {"mst": codes}), dataset, KEY)["mst"].to_list()
    firm, branch = (KEY.token("mst", str(code)) for code in (codes[1], codes[3]))
    assert tokens == [KEY.token("so_dinh_danh", "038190000001"), firm, None, branch]


def test_a_kind_of_value_has_tokens_of_its_own() -> None:
    assert KEY.tokens("ma_ho", VALUES)[0] != KEY.tokens("so_dinh_danh", VALUES)[0]
