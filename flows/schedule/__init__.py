"""Decides which days a scheduled run is for."""
