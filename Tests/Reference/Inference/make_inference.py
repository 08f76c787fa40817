"""Writes inference.json: what SciPy says of the distributions, tests and adjustments of the target Inference.

Run with `python make_inference.py`; it needs scipy and numpy and overwrites the file beside it. SciPy has no Holm
adjustment: it is computed here from its definition, another way round than in the project.
"""

import json
import pathlib

import numpy
import scipy
from scipy import stats


def holm(p):
    """By the closed testing principle: the largest Bonferroni p of all subsets that hold the hypothesis."""
    count = len(p)
    adjusted = [0.0] * count
    for subset in range(1, 2**count):
        members = [i for i in range(count) if subset >> i & 1]
        bonferroni = min(1.0, len(members) * min(p[i] for i in members))
        for i in members:
            adjusted[i] = max(adjusted[i], bonferroni)
    return adjusted


def main():
    random = numpy.random.default_rng(2014)
    out = {"versions": {"scipy": scipy.__version__, "numpy": numpy.__version__}}

    out["student"] = [
        {"df": df, "t": t, "cumulative": stats.t.cdf(t, df), "p": p, "quantile": stats.t.ppf(p, df)}
        for df in (1, 2, 4, 9, 30.5, 1000)
        for t, p in ((-8.0, 1e-6), (-1.5, 0.025), (0.0, 0.4), (2.0, 0.95), (12.0, 0.975))
    ]
    out["normal"] = [
        {"z": z, "cumulative": stats.norm.cdf(z), "p": p, "quantile": stats.norm.ppf(p)}
        for z, p in ((-20.0, 1e-12), (-1.96, 0.025), (0.0, 0.5), (1.0, 0.975), (5.0, 0.9999))
    ]
    out["binomial"] = [
        {"n": n, "p": p, "k": k, "cumulative": stats.binom.cdf(k, n, p)}
        for n, p, k in ((10, 0.3, 2), (200, 0.05, 16), (200, 0.05, 3), (1000, 0.5, 480), (5, 0.2, 5), (7, 0.9, 0))
    ]
    out["binomialRange"] = [
        {"n": n, "p": p, "level": level, "lower": int(stats.binom.ppf((1 - level) / 2, n, p)),
         "upper": int(stats.binom.ppf((1 + level) / 2, n, p))}
        for n, p, level in ((200, 0.05, 0.95), (1000, 0.5, 0.99), (20, 0.9, 0.9), (400, 0.95, 0.999))
    ]
    out["clopperPearson"] = []
    for count, total, level in ((0, 20, 0.95), (16, 200, 0.95), (7, 9, 0.99), (20, 20, 0.9), (1, 3, 0.95)):
        interval = stats.binomtest(count, total).proportion_ci(level, method="exact")
        out["clopperPearson"].append(
            {"count": count, "total": total, "level": level, "lower": interval.low, "upper": interval.high})

    out["samples"] = []
    for values in ([0.050, 0.063, 0.011, 0.037, 0.001], list(random.normal(0.03, 0.02, 12)), [-0.2, 0.4]):
        values = [float(value) for value in values]
        margin = 0.1
        test = stats.ttest_1samp(values, 0)
        level = 0.99
        interval = test.confidence_interval(level)
        out["samples"].append({
            "values": values, "mean": float(numpy.mean(values)), "deviation": float(numpy.std(values, ddof=1)),
            "level": level, "lower": interval.low, "upper": interval.high, "p": test.pvalue,
            "upperP": stats.ttest_1samp(values, 0, alternative="greater").pvalue,
            "lowerP": stats.ttest_1samp(values, 0, alternative="less").pvalue,
            "margin": margin,
            "aboveLowerMarginP": stats.ttest_1samp(values, -margin, alternative="greater").pvalue,
            "belowUpperMarginP": stats.ttest_1samp(values, margin, alternative="less").pvalue})

    values = random.gamma(2, 0.02, 11)
    result = stats.bootstrap((values,), numpy.mean, n_resamples=499, method="BCa", confidence_level=0.9, rng=random)
    out["bca"] = {
        "values": values.tolist(), "replicates": result.bootstrap_distribution.tolist(), "level": 0.9,
        "lower": result.confidence_interval.low, "upper": result.confidence_interval.high}

    # How often BCa covers the mean of 20 exponential values: less than its level, which is known of it.
    trials, covered = 4000, 0
    for _ in range(trials):
        interval = stats.bootstrap(
            (random.exponential(1, 20),), numpy.mean, n_resamples=600, method="BCa", confidence_level=0.9, rng=random
        ).confidence_interval
        covered += interval.low <= 1 <= interval.high
    out["bcaCoverage"] = covered / trials

    p = [0.03, 0.001, 0.03, 0.2, 0.9, 0.004, 0.0499, 1.0]
    out["adjusted"] = {"p": p, "holm": holm(p), "benjaminiHochberg": stats.false_discovery_control(p).tolist()}

    p, weights = [0.03, 0.01, 0.36, 0.10, 0.55], [1.0, 2.0, 0.5, 3.0, 1.5]
    equal = stats.combine_pvalues(p, method="stouffer")
    weighted = stats.combine_pvalues(p, method="stouffer", weights=weights)
    out["stouffer"] = {
        "p": p, "z": equal.statistic, "combined": equal.pvalue,
        "weights": weights, "weightedZ": weighted.statistic, "weightedCombined": weighted.pvalue}

    # Ties on purpose. U of Mann and Whitney counts wins plus half the ties: delta = 2 U / (n m) - 1.
    first, second = random.integers(0, 9, 23).tolist(), random.integers(0, 8, 31).tolist()
    u = stats.mannwhitneyu(first, second).statistic
    out["cliff"] = {"first": first, "second": second, "delta": 2 * u / (len(first) * len(second)) - 1}

    path = pathlib.Path(__file__).with_name("inference.json")
    path.write_text(json.dumps(out, indent=1, default=float) + "\n")


if __name__ == "__main__":
    main()
