"""Erases a person on request: from submissions, from releases, and from what is handed in later."""
