"""Writes coherence.json beside it: what SciPy and scikit-learn say of made-up scores, classes and features.

Run with `python make_coherence.py`; it needs numpy, scipy and scikit-learn. All inputs are multiples of 1/64, so a
Float holds them exactly. Everything is seeded; the results are in float64.
"""

import itertools
import json
import pathlib

import numpy
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import jaccard_score, roc_auc_score
from sklearn.metrics.pairwise import cosine_similarity

generator = numpy.random.default_rng(4)
IMAGE_COUNT = 60
CLASS_COUNT = 4  # of unequal size
labels = numpy.sort(generator.integers(0, 9, IMAGE_COUNT) ** 2 // 21)
labels = generator.permutation(labels)
assert set(labels) == set(range(CLASS_COUNT))


def grid(values):
    return numpy.round(numpy.asarray(values) * 64) / 64


normal = generator.normal(size=IMAGE_COUNT)
columns = {
    "signed": grid(normal + (labels == 2)),
    "rectified": grid(numpy.maximum(0, normal + 0.7 * (labels == 1) - 0.3)),
    "tied": grid(generator.integers(0, 4, IMAGE_COUNT)),
    "skewed": grid(numpy.exp(1.5 * generator.normal(size=IMAGE_COUNT))),
    "twoPoint": grid((generator.random(IMAGE_COUNT) < 0.2) * 1.0),
}


def d_prime(scores, members):
    inside, outside = scores[members], scores[~members]
    return (inside.mean() - outside.mean()) / numpy.sqrt((inside.var(ddof=1) + outside.var(ddof=1)) / 2)


def column(scores):
    aucs = [roc_auc_score(labels == c, scores) for c in range(CLASS_COUNT)]
    for c in range(CLASS_COUNT):
        inside, outside = scores[labels == c], scores[labels != c]
        statistic = stats.mannwhitneyu(inside, outside).statistic / (len(inside) * len(outside))
        assert abs(statistic - aucs[c]) < 1e-12
    norms = numpy.abs(scores).sum() / numpy.sqrt((scores**2).sum())
    return {
        "scores": scores.tolist(),
        "aucs": aucs,
        "dPrime": d_prime(scores, labels == int(numpy.argmax(aucs))),
        "skewness": stats.skew(scores),
        "excessKurtosis": stats.kurtosis(scores),
        "hoyer": (numpy.sqrt(len(scores)) - norms) / (numpy.sqrt(len(scores)) - 1),
    }


def mean_pair_cosine(rows):
    cosines = cosine_similarity(rows)
    return float(numpy.mean([cosines[i, j] for i, j in itertools.combinations(range(len(rows)), 2)]))


features = grid(generator.normal(size=(IMAGE_COUNT, 6)) + labels[:, None] * generator.normal(size=6))
centred = features - features.mean(axis=0)
sets = [generator.choice(IMAGE_COUNT, 7, replace=False) for _ in range(6)]
masks = numpy.array([numpy.isin(numpy.arange(IMAGE_COUNT), images) for images in sets])

reference = {
    "versions": {"numpy": numpy.__version__, "scipy": scipy.__version__, "sklearn": sklearn.__version__},
    "labels": labels.tolist(),
    "classCount": CLASS_COUNT,
    "columns": {name: column(scores) for name, scores in columns.items()},
    "features": features.tolist(),
    "correlations": numpy.corrcoef(features.T).tolist(),
    "sets": [images.tolist() for images in sets],
    "entropies": [stats.entropy(numpy.bincount(labels[images]), base=2) for images in sets],
    "coherences": [mean_pair_cosine(centred[images]) for images in sets],
    "chanceCoherence": mean_pair_cosine(centred),
    "meanJaccard": float(numpy.mean([jaccard_score(a, b) for a, b in itertools.combinations(masks, 2)])),
    "hypergeometric": [
        {"population": n, "marked": k, "draws": d, "probabilities": stats.hypergeom.pmf(range(d + 1), n, k, d).tolist()}
        for n, k, d in [(60, 13, 7), (10_000, 1_000, 9), (12, 9, 6)]
    ],
}
path = pathlib.Path(__file__).with_name("coherence.json")
lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in reference.items()]
path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
