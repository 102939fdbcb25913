"""How the data of a commune moves: collect, read, clean, validate, measure, release, report."""
