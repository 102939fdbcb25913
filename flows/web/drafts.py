"""Keeps files that somebody is about to hand in, with corrections and results, until they are handed in."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.files import write_private
from flows.returns.corrected import Correction
from flows.root import HERE, Root
from flows.web.judging import Draft

#: Days after which a draft that nobody handed in is removed: it may hold personal data.
DAYS_KEPT = 14
#: Most drafts of one unit at once.
MOST = 40
_ID = re.compile(r"[A-Za-z0-9_-]{16}")


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """One draft: its id, the file, who brought it and when, the corrections, and the last result."""

    id: str
    file: Draft
    when: str
    result: Mapping[str, Any] | None

    @property
    def is_current(self) -> bool:
        """Whether the result is that of the last correction."""
        return self.result is not None and self.result["version"] == self.file.version


class DraftFolder:
    """The drafts below `var/web/nhap`, a folder a unit: who asks for one names the unit first."""

    def __init__(self, root: Root) -> None:
        self._root = root
        self._path = root.drafts

    def add(self, unit: str, name: str, data: bytes) -> KeptDraft:
        """Keep a new draft."""
        key = secrets.token_urlsafe(12)
        folder = self._path / unit / key
        write_private(folder / "goc" / name, data)
        when = datetime.now(HERE).isoformat(timespec="seconds")
        _write(folder / "to.json", {"name": name, "size": len(data), "when": when})
        return self._read(unit, key)

    def find(self, unit: str, key: str) -> KeptDraft | None:
        """The unit's draft with this id; another unit's is not found."""
        if not _ID.fullmatch(key) or not (self._path / unit / key / "to.json").exists():
            return None
        return self._read(unit, key)

    def list_of(self, unit: str) -> list[KeptDraft]:
        """The drafts of a unit, the newest first."""
        found = [self._read(unit, path.parent.name) for path in (self._path / unit).glob("*/to.json")]
        return sorted(found, key=lambda one: one.when, reverse=True)

    def correct(self, one: KeptDraft, changes: Iterable[Correction]) -> KeptDraft:
        """Add corrections to a draft."""
        return self._keep_corrections(one, [*one.file.corrections, *changes])

    def undo(self, one: KeptDraft, sheet: str, cell: str) -> KeptDraft:
        """Take back what was typed into one cell: it is again as in the file that came."""
        left = [each for each in one.file.corrections if (each.sheet, each.cell) != (sheet, cell)]
        return self._keep_corrections(one, left)

    def _keep_corrections(self, one: KeptDraft, every: Sequence[Correction]) -> KeptDraft:
        said = {"version": one.file.version + 1, "cells": [asdict(each) for each in every]}
        _write(one.file.folder / "sua.json", said)
        return self._read(one.file.unit, one.id)

    def keep_result(self, one: Draft, result: Mapping[str, Any]) -> None:
        """Keep what judging said, unless the draft is gone, or a fuller result for it is there."""
        path = one.folder / "ket_qua.json"
        if not (one.folder / "to.json").exists():
            return
        known = _load(path)
        newer = known and (known["version"], known["whole"]) > (result["version"], result["whole"])
        if not newer:
            _write(path, result)

    def remove(self, one: KeptDraft) -> None:
        """Remove a draft."""
        shutil.rmtree(one.file.folder, ignore_errors=True)

    def sweep(self) -> None:
        """Remove drafts that are too old."""
        oldest = time.time() - DAYS_KEPT * 86_400
        for path in self._path.glob("*/*"):
            if path.is_dir() and path.stat().st_mtime < oldest:
                shutil.rmtree(path, ignore_errors=True)

    def _read(self, unit: str, key: str) -> KeptDraft:
        folder = self._path / unit / key
        said = _load(folder / "to.json") or {}
        typed = _load(folder / "sua.json") or {"version": 0, "cells": []}
        corrections = tuple(Correction(**each) for each in typed["cells"])
        file = Draft(self._root.path, folder, said["name"], unit, said["size"], corrections, typed["version"])
        return KeptDraft(key, file, said["when"], _load(folder / "ket_qua.json"))


def _write(path: Path, said: object) -> None:
    write_private(path, json.dumps(said, ensure_ascii=False).encode(), durable=False)


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
