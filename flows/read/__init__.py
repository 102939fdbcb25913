"""Reads the bytes of any submitted file into tables of text, in which every cell keeps its sheet address."""

from flows.read.reader import read_file

__all__ = ["read_file"]
