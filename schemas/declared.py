"""Reads the CSV files in which a root declares its own settings; errors name the file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence


class DeclarationError(ValueError):
    """A declaration file of a root is invalid; the Vietnamese message names the file and line."""


def lines(file: str, content: bytes, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each line's place as Vietnamese text, and its values in `columns`; blank lines are skipped.

    The separator (comma, semicolon or tab) is detected from the heading: a Vietnamese Excel writes
    semicolons.

    Raises:
        DeclarationError: the file is not CSV in UTF-8, is empty, or lacks a column.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DeclarationError(f"{file} không phải tệp CSV UTF-8.") from None
    if not text.strip():
        raise DeclarationError(f"{file}: chưa có tệp này, hoặc tệp trống.")
    head = text.lstrip().partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head.count))
    if lacking := [name for name in columns if name not in (reader.fieldnames or ())]:
        raise DeclarationError(f"{file}, dòng 1: thiếu cột {', '.join(lacking)}.")
    for line in reader:
        values = {name: (line[name] or "").strip() for name in columns}
        if any(values.values()):
            yield f"{file}, dòng {reader.line_num}", values
