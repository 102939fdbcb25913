"""The invented people of the sample."""
