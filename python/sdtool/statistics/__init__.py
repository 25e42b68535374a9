"""Errors and comparisons for rollouts: the unit of sampling is the problem, never the rollout.

A problem's samples are averaged first; every interval is then over problems. Nothing here imports
another part of sdtool, and numpy is all that it needs. No function returns NaN: one problem, one
sample, all right, all wrong and all ties have a stated result.
"""

from sdtool.statistics.choice import Best, best_of
from sdtool.statistics.components import Components, components, paired_variance
from sdtool.statistics.curve import difference_band, mean_band, quantile, simultaneous_level
from sdtool.statistics.decomposition import kitagawa
from sdtool.statistics.mean import Estimate, clustered_mean, wilson
from sdtool.statistics.paired import PairedDifference, holm, holm_levels, paired_difference
from sdtool.statistics.power import (
    detectable_difference,
    mcnemar_power,
    problems_needed,
)
from sdtool.statistics.repeated import maj_at_k, pass_at_k
from sdtool.statistics.score import tango_interval
from sdtool.statistics.stratified import COMPARABLE_GAP, composition_gap, stratified_mean
from sdtool.statistics.trend import Trend, trend

__all__ = [
    "COMPARABLE_GAP",
    "Best",
    "Components",
    "Estimate",
    "PairedDifference",
    "Trend",
    "best_of",
    "clustered_mean",
    "components",
    "composition_gap",
    "detectable_difference",
    "difference_band",
    "holm",
    "holm_levels",
    "kitagawa",
    "maj_at_k",
    "mcnemar_power",
    "mean_band",
    "paired_difference",
    "paired_variance",
    "pass_at_k",
    "problems_needed",
    "quantile",
    "simultaneous_level",
    "stratified_mean",
    "tango_interval",
    "trend",
    "wilson",
]
