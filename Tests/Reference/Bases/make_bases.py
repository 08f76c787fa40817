"""Writes bases.json beside it: what scikit-learn makes of made-up features.

Run with `python make_bases.py`; it needs numpy and scikit-learn. All features are multiples of 1/16, so a Float holds
them exactly. Everything is seeded; the results are in float64.
"""

import json
import pathlib

import numpy
import sklearn
from sklearn.cluster import KMeans
from sklearn.decomposition import NMF, PCA, FastICA

generator = numpy.random.default_rng(7)


def grid(values):
    return (numpy.round(numpy.asarray(values) * 16) / 16).tolist()


def signed():
    """Sums of skewed, heavy-tailed sources: independent components are there to be found."""
    sources = generator.exponential(size=(400, 6)) * generator.choice([1.0, 2.0], size=(400, 6))
    return grid(sources @ generator.normal(size=(6, 6)) + 3)


def parts():
    """Sums of sparse parts, and a little noise, cut off at 0: neither is the rank exact nor the optimum 0."""
    weights = generator.exponential(size=(120, 5)) * (generator.random((120, 5)) < 0.5)
    shapes = generator.exponential(size=(5, 16)) * (generator.random((5, 16)) < 0.5)
    return grid(numpy.maximum(0, weights @ shapes + 0.3 * generator.normal(size=(120, 16))))


def clusters():
    """Overlapping clusters of rows of unequal length."""
    centres = generator.normal(size=(6, 8))
    rows = centres[generator.integers(0, 6, 150)] + 0.6 * generator.normal(size=(150, 8))
    return grid(rows * generator.uniform(1, 3, size=(150, 1)))


def components(features):
    pca = PCA().fit(features)
    ica = FastICA(whiten="unit-variance", fun="logcosh", algorithm="parallel", tol=1e-10, max_iter=5000, random_state=0)
    ica.fit(features)
    rows = ica.components_ / numpy.linalg.norm(ica.components_, axis=1, keepdims=True)
    return {
        "features": features,
        "explainedVariance": pca.explained_variance_ratio_.tolist(),
        "principal": pca.components_.tolist(),
        "independent": rows.tolist(),
    }


def factors(features, count=5):
    squares = numpy.square(features).sum()
    errors = [
        NMF(count, init=init, random_state=seed, tol=1e-8, max_iter=5000).fit(features).reconstruction_err_
        for init, seed in [("nndsvda", 0)] + [("random", seed) for seed in range(10)]
    ]
    return {"features": features, "count": count, "explainedShare": 1 - min(errors) ** 2 / squares}


def centres(features, count=6):
    rows = numpy.asarray(features)
    units = rows / numpy.linalg.norm(rows, axis=1, keepdims=True)
    fits = KMeans(count, n_init=50, random_state=0, tol=0).fit(units)
    return {
        "features": features,
        "count": count,
        "inertia": fits.inertia_,
        "memberCounts": sorted(numpy.bincount(fits.labels_).tolist(), reverse=True),
    }


reference = {
    "versions": {"numpy": numpy.__version__, "sklearn": sklearn.__version__},
    "components": components(signed()),
    "factors": factors(parts()),
    "clusters": centres(clusters()),
}
path = pathlib.Path(__file__).with_name("bases.json")
lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in reference.items()]
path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
