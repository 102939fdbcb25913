"""Turns the text of tables into typed values and logs every repair; it drops no row and judges no value."""

from flows.clean.changes import CHANGES
from flows.clean.cleaning import Cleaned, clean, clean_all
from flows.clean.date_evidence import Occasion
from flows.read.table import CHANGES_SCHEMA

__all__ = ["CHANGES", "CHANGES_SCHEMA", "Cleaned", "Occasion", "clean", "clean_all"]
