"""Declares the contracts of a commune's data: datasets, kinds of column, units, indicators."""
