"""Verifies a release: each file against its hash in the manifest, the manifest against the release's id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from flows.release.manifest import MANIFEST, hashes_of, list_entries, name_release, read_hashes, read_manifest


def find_damage(release: Path) -> list[str]:
    """One Vietnamese sentence for each file that differs from what was published; empty if none does."""
    return list(_list_damage(release))


def _list_damage(release: Path) -> Iterator[str]:
    if not (release / MANIFEST).exists():
        yield f"Thiếu {MANIFEST}."
        return
    manifest = read_manifest(release)
    if name_release(date.fromisoformat(manifest["as_of"]), (release / MANIFEST).read_bytes()) != release.name:
        yield f"{MANIFEST} đã bị sửa: mã băm không khớp tên bản."
    expected = read_hashes(manifest)
    found = hashes_of(list_entries(release))
    yield from (f"Thiếu tệp {path}." for path in sorted(expected.keys() - found.keys()))
    yield from (f"Tệp lạ {path}." for path in sorted(found.keys() - expected.keys()))
    both = sorted(expected.keys() & found.keys())
    yield from (f"Tệp {path} đã bị sửa." for path in both if expected[path] != found[path])
