"""Row `box-lbfgs`: the smallest perturbation towards a class, by SciPy's L-BFGS-B, image by image."""

import numpy
import torch
from scipy.optimize import fmin_l_bfgs_b
from torch.nn import functional

from sweep import fastest

ITERATIONS = 10
BISECTIONS = 10


class BoxLBFGS:
    """For every image that the network gets right: min r.r + c cross-entropy(x + r, next class) in the box, c ten times
    larger until that class is reached, then halfway between the last failure and the success, ten times. Of all
    points evaluated that are taken for the class the nearest counts.
    """

    def __init__(self, network, images, labels, *, threads, compiled):
        torch.set_num_threads(threads)
        self.network = torch.compile(network, dynamic=False) if compiled else network
        self.images = images
        self.labels = labels

    def evaluated(self, pixels, shape, target):
        point = torch.from_numpy(pixels.astype(numpy.float32)).reshape(shape).requires_grad_()
        logits = self.network(point)
        loss = functional.cross_entropy(logits, target)
        slopes, = torch.autograd.grad(loss, point)
        return loss.item(), slopes.numpy().astype(numpy.float64).ravel(), int(logits.argmax()) == int(target)

    def nearest(self, image, target):
        clean = image.numpy().astype(numpy.float64).ravel()
        shape = (1, *image.shape)
        best = numpy.inf
        start_loss, start_slopes, _ = self.evaluated(clean, shape, target)

        def objective(pixels, c):
            nonlocal best
            loss, slopes, reached = self.evaluated(pixels, shape, target)
            step = pixels - clean
            if reached:
                best = min(best, numpy.linalg.norm(pixels.astype(numpy.float32) - clean))
            return step @ step + c * loss, 2 * step + c * slopes

        def is_enough(c):
            slope = numpy.abs(numpy.clip(clean - c * start_slopes, 0, 1) - clean).max()
            end, _, _ = fmin_l_bfgs_b(
                objective, clean, args=(c,), bounds=[(0, 1)] * clean.size, m=10, factr=0, pgtol=1e-4 * slope,
                maxiter=ITERATIONS)
            return self.evaluated(end, shape, target)[2]

        c, too_small = 0.01, 0.0
        while not is_enough(c):
            too_small, c = c, 10 * c
            if c > 1e9:
                return best
        enough = c
        for _ in range(BISECTIONS):
            c = (too_small + enough) / 2
            if is_enough(c):
                enough = c
            else:
                too_small = c
        return best

    def run(self, image_count):
        images, labels = self.images[:image_count], self.labels[:image_count]
        with torch.inference_mode():
            right = self.network(images).argmax(1) == labels
        distances = [
            self.nearest(image, ((label + 1) % 10).reshape(1)) for image, label in zip(images[right], labels[right])]
        found = [distance for distance in distances if numpy.isfinite(distance)]
        self.counts = {
            "attacked": len(distances), "succeeded": len(found),
            "medianDistanceMillionths": round(1e6 * float(numpy.median(found))) if found else 0}


def best_settings(prepare, cores, sweep_count):
    settings = fastest(
        prepare, [{"threads": threads, "compiled": False} for threads in sorted({1, cores})], sweep_count)
    return fastest(prepare, [settings, settings | {"compiled": True}], sweep_count)
