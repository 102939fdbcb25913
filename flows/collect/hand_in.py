"""One file handed in: unit, name, time, content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path

from flows.root import Root

#: By whom, under which name and with which content something was handed in: no two hand-ins share all three.
Who = tuple[str, str, str]


#: The columns of tables that tell it.
WHO = ("unit", "file", "submission")


@dataclass(frozen=True, slots=True, order=True)
class HandIn:
    """One file handed in: by whom, under which name, when (local ISO time), with which content."""

    received: str
    unit: str
    file: str
    submission: str
    size: int

    @property
    def who(self) -> Who:
        """What no other hand-in has."""
        return self.unit, self.file, self.submission

    @property
    def day(self) -> date:
        """The day on which it came in."""
        return datetime.fromisoformat(self.received).date()

    def content(self, root: Root) -> Path:
        """Where the archive keeps its bytes."""
        return root.archive / self.submission[:2] / self.submission

    def receipt(self, root: Root) -> Path:
        """Where the archive keeps its receipt."""
        name = blake2b(f"{self.unit}/{self.file}".encode(), digest_size=6).hexdigest()
        return self.content(root).with_name(f"{self.submission}.{name}.json")
