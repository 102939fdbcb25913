"""Audits a staged release with Great Expectations and decides whether it may be published."""
