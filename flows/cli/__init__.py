"""The command line: its entry point, its Vietnamese, and the health check of a root."""
