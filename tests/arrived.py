"""Puts what lies in an inbox into the archive, as if each file had come when it was written."""

from __future__ import annotations

import os
from datetime import date, datetime, time

from flows.collect.inbox import collect, time_written
from flows.collect.submission import Submission
from flows.forget.gate import make_gate
from flows.root import HERE, Root
from schemas.registry import Contracts, load


def receive(root: Root, as_of: date, contracts: Contracts | None = None) -> list[Submission]:
    """Archive the inbox of `root` so; returns what is new, in order of arrival.

    Tests write their files on the day on which they run: those that are written after `as_of` get its end.
    """
    root.prepare()
    end = datetime.combine(as_of, time(23, 59, 59), HERE).timestamp()
    for path in root.inbox.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.stat().st_mtime > end:
            os.utime(path, (end, end))
    return [*collect(root, make_gate(root, contracts or load()), time_written).new]
