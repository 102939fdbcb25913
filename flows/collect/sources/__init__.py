"""Fetches files of units from other places into the inbox: one module a kind of source."""
