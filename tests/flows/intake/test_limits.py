"""Every content is read within limits, except large plain text, whose cost grows with its size alone."""

from __future__ import annotations

import codecs

import pytest

from flows.intake.cache import limits_of
from flows.read.formats.container import Container, detect

LARGE = 100 << 20
PAGE = "<html><body><table><tr><td>1</td></tr></table></body></html>"


@pytest.mark.parametrize(
    "page",
    [
        PAGE.encode(),
        b" \r\n\t" + PAGE.encode(),
        codecs.BOM_UTF8 + b"\r\n " + PAGE.encode(),
        b"\n" * 5_000 + PAGE.encode(),
        codecs.BOM_UTF16_LE + f"\n{PAGE}".encode("utf-16-le"),
        PAGE.encode("utf-16-be"),
        b"\n<!DOCTYPE html>" + PAGE.encode(),
        b"<style>td {}</style><table><tr><td>1",
        b'\n<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
    ],
)
def test_a_page_is_a_page_whatever_stands_before_it(page: bytes) -> None:
    assert detect(page) is Container.MARKUP
    assert limits_of(page, LARGE) is not None


@pytest.mark.parametrize(
    "start", [b"PK\3\4", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x09\x08\x10\0", b"%PDF", bytes(40)]
)
def test_what_is_no_text_has_limits(start: bytes) -> None:
    assert limits_of(start, LARGE) is not None


@pytest.mark.parametrize(
    "text", [b"STT,a\n1,2\n", codecs.BOM_UTF8 + b"a;b\n", "a;b\n".encode("utf-16"), b"<1,2\n"]
)
def test_only_a_large_text_has_none(text: bytes) -> None:
    assert limits_of(text, LARGE) is None
    assert limits_of(text, 1 << 20) is not None
