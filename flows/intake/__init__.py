"""One file handed in: whose it is, which dataset and period, its records cleaned."""
