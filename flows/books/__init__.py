"""Keeps, twice and sealed, what cannot be made again: the journal and the logs."""
