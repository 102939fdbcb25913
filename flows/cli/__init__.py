"""The command line `dulieuxa`, with all its messages in Vietnamese."""
