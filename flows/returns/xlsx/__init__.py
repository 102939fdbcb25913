"""Edits the XML of xlsx workbooks: cells, styles, comments and sheets."""
