"""Edits workbooks in place; knows nothing of faults."""
