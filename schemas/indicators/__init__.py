"""Declares the indicators of the plan: each module of this folder has one indicator or a family."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from schemas.indicator import Indicator


def load() -> Mapping[str, Indicator]:
    """Every indicator declared in this folder, by name, in alphabetical order."""
    modules = (import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    indicators = (indicator for module in modules for indicator in module.INDICATORS)
    return {indicator.name: indicator for indicator in sorted(indicators, key=lambda i: i.name)}
