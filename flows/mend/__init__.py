"""Finds what is damaged anywhere in a root, and mends it from its second copy, the inbox or the archive."""
