"""Writes privacy.json: Rényi divergences of the sampled Gaussian mechanism by another way than the project's.

Run with `python make_privacy.py`; it needs mpmath and overwrites the file beside it. Two methods, which must agree to
25 digits or the script stops:

- whole orders: the binomial sum of Mironov, Talwar, Zhang (2019), in exact arithmetic of 60 digits;
- all orders: E[(1 - q + q exp((2z - 1) / (2 s^2)))^a], z ~ N(0, s^2), by mpmath's adaptive Gauss-Legendre quadrature,
  cut at whole numbers, where the terms of the sum have their peaks. The trapezoidal rule of the project is not used.

The other direction, E over the mixture of (the density without the example over the mixture)^(a - 1), is integrated as
well: theorem 5 of the paper says that it is never larger, and the script stops where it is.
"""

import json
import pathlib

from mpmath import binomial, exp, inf, log, mp, mpf, pi, quad, sqrt

mp.dps = 60


def normal(z, mean, s):
    return exp(-((z - mean) ** 2) / (2 * s * s)) / (s * sqrt(2 * pi))


def mixture(q, s, z):
    return 1 - q + q * exp((2 * z - 1) / (2 * s * s))


def cuts(s, order):
    inner = [mpf(k) / 2 for k in range(-2, int(2 * order) + 5)]
    if len(inner) > 60:
        inner = inner[:: len(inner) // 60 + 1]
    wide = 40 * s
    outer = [mpf(f) * s for f in (1, 2, 4, 8, 16, 40)]
    return sorted({-wide, order + wide, *inner, *(-o for o in outer), *(order + o for o in outer)})


def forwards(q, s, order):
    moment = quad(lambda z: normal(z, 0, s) * mixture(q, s, z) ** order, cuts(s, order))
    return log(moment) / (order - 1)


def backwards(q, s, order):
    moment = quad(lambda z: normal(z, 0, s) * mixture(q, s, z) ** (1 - order), cuts(s, order))
    return log(moment) / (order - 1)


def binomial_sum(q, s, order):
    total = sum(
        binomial(order, k) * (1 - q) ** (order - k) * q**k * exp(mpf(k * k - k) / (2 * s * s))
        for k in range(order + 1)
    )
    return log(total) / (order - 1)


def main():
    cases = []
    for q in ("0.0001", "0.01", "0.2", "0.9"):
        for s in ("0.5", "1", "4", "20"):
            for order in ("1.01", "1.5", "2", "7.25", "16", "64.5"):
                if mpf(s) < 1 and mpf(order) > 20:
                    continue
                rate, multiplier, alpha = mpf(q), mpf(s), mpf(order)
                divergence = forwards(rate, multiplier, alpha)
                if alpha == int(alpha):
                    other = binomial_sum(rate, multiplier, int(alpha))
                    assert abs(divergence - other) <= mpf(10) ** -25 * other, (q, s, order, divergence, other)
                assert backwards(rate, multiplier, alpha) <= divergence * (1 + mpf(10) ** -25), (q, s, order)
                cases.append(
                    {"samplingRate": float(q), "noiseMultiplier": float(s), "order": float(order),
                     "divergence": float(divergence)}
                )
    path = pathlib.Path(__file__).with_name("privacy.json")
    path.write_text(json.dumps({"mpmath": __import__("mpmath").__version__, "cases": cases}, indent=1) + "\n")


main()
