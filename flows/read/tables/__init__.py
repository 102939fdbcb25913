"""Finds the tables on a sheet: their headings, records, totals, and the rows that are none of these."""
