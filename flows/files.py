"""Writes a file whole or not at all, durably, with its mode."""

from __future__ import annotations

import os
from pathlib import Path


def _store(path: Path, data: bytes) -> None:
    """Write `data` whole or not at all, readable by the owner only; a content already there stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.part")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)


def write_private(path: Path, *data: bytes) -> None:
    """Write `data` for the owner's eyes only, in a folder that is so too."""
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.writelines(data)
    partial.replace(path)


def write_lines(path: Path, said: list[str], mode: int = 0o644) -> None:
    """Write the lines of `said`, whole or not at all, and make them durable."""
    partial = path.with_name(f".{path.name}")
    with os.fdopen(
        os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8"
    ) as handle:
        handle.writelines(f"{line}\n" for line in said)
        handle.flush()
        os.fsync(handle.fileno())
    partial.replace(path)
