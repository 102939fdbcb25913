"""What the data of a commune must be: datasets, kinds of column, units, indicators."""
