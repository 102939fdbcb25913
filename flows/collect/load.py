"""Loads an old archive of files: each counts as received when its own clock says that it was written."""

from __future__ import annotations

from pathlib import Path

from flows.collect.inbox import Collected, Gate, collect, received_when_written
from flows.root import Root


def load_files(root: Root, folder: Path | None, gate: Gate | None = None) -> Collected:
    """Archive the files of `folder` (one folder a unit), or of the inbox, as received when written.

    Raises:
        LockedError: another run holds the root.
    """
    with root.lock():
        return collect(root, gate, received_when_written, folder)
