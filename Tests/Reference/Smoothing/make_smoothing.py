"""Writes smoothing.json: what SciPy says of the tests and bounds of randomized smoothing.

Run with `python make_smoothing.py`; it needs scipy and overwrites the file beside it.
"""

import json
import pathlib

import scipy
from scipy import stats


def main():
    out = {"versions": {"scipy": scipy.__version__}}
    out["predictions"] = [
        {"counts": counts, "p": stats.binomtest(first, first + second, 0.5).pvalue}
        for counts in ([3, 0], [60, 40, 0], [5, 90, 70, 1], [10, 10], [0, 1, 999], [502, 498], [0, 0, 7])
        for second, first in [sorted(counts)[-2:]]
    ]
    out["certificates"] = []
    for agreed, total, alpha, sigma in (
        (1000, 1000, 0.001, 0.25), (990, 1000, 0.001, 0.5), (99000, 100000, 0.001, 1.0), (560, 1000, 0.001, 0.25),
        (51, 100, 0.05, 0.5), (70, 100, 0.05, 0.12), (0, 100, 0.05, 0.5),
    ):
        bound = float(stats.binomtest(agreed, total, alternative="greater").proportion_ci(1 - alpha, "exact").low)
        out["certificates"].append({
            "agreed": agreed, "total": total, "alpha": alpha, "sigma": sigma, "bound": bound,
            "radius": float(sigma * stats.norm.ppf(bound)) if bound > 0.5 else None})
    file = pathlib.Path(__file__).with_name("smoothing.json")
    file.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
