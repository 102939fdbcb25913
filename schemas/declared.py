"""Reads what a root declares in CSV files of its own; what can't be used is told with its file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence


class DeclarationError(ValueError):
    """A file in which a root declares something can't be used; the message names file and line."""


def lines(file: str, content: bytes, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Where each line of a declaration stands, in words, and its `columns`; lines with nothing left out.

    The separator is the one that the heading is parted by: Excel in Vietnamese writes semicolons.

    Raises:
        DeclarationError: it is no CSV in UTF-8, holds nothing, or lacks a column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DeclarationError(f"{file} không phải tệp CSV UTF-8.") from None
    if not text.strip():
        raise DeclarationError(f"{file}: chưa có tệp này, hoặc tệp trống.")
    head = text.lstrip().partition("\n")[0]
    found = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    if lacking := [name for name in columns if name not in (found.fieldnames or ())]:
        raise DeclarationError(f"{file}, dòng 1: thiếu cột {', '.join(lacking)}.")
    for line in found:
        said = {name: (line[name] or "").strip() for name in columns}
        if any(said.values()):
            yield f"{file}, dòng {found.line_num}", said
