"""Writes softmax.json: the optimum of a softmax regression with the weight decay of Szegedy et al. (2013).

    minimise  mean over images of −log softmax(W x + b)_y  +  λ / k · Σ W²,   k classes, b without decay

Run with `python make_reference.py`; it needs numpy and scipy, and overwrites the file beside it. Everything is in
float64 on pixels that float32 holds exactly. The minimum is sought by BFGS and then by Newton's method with the exact
Hessian (least squares, because adding one number to all of b changes nothing) until the gradient is rounding; the
script stops when it is not.

| key | content |
| --- | --- |
| `images`, `labels` | 90 images of 12 values in [0, 1], multiples of 1/256; classes 0, 1, 2 that overlap |
| `decay` | λ |
| `weights`, `biases` | `[3][12]` and `[3]`, the biases with mean 0 |
| `value`, `loss` | what is minimised, and cross-entropy alone |
"""

import json
import pathlib
import platform

import numpy
import scipy
import scipy.optimize

IMAGE_COUNT, PIXEL_COUNT, CLASS_COUNT, DECAY = 90, 12, 3, 0.01


def main():
    generator = numpy.random.default_rng(7)
    labels = numpy.arange(IMAGE_COUNT) % CLASS_COUNT
    centres = generator.uniform(0.2, 0.8, (CLASS_COUNT, PIXEL_COUNT))
    images = numpy.clip(centres[labels] + 0.25 * generator.standard_normal((IMAGE_COUNT, PIXEL_COUNT)), 0, 1)
    images = numpy.round(images * 256) / 256
    one_hot = numpy.eye(CLASS_COUNT)[labels]
    extended = numpy.hstack([images, numpy.ones((IMAGE_COUNT, 1))])
    decays = numpy.full((CLASS_COUNT, PIXEL_COUNT + 1), DECAY / CLASS_COUNT)
    decays[:, -1] = 0

    def parts(flat):
        weights = flat.reshape(CLASS_COUNT, PIXEL_COUNT + 1)
        logits = extended @ weights.T
        logits -= scipy.special.logsumexp(logits, axis=1, keepdims=True)
        return weights, logits, numpy.exp(logits)

    def value_and_gradient(flat):
        weights, logits, probabilities = parts(flat)
        value = -(logits * one_hot).sum() / IMAGE_COUNT + (decays * weights**2).sum()
        return value, ((probabilities - one_hot).T @ extended / IMAGE_COUNT + 2 * decays * weights).ravel()

    def hessian(flat):
        _, _, probabilities = parts(flat)
        inner = numpy.einsum("nk,kl->nkl", probabilities, numpy.eye(CLASS_COUNT))
        inner -= numpy.einsum("nk,nl->nkl", probabilities, probabilities)
        full = numpy.einsum("nkl,ni,nj->kilj", inner, extended, extended) / IMAGE_COUNT
        return full.reshape(flat.size, flat.size) + numpy.diag(2 * decays.ravel())

    flat = scipy.optimize.minimize(
        value_and_gradient, numpy.zeros(CLASS_COUNT * (PIXEL_COUNT + 1)), jac=True, method="BFGS").x
    for _ in range(5):
        flat = flat - numpy.linalg.lstsq(hessian(flat), value_and_gradient(flat)[1], rcond=None)[0]
    value, gradient = value_and_gradient(flat)
    assert abs(gradient).max() < 1e-14, abs(gradient).max()
    weights, logits, _ = parts(flat)
    biases = weights[:, -1] - weights[:, -1].mean()
    result = dict(
        images=images.tolist(), labels=labels.tolist(), decay=DECAY, weights=weights[:, :-1].tolist(),
        biases=biases.tolist(), value=value, loss=-(logits * one_hot).sum() / IMAGE_COUNT,
        versions=dict(python=platform.python_version(), numpy=numpy.__version__, scipy=scipy.__version__))
    path = pathlib.Path(__file__).with_name("softmax.json")
    path.write_text(json.dumps(result, indent=1) + "\n")


main()
