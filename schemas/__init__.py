"""Declares the contracts of a commune's data: datasets, kinds of column, units, indicators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from schemas.schema import pandera_schema, prepare

__all__ = ["pandera_schema", "prepare"]


def __getattr__(name: str) -> Any:
    """Import an exported name once it is asked for: Pandera takes a second."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from schemas import schema  # noqa: PLC0415

    return getattr(schema, name)
