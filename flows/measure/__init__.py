"""Measuring: the plan's indicators with bounds, scores of the four dimensions, the ranking of the thôn."""

from flows.measure.indicators import count_records, measure
from flows.measure.ranking import compute_ranking
from flows.measure.scores import compute_scores

__all__ = ["compute_ranking", "compute_scores", "count_records", "measure"]
