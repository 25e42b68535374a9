"""Errors and comparisons for rollouts: the unit of sampling is the problem, never the rollout.

A problem's samples are averaged first; every interval is then over problems. Nothing here imports
another part of sdtool, and numpy is all that it needs. No function returns NaN: one problem, one
sample, all right, all wrong and all ties have a stated result.
"""

from sdtool.statistics.mean import Estimate, clustered_mean, wilson
from sdtool.statistics.paired import PairedDifference, holm, paired_difference
from sdtool.statistics.power import detectable_difference, paired_variance, problems_needed
from sdtool.statistics.repeated import maj_at_k, pass_at_k
from sdtool.statistics.stratified import COMPARABLE_GAP, composition_gap, stratified_mean

__all__ = [
    "COMPARABLE_GAP",
    "Estimate",
    "PairedDifference",
    "clustered_mean",
    "composition_gap",
    "detectable_difference",
    "holm",
    "maj_at_k",
    "paired_difference",
    "paired_variance",
    "pass_at_k",
    "problems_needed",
    "stratified_mean",
    "wilson",
]
