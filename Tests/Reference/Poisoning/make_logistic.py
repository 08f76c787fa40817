"""Writes logistic.json: regularised logistic regressions fitted by SciPy, and how their loss moves with one point.

Run with `python make_logistic.py`; it needs scipy and numpy and overwrites the file beside it. Each minimum is found by
trust-exact with the analytic Hessian and the script stops unless the gradient there is below 1e-9. The derivative of the
validation loss with respect to the last training point is by central differences of models fitted anew, so it knows
nothing of the implicit function theorem.
"""

import json
import pathlib

import numpy
import scipy
from scipy import optimize, special


def objective(theta, x, y, decay):
    f = x @ theta[:-1] + theta[-1]
    loss = numpy.logaddexp(0, -y * f).sum() + decay / 2 * theta[:-1] @ theta[:-1]
    pull = -y * special.expit(-y * f)
    return loss, numpy.append(x.T @ pull + decay * theta[:-1], pull.sum())


def hessian(theta, x, y, decay):
    f = x @ theta[:-1] + theta[-1]
    rows = numpy.column_stack([x, numpy.ones(len(x))])
    result = rows.T @ (rows * (special.expit(f) * special.expit(-f))[:, None])
    result[:-1, :-1] += decay * numpy.eye(x.shape[1])
    return result


def fit(x, y, decay):
    theta = numpy.zeros(x.shape[1] + 1)
    found = optimize.minimize(
        objective, theta, (x, y, decay), jac=True, hess=hessian, method="trust-exact", options={"gtol": 1e-8})
    theta = found.x
    for _ in range(5):
        theta = theta - numpy.linalg.solve(hessian(theta, x, y, decay), objective(theta, x, y, decay)[1])
    assert numpy.abs(objective(theta, x, y, decay)[1]).max() < 1e-9
    return theta


def main():
    random = numpy.random.default_rng(2012)
    cases = []
    for count, dimension, decay in ((12, 3, 1.0), (30, 5, 0.1), (8, 20, 1.0)):
        x = random.random((count, dimension))
        y = numpy.where(random.random(count) < 0.5, -1.0, 1.0)
        y[:2] = (-1, 1)
        held = random.random((15, dimension))
        signs = numpy.where(held.sum(1) > dimension / 2, 1.0, -1.0)

        def validation(point):
            moved = x.copy()
            moved[-1] = point
            theta = fit(moved, y, decay)
            return numpy.logaddexp(0, -signs * (held @ theta[:-1] + theta[-1])).mean()

        step = 1e-5
        gradient = [
            (validation(x[-1] + step * e) - validation(x[-1] - step * e)) / (2 * step) for e in numpy.eye(dimension)
        ]
        theta = fit(x, y, decay)
        cases.append({
            "dimension": dimension, "decay": decay, "values": x.ravel().tolist(), "signs": y.tolist(),
            "validationValues": held.ravel().tolist(), "validationSigns": signs.tolist(),
            "weights": theta[:-1].tolist(), "bias": theta[-1], "validationLoss": validation(x[-1]),
            "pointGradient": gradient,
        })
    out = {"versions": {"scipy": scipy.__version__, "numpy": numpy.__version__}, "cases": cases}
    pathlib.Path(__file__).with_name("logistic.json").write_text(json.dumps(out, indent=1) + "\n")


main()
