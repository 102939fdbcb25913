"""Measuring: the plan's indicators with bounds, scores of the four dimensions, the ranking of the thôn."""

from flows.measure.indicators import count, measure
from flows.measure.ranking import ranking
from flows.measure.scores import scores

__all__ = ["count", "measure", "ranking", "scores"]
