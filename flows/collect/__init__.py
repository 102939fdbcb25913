"""Takes what units hand in from the inbox into the archive."""
