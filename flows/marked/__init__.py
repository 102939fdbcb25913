"""Gives a unit its own workbook back: what to fix is coloured, explained and listed, all else untouched."""

from flows.marked.book import marked
from flows.marked.marks import Marks, marks_of

__all__ = ["Marks", "marked", "marks_of"]
