"""Verifies a release: each file against its hash in the manifest, the manifest against the release's id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from flows.release.intact import LOST, IntactFiles
from flows.release.manifest import MANIFEST
from flows.root import Root


def find_damage(release: Path) -> list[str]:
    """One Vietnamese sentence for each file that differs from what was published; empty if none does."""
    root = Root(release.parents[2])
    return list(_list_damage(IntactFiles(root, release.name, afresh=True)))


def _list_damage(release: IntactFiles) -> Iterator[str]:
    if release.manifest is None:
        lost = not (release.place / MANIFEST).exists()
        yield f"Thiếu {MANIFEST}." if lost else f"{MANIFEST} đã bị sửa: mã băm không khớp tên bản."
        return
    yield from (
        f"Thiếu tệp {path}." if fault == LOST else f"Tệp {path} {fault}."
        for path, fault in sorted(release.find_faults().items())
    )
    yield from (f"Tệp lạ {path}." for path in release.find_strays())
