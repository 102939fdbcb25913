"""Sheets to tables: finds blocks, headings, records, totals and the rows that are none of these."""
