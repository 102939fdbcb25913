"""Cleaning: a table's text becomes typed values; every repair is logged, nothing is dropped or judged."""

from flows.clean.changes import CHANGES
from flows.clean.cleaning import Cleaned, clean, clean_all
from flows.read.table import CHANGES_SCHEMA

__all__ = ["CHANGES", "CHANGES_SCHEMA", "Cleaned", "clean", "clean_all"]
