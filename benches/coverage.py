"""How often the intervals hold the truth: the coverage tables of docs/statistics.md.

Needs scipy. Usage: python benches/coverage.py [repeats]
"""

from __future__ import annotations

import math
import sys

import numpy as np
from scipy.stats import chi2, norm, t
from sdtool import statistics
from sdtool.statistics.permutation import sign_flip
from sdtool.statistics.score import discordance
from worlds import LAWS, pairs, rates, sampled, sparse

PROBLEMS = (30, 100, 300, 1000)
SAMPLES = (1, 3, 8)
Z = norm.ppf(0.975)
RATES = (0.005, 0.02, 0.1, 0.5, 0.9, 0.98, 0.995)


def cell(lowest, highest=None):
    """Coverage in percent; what is outside 93 to 97.5 is marked: `!` too low, `+` too high."""
    highest = lowest if highest is None else highest
    mark = "!" if lowest < 0.93 else ""
    mark += "+" if highest > 0.975 else ""
    span = f"{100 * lowest:.1f}" if lowest == highest else f"{100 * lowest:.1f} to {100 * highest:.1f}"
    return f"{span} {mark}".strip()


def row(*cells):
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def header(*cells):
    row(*cells)
    row(*["---"] * len(cells))


def before(differences, samples):
    """The interval of version 0.1: Student's t with 1 / (4 sqrt(K)) added to the sum of squares."""
    n = differences.shape[1]
    mean = differences.mean(1)
    squares = ((differences - mean[:, None]) ** 2).sum(1) + 0.25 / math.sqrt(samples)
    half = t.ppf(0.975, n - 1) * np.sqrt(squares) / n
    return mean - half, mean + half


def share(bounds, truth):
    low, high = bounds
    return float(((low <= truth + 1e-12) & (truth <= high + 1e-12)).mean())


def paired(repeats):
    """Lowest and highest coverage over the laws and both directions, by expected discordant problems."""
    expected = ("1 problem", "3", "5 or 1/30", "1/10", "1/2")
    header("problems", "samples", *expected, "version 0.1, lowest")
    for problems in PROBLEMS:
        for samples in SAMPLES:
            cells, old = [], 1.0
            for discordant in (1, 3, max(5, problems / 30), problems / 10, problems / 2):
                found = []
                for law in LAWS[:1] if samples == 1 else LAWS:
                    for one_sided in (False, True):
                        rng = np.random.default_rng([problems, samples, int(discordant), LAWS.index(law)])
                        differences, truth = sparse(
                            rng, repeats, problems, samples, discordant, law, one_sided=one_sided
                        )
                        found.append(share(discordance(differences).interval(Z), truth))
                        old = min(old, share(before(differences, samples), truth))
                cells.append(cell(min(found), max(found)))
            row(problems, samples, *cells, f"{100 * old:.1f}")


def single(repeats):
    """Coverage of the interval of one rate, by the rate."""
    header("problems", "samples", *RATES)
    for problems in PROBLEMS:
        for samples in SAMPLES:
            names = np.repeat(np.arange(problems), samples)
            cells = []
            for mean in RATES:
                rng = np.random.default_rng([problems, samples, int(1000 * mean)])
                true = rates(rng.standard_normal((repeats, problems)), mean)
                right = rng.binomial(samples, true)
                hits = 0
                for counts in right:
                    values = np.arange(samples) < counts[:, None]
                    found = statistics.clustered_mean(values.ravel(), names)
                    hits += found.low <= mean <= found.high
                cells.append(cell(hits / repeats))
            row(problems, samples, *cells)


def extreme(repeats):
    """Rates of 0.005 with few problems: Wilson's interval, and as Brown, Cai and DasGupta modify it.

    They lower the lower end for counts of up to three (two below 51) to that of the Poisson law at one-sided
    5 % (Statist. Sci. 16 (2001) 101, section 4.1.1); here at the effective number of problems.
    """
    header("problems", "samples", "now", "width", "modified", "width")
    for problems, samples in ((30, 1), (30, 3), (30, 8), (100, 1)):
        rng = np.random.default_rng([problems, samples, 5])
        names = np.repeat(np.arange(problems), samples)
        right = rng.binomial(samples, rates(rng.standard_normal((repeats, problems)), 0.005))
        hits, widths = np.zeros(2), np.zeros(2)
        for counts in right:
            found = statistics.clustered_mean((np.arange(samples) < counts[:, None]).ravel(), names)
            spread = found.standard_error**2
            effective = found.estimate * (1 - found.estimate) / spread if spread else problems
            count = found.estimate * effective
            most = 2 if effective <= 50 else 3
            low = found.low
            if 0 < count <= most:
                low = min(low, chi2.ppf(0.05, 2 * count) / 2 / effective)
            for place, lower in enumerate((found.low, low)):
                hits[place] += lower <= 0.005 <= found.high
                widths[place] += found.high - lower
        cells = zip(hits / repeats, widths / repeats, strict=True)
        row(
            problems,
            samples,
            *(text for share, width in cells for text in (cell(share), f"{100 * width:.1f}")),
        )


def usual(repeats):
    """The published study's shape: clustered against pooled, paired against unpaired; the test's error."""
    header(
        "problems", "samples", "clustered", "pooled", "paired", "unpaired, pooled", "p < 0.05, no difference"
    )
    for problems in PROBLEMS:
        for samples in SAMPLES:
            rng = np.random.default_rng([problems, samples])
            a_rates, b_rates = pairs(rng, (repeats, problems), 0.6, 0.65)
            a, b = sampled(rng, a_rates, samples), sampled(rng, b_rates, samples)
            names = np.arange(problems)
            clustered = [statistics.clustered_mean(means, names) for means in a[:500]]
            pooled = [statistics.wilson(round(means.sum() * samples), problems * samples) for means in a]
            total = problems * samples
            spread = Z * np.sqrt((a.mean(1) * (1 - a.mean(1)) + b.mean(1) * (1 - b.mean(1))) / total)
            difference = b.mean(1) - a.mean(1)
            same = sampled(rng, a_rates[:500], samples)
            tests = [sign_flip(difference) for difference in same - a[:500]]
            row(
                problems,
                samples,
                cell(np.mean([one.low <= 0.6 <= one.high for one in clustered])),
                f"{100 * np.mean([one.low <= 0.6 <= one.high for one in pooled]):.1f}",
                cell(share(discordance(b - a).interval(Z), 0.05)),
                f"{100 * share((difference - spread, difference + spread), 0.05):.1f}",
                f"{100 * np.mean(np.array(tests) < 0.05):.1f}",
            )


GAINS = (0.0, 0.0, 0.0, 0.03, 0.06, 0.12)


def corrected(repeats):
    """Six settings against a reference: how often all intervals hold, alone and after Holm's correction.

    The last column is how often an interval alone and its corrected p-value say different things of 0; after
    the correction they never do.
    """
    header("problems", "samples", "each alone", "after Holm", "alone, against p (Holm)")
    for problems in PROBLEMS[1:]:
        for samples in SAMPLES[:2]:
            rng = np.random.default_rng([problems, samples, 6])
            alone = after = against = 0
            for _ in range(repeats):
                base = rng.standard_normal(problems)
                a = sampled(rng, rates(base, 0.6), samples)
                found = []
                for gain in GAINS:
                    other = 0.9 * base + math.sqrt(1 - 0.9**2) * rng.standard_normal(problems)
                    b = sampled(rng, rates(other, 0.6 + gain), samples)
                    found.append(statistics.paired_difference(b, a))
                p_values = [one.p_value for one in found]
                adjusted = statistics.holm(p_values)
                intervals = [
                    one.decided_interval(level, significant=p < 0.05)
                    for one, level, p in zip(found, statistics.holm_levels(p_values), adjusted, strict=True)
                ]
                alone += all(one.low <= gain <= one.high for one, gain in zip(found, GAINS, strict=True))
                after += all(low <= gain <= high for (low, high), gain in zip(intervals, GAINS, strict=True))
                against += sum(
                    (one.low > 0 or one.high < 0) != (p < 0.05)
                    for one, p in zip(found, adjusted, strict=True)
                )
            row(
                problems,
                samples,
                f"{100 * alone / repeats:.1f}",
                f"{100 * after / repeats:.1f}",
                f"{100 * against / repeats / len(GAINS):.1f}",
            )


def main(repeats=4000):
    print("## The paired interval\n")
    paired(repeats)
    print("\n## The interval of one rate, 85 % of the variance between problems\n")
    single(repeats // 4)
    print("\n## Rates of 0.005 with few problems\n")
    extreme(repeats // 2)
    print("\n## Accuracies 0.6 and 0.65, 85 % between problems, correlation 0.87\n")
    usual(repeats // 2)
    print("\n## Six settings against a reference: all intervals hold, percent of studies\n")
    corrected(repeats // 4)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
