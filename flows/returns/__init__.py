"""Returns submissions to their units as marked workbooks: cells to fix are coloured, explained and listed."""

from flows.returns.book import mark_workbook
from flows.returns.marks import Marks, make_marks

__all__ = ["Marks", "make_marks", "mark_workbook"]
