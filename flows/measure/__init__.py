"""Computes the figures of a release: indicators with bounds, data quality scores, the ranking of the thôn."""

from flows.measure.indicators import count_records, measure
from flows.measure.ranking import compute_ranking
from flows.measure.scores import compute_scores

__all__ = ["compute_ranking", "compute_scores", "count_records", "measure"]
