"""Where version 0.1 misled and what is printed now: the tables "before and after" of docs/statistics.md.

Each function is a small simulation in which the truth is known. Needs scipy.
Usage: python benches/demonstrations.py [NAME ...]
"""

from __future__ import annotations

import math
import sys

import numpy as np
from coverage import before, cell, header, row, share
from scipy.stats import binom, norm
from sdtool import statistics
from sdtool.statistics.permutation import sign_flip
from sdtool.statistics.score import discordance
from worlds import copula, pairs, rates, sampled

Z = norm.ppf(0.975)


def mcnemar(b, a):
    """Two-sided exact p-values, elementwise over the leading axis."""
    gained, lost = ((b - a) > 0).sum(-1), ((a - b) > 0).sum(-1)
    return np.minimum(1, 2 * binom.cdf(np.minimum(gained, lost), gained + lost, 0.5))


def incomplete(repeats=400, problems=300, samples=4):
    """Two equal settings, of one of which the longest tenth of the rollouts is missing."""
    rng = np.random.default_rng(1)
    found = []
    for _ in range(repeats):
        true = rates(rng.standard_normal(problems), 0.65, 0.4)[:, None]
        a, b = (rng.random((problems, samples)) < true for _ in range(2))
        length = rng.lognormal(0, 0.5, b.shape) * np.where(b, 1, 3)
        there = length <= np.quantile(length, 0.9)
        kept = there.any(axis=1)
        means = (b & there).sum(1)[kept] / there.sum(1)[kept]
        old = statistics.paired_difference(means, a.mean(1)[kept])
        low, high = (np.where(there, b, bound).mean() - a.mean() for bound in (0, 1))
        found.append(
            (
                old.estimate,
                old.low,
                old.high,
                old.p_value < 0.001,
                low,
                high,
                low <= b.mean() - a.mean() <= high,
            )
        )
    mean = 100 * np.mean(found, axis=0)
    header(
        "300 problems, 4 samples",
        "difference, on average",
        "p < 0.001",
        "holds the complete run's difference",
    )
    row(
        "before: of what is there",
        f"{mean[0]:+.1f} [{mean[1]:+.1f}, {mean[2]:+.1f}]",
        f"{mean[3]:.0f} %",
        "-",
    )
    row("now: bounds", f"{mean[4]:+.1f} to {mean[5]:+.1f}", "no test", f"{mean[6]:.0f} %")


def best(repeats=600):
    """The best of 22 equal settings."""
    header("problems", "before: overstated by", "covers", "now: overstated by", "covers")
    for problems in (100, 300, 1000):
        rng = np.random.default_rng([2, problems])
        found = []
        for _ in range(repeats):
            true = rates(rng.standard_normal(problems), 0.6)
            one = statistics.best_of(sampled(rng, np.broadcast_to(true, (22, problems)), 1))
            naive = statistics.wilson(round(one.naive * problems), problems)
            found.append(
                (
                    one.naive - 0.6,
                    naive.low <= 0.6 <= naive.high,
                    one.estimate - 0.6,
                    one.low <= 0.6 <= one.high,
                )
            )
        mean = np.mean(found, axis=0)
        row(
            problems,
            f"{100 * mean[0]:+.1f}",
            f"{100 * mean[1]:.1f} %",
            f"{100 * mean[2]:+.1f}",
            f"{100 * mean[3]:.1f} %",
        )


def detectable(repeats=2000):
    """The power of the printed test at the printed detectable difference, 80 % being promised."""
    header("problems", "samples", "comparisons", "before", "now")
    for problems in (100, 300, 1000):
        for samples in (1, 3):
            rng = np.random.default_rng([3, problems, samples])
            a_rates, b_rates = pairs(rng, (400, problems), 0.6, 0.6)
            spread = float((sampled(rng, b_rates, samples) - sampled(rng, a_rates, samples)).var())
            for comparisons in (1, 21):
                alpha = 0.05 / comparisons
                old = (Z + norm.ppf(0.8)) * math.sqrt(spread / problems)
                new = promised(rng, problems, samples, alpha)
                powers = [power_at(rng, problems, samples, gap, alpha, repeats) for gap in (old, new)]
                row(problems, samples, comparisons, *(f"{100 * found:.0f} %" for found in powers))


def promised(rng, problems, samples, alpha):
    """What is printed, on average over studies without a difference."""
    a_rates, b_rates = pairs(rng, (20, problems), 0.6, 0.6)
    a, b = sampled(rng, a_rates, samples), sampled(rng, b_rates, samples)
    return np.mean(
        [statistics.paired_difference(y, x, alpha=alpha).detectable for x, y in zip(a, b, strict=True)]
    )


def power_at(rng, problems, samples, gap, alpha, repeats):
    """How often the test finds a true difference of `gap`."""
    a_rates, b_rates = pairs(rng, (repeats, problems), 0.6 - gap / 2, 0.6 + gap / 2)
    a, b = sampled(rng, a_rates, samples), sampled(rng, b_rates, samples)
    if samples == 1:
        return float((mcnemar(b, a) <= alpha).mean())
    few = repeats // 4
    return float(np.mean([sign_flip(difference) <= alpha for difference in b[:few] - a[:few]]))


def planned(repeats=4000):
    """The power at the number of problems that `power --difference 0.05` prints, one sample per problem."""
    rng = np.random.default_rng(4)
    variance = statistics.paired_variance(0.6)
    header("", "problems", "power")
    for name, needed in (
        ("before", statistics.problems_needed(0.05, variance)),
        ("now", statistics.problems_needed(0.05, variance, exact=True)),
    ):
        row(name, needed, f"{100 * power_at(rng, needed, 1, 0.05, 0.05, repeats):.0f} %")
    row("correlation 0.87 as the copula's (docs of 0.1)", "", f"Pearson's: {_pearson():.2f}")


def _pearson():
    rng = np.random.default_rng(0)
    first, noise = rng.standard_normal((2, 200_000))
    second = 0.87 * first + math.sqrt(1 - 0.87**2) * noise
    return float(np.corrcoef(rates(first, 0.6), rates(second, 0.65))[0, 1])


def sparse(repeats=20_000):
    """One sample per problem, all discordant problems in favour of one setting."""
    header("problems", "discordant", "before covers", "now covers")
    for problems, discordant in ((100, 0.01), (300, 0.005), (300, 1 / 150), (1000, 0.001)):
        rng = np.random.default_rng([5, problems])
        counts = rng.binomial(problems, discordant, repeats)
        differences = (np.arange(problems) < counts[:, None]).astype(np.float32)
        row(
            problems,
            f"{100 * discordant:.2g} %",
            cell(share(before(differences, 1), discordant)),
            cell(share(discordance(differences[: repeats // 4]).interval(Z), discordant)),
        )


def weighted(repeats=1500):
    """A subset of 300 drawn harder on purpose, the settings differing more on hard problems."""
    header("factor", "unweighted: bias", "covers", "weighted: bias", "covers")
    for factor in (2, 4, 10):
        rng = np.random.default_rng([6, factor])
        # The full set is half easy, half hard; a hard problem is drawn `factor` times as often.
        hard = round(300 * factor / (1 + factor))
        is_hard = np.arange(300) < hard
        weights = np.where(is_hard, 0.5 / hard, 0.5 / (300 - hard))
        easy_rates, hard_rates = (
            pairs(rng, (repeats, count), *means)
            for count, means in ((300 - hard, (0.85, 0.87)), (hard, (0.4, 0.48)))
        )
        sides = [
            sampled(rng, np.concatenate((h, e), axis=1), 1)
            for h, e in zip(hard_rates, easy_rates, strict=True)
        ]
        differences, truth = sides[1] - sides[0], 0.05
        plain = discordance(differences).interval(Z)
        found = discordance(differences, weights).interval(Z)
        row(
            f"{factor} to 1",
            f"{100 * (differences.mean() - truth):+.1f}",
            cell(share(plain, truth)),
            f"{100 * ((differences @ weights).mean() - truth):+.1f}",
            cell(share(found, truth)),
        )


def series(repeats=400, problems=300):
    """Seven checkpoints that gain 4 points in all: how often it is found at the 5 % level."""
    header(
        "7 checkpoints, 300 problems", "pairwise, Holm", "last against first", "trend", "trend without a gain"
    )
    rng = np.random.default_rng(7)
    steps = np.arange(7)
    joint = copula(0.6, 0.64)
    found = np.zeros(4)
    for _ in range(repeats):
        first = rng.standard_normal(problems)
        values = {}
        for gain in (0.04, 0.0):
            checkpoints = []
            for step in steps:
                normal = joint * first + math.sqrt(1 - joint**2) * rng.standard_normal(problems)
                checkpoints.append(sampled(rng, rates(normal, round(0.6 + gain * step / 6, 4)), 1))
            values[gain] = np.array(checkpoints)
        rising = values[0.04]
        p_values = mcnemar(rising[1:], rising[0])
        trends = [statistics.trend(values[gain], steps).p_value < 0.05 for gain in (0.04, 0.0)]
        found += (min(statistics.holm(p_values.tolist())) < 0.05, p_values[-1] < 0.05, *trends)
    row("found", *(f"{100 * share:.0f} %" for share in found / repeats))


def bands(repeats=500, problems=300):
    """A curve of accuracy over eight caps: how often all of it lies in the band."""
    rng = np.random.default_rng(8)
    header("8 caps, 300 problems", "pointwise intervals", "the band")
    reach = np.linspace(0.3, 1, 8)
    whole = alone = 0
    for _ in range(repeats):
        right = rng.random(problems) < 0.65
        length = rng.beta(2, 2, problems)  # of the longest, as a share of the cap
        values = (right & (length < reach[:, None])).astype(float)
        # The truth at each cap: right, and short enough.
        truth = 0.65 * (3 * reach**2 - 2 * reach**3)
        band = statistics.mean_band(values)
        points = [statistics.wilson(int(row.sum()), problems) for row in values]
        whole += all(one.low <= t <= one.high for one, t in zip(band, truth, strict=True))
        alone += all(one.low <= t <= one.high for one, t in zip(points, truth, strict=True))
    row("holds everywhere", f"{100 * alone / repeats:.0f} %", f"{100 * whole / repeats:.0f} %")


def parts(repeats=1500):
    """The two parts of a difference in accuracy: coverage of their intervals."""
    header("problems", "answering more often", "answering better")
    for problems in (100, 300, 1000):
        rng = np.random.default_rng([9, problems])
        hits = np.zeros(2)
        # Both settings answer and are right with these chances, by problem; means are known.
        for _ in range(repeats):
            hard = rng.random(problems)
            answered = [sampled(rng, reach - 0.3 * hard, 3) for reach in (0.95, 0.99)]
            right = [
                rng.binomial(np.rint(3 * part).astype(int), 0.9 - level * hard) / 3
                for part, level in zip(answered, (0.2, 0.3), strict=True)
            ]
            found = statistics.kitagawa(right[1], answered[1], right[0], answered[0])
            hits += [one.low <= t <= one.high for one, t in zip(found, TRUE_PARTS, strict=True)]
        row(problems, *(cell(hit / repeats) for hit in hits))


def _true_parts():
    """Of `parts`: E[(r - 0.3 h)(0.9 - l h)] with h uniform, by Kitagawa's formula."""
    often = [reach - 0.15 for reach in (0.95, 0.99)]
    right = [
        0.9 * reach - (0.27 + level * reach) / 2 + 0.3 * level / 3
        for reach, level in zip((0.95, 0.99), (0.2, 0.3), strict=True)
    ]
    well = [c / r for c, r in zip(right, often, strict=True)]
    return (often[1] - often[0]) * sum(well) / 2, (well[1] - well[0]) * sum(often) / 2


TRUE_PARTS = _true_parts()
ALL = (incomplete, best, detectable, planned, sparse, weighted, series, bands, parts)


def main(*names):
    for demonstration in ALL:
        if not names or demonstration.__name__ in names:
            print(f"\n**{demonstration.__doc__}**\n", flush=True)
            demonstration()


if __name__ == "__main__":
    main(*sys.argv[1:])
