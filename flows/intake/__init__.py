"""Turns one submission into cleaned records per dataset and period, and caches the result."""
