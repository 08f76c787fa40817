"""Writes corruptions.json: what SciPy and NumPy make of two images by blur, rotation, translation, contrast, pixelation.

Run with `python make_corruptions.py`; it needs scipy and numpy and overwrites the file beside it. Everything is computed in
float64 from pixels that are exact in float32.
"""

import json
import pathlib

import numpy
import scipy
from scipy import ndimage

SEVERITIES = (1.0, 2.5, 5.0)


def blur(image, severity):
    return ndimage.gaussian_filter(image, 0.4 * severity, axes=(1, 2), mode="nearest", truncate=3)


def contrast(image, severity):
    mean = image.mean(axis=(1, 2), keepdims=True)
    return mean + (1 - 0.18 * severity) * (image - mean)


def pixelation(image, severity):
    side = int(numpy.floor(1 + severity + 0.5))
    out = image.copy()
    for channel in out:
        for top in range(0, image.shape[1], side):
            for left in range(0, image.shape[2], side):
                block = channel[top:top + side, left:left + side]
                block[...] = block.mean()
    return out


def rotation(image, degrees):
    """Counterclockwise as seen, rows downwards."""
    turn = numpy.deg2rad(degrees)
    matrix = numpy.array([[numpy.cos(turn), numpy.sin(turn)], [-numpy.sin(turn), numpy.cos(turn)]])
    centre = (numpy.array(image.shape[1:]) - 1) / 2
    return numpy.stack([
        ndimage.affine_transform(channel, matrix, centre - matrix @ centre, order=1, mode="grid-constant")
        for channel in image])


def main():
    random = numpy.random.default_rng(2019)
    out = {"versions": {"scipy": scipy.__version__, "numpy": numpy.__version__}, "cases": []}
    for shape in ((1, 9, 7), (3, 8, 11)):
        image = numpy.round(random.random(shape) * 256) / 256
        for severity in SEVERITIES:
            for function in (blur, contrast, pixelation):
                out["cases"].append({
                    "kind": function.__name__, "severity": severity, "shape": shape, "pixels": image.ravel().tolist(),
                    "expected": function(image, severity).ravel().tolist()})
        for degrees in (10.0, -35.0, 90.0):
            out["cases"].append({
                "kind": "rotation", "severity": degrees, "shape": shape, "pixels": image.ravel().tolist(),
                "expected": rotation(image, degrees).ravel().tolist()})
    file = pathlib.Path(__file__).with_name("corruptions.json")
    file.write_text(json.dumps(out) + "\n")


if __name__ == "__main__":
    main()
