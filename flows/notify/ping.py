"""Calls the address that watches the good days: when no call comes, that service raises the alarm."""

from __future__ import annotations

from http.client import HTTPException
from urllib.parse import urlsplit
from urllib.request import urlopen

WITHIN_SECONDS = 10


def call(address: str) -> str | None:
    """Call `address` once; returns why that failed, in Vietnamese, or None. The address may hold a secret."""
    if urlsplit(address).scheme not in ("http", "https"):
        return "Địa chỉ báo sống phải là một địa chỉ trang mạng."
    try:
        with urlopen(address, timeout=WITHIN_SECONDS):  # noqa: S310 - just checked
            return None
    except (OSError, ValueError, HTTPException) as error:
        code = getattr(error, "code", None)
        return f"Địa chỉ báo sống trả lời mã {code}." if code else "Không gọi được địa chỉ báo sống."
