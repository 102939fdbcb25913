"""Audits what is about to be published, and decides whether it may be."""
