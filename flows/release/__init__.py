"""A release: its tables, its manifest, how it is published, kept, compared, traced and removed."""
