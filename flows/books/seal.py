"""Seals what is said in JSON, so that a single changed letter is noticed when it is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

#: The key of the seal.
SEAL = "dau"


def to_text(said: Mapping[str, Any], indent: int | None = None) -> str:
    """What is `said` with its seal, as JSON: on one line, or on several ones that `indent` sets in."""
    text = json.dumps({**said, SEAL: _make_seal(said)}, ensure_ascii=False, indent=indent)
    # Half a character, as a command line may hold: JSON has the same escapes.
    return text.encode(errors="backslashreplace").decode()


def unseal(sealed: Mapping[str, Any], *, must: bool) -> dict[str, Any] | None:
    """What is said without the seal; None if it is not as it was written.

    What older versions wrote has no seal: unless it `must` have one, it is taken as it is.
    """
    said = {key: value for key, value in sealed.items() if key != SEAL}
    unproven = SEAL not in sealed and not must
    return said if unproven or sealed.get(SEAL) == _make_seal(said) else None


def _make_seal(said: Mapping[str, Any]) -> str:
    return blake2b(json.dumps(said, sort_keys=True).encode(), digest_size=4).hexdigest()
