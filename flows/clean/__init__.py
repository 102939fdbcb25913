"""Cleaning: a table's text becomes typed values; every repair is logged, nothing is dropped or judged."""

from flows.clean.changes import CHANGES, CHANGES_SCHEMA
from flows.clean.cleaning import Cleaned, clean

__all__ = ["CHANGES", "CHANGES_SCHEMA", "Cleaned", "clean"]
