"""Bytes to sheets: one module for each kind of file."""
