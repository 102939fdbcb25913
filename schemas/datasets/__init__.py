"""Declares the datasets of the commune: each module of this folder is one dataset."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from importlib import import_module

from schemas.contract import Dataset


def load() -> Mapping[str, Dataset]:
    """Every dataset declared in this folder, by name, in alphabetical order."""
    modules = (import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__))
    datasets = (module.DATASET for module in modules)
    return {dataset.name: dataset for dataset in sorted(datasets, key=lambda d: d.name)}
