"""A submission: one file that a unit handed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal, TypeAlias

from flows.root import Root

#: What the records of a submission are: corrections of some rows (`sua`), or the whole list (`ca_bang`).
Meant: TypeAlias = Literal["sua", "ca_bang"]

#: Unit, file name and SHA-256 of the content: together they identify a submission.
Who = tuple[str, str, str]

#: The columns of published tables with these three.
WHO = ("unit", "file", "submission")

# Receipts and manifests call the SHA-256 `submission`, like the published tables.
_TO_KEY = {"sha256": "submission"}
_TO_FIELD = {key: field for field, key in _TO_KEY.items()}


@dataclass(frozen=True, slots=True, order=True)
class Submission:
    """One file that a unit handed in.

    `received` is when the archive first saw it, `written` what the file's own clock said, `gone` when its
    sender took it out of the inbox again: local times in ISO format. `vouched` is why somebody said that it
    is this unit's, whatever title or name say; `stated` is the period that somebody said it is for, `meant`
    whether its records are corrections, each with why.
    `written` and `gone` make no other submission.
    """

    received: str
    unit: str
    file: str
    sha256: str
    size: int
    written: str | None = field(default=None, compare=False)
    vouched: str | None = None
    stated: str | None = None
    stated_why: str | None = None
    meant: Meant | None = None
    meant_why: str | None = None
    # Nothing that is read depends on it: it is no part of a cache key.
    gone: str | None = field(default=None, compare=False, repr=False)

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Submission:
        """Read a submission from a receipt or a manifest."""
        return cls(**{_TO_FIELD.get(key, key): value for key, value in said.items()})

    def to_json(self) -> dict[str, Any]:
        """The submission as receipts and manifests store it."""
        said = {_TO_KEY.get(field, field): value for field, value in asdict(self).items()}
        return {key: value for key, value in said.items() if value is not None}

    @property
    def who(self) -> Who:
        """What identifies it."""
        return self.unit, self.file, self.sha256

    @property
    def day(self) -> date:
        """The day on which it was received."""
        return datetime.fromisoformat(self.received).date()

    def content(self, root: Root) -> Path:
        """The path of its content in the archive."""
        return root.archive / self.sha256[:2] / self.sha256

    def receipt(self, root: Root) -> Path:
        """The path of its receipt in the archive."""
        name = blake2b(f"{self.unit}/{self.file}".encode(), digest_size=6).hexdigest()
        return self.content(root).with_name(f"{self.sha256}.{name}.json")
