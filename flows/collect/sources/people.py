"""Says whose files a source may bring."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class People:
    """Whose files are taken: the units of the commune, and those of each sender of mails by his address."""

    units: Collection[str]
    senders: Mapping[str, Collection[str]]
