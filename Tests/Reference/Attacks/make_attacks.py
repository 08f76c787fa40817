"""Writes box_lbfgs.safetensors: what SciPy's L-BFGS-B finds on a small network by the search of the first attack.

Run with `python make_attacks.py`; it needs torch, numpy, scipy and safetensors, and overwrites the file beside it.
Everything is seeded and runs on one thread.

A network of 8x8 pixels (conv 4@3x3/2, 16, 4; ReLU) is trained on made-up lines. For each of 40 images and one other
class as target:

    minimise ||r||^2 + c CE(x + r, target) over the box, at most 10 iterations, 10 pairs, from the clean image,
    until the projected gradient is 1e-4 of that at the start; c = 0.01 times 10 until the minimiser is taken for
    the target, then the interval halved 10 times; the nearest of all evaluated points that are taken for it

| tensor | content |
| --- | --- |
| `parameter/<name>` | the network's weights and biases, by PyTorch's names |
| `images`, `labels`, `targets` | `[40, 1, 8, 8]` in [0, 1]; class numbers, stored as floats |
| `distances` | L2 distance of the nearest point found for each image |

The metadata holds the versions of what computed the file and the mean number of evaluations.
"""

import pathlib
import platform

import numpy
import safetensors.torch
import scipy
import torch
from scipy.optimize import fmin_l_bfgs_b
from torch.nn import functional

IMAGE_COUNT = 40
CLASS_COUNT = 4
SIDE = 8


def lines(count, generator):
    """Class k: a row and a column whose places depend on k, bright on black."""
    labels = numpy.arange(count) % CLASS_COUNT
    images = numpy.zeros((count, 1, SIDE, SIDE), numpy.float32)
    for image, label in zip(images, labels):
        row = label + generator.integers(0, 3)
        column = (3 * label) % CLASS_COUNT + generator.integers(0, 3)
        brightness = generator.uniform(0.5, 1)
        image[0, row, 1:] = brightness
        image[0, 1:, column] = brightness
        noise = generator.uniform(0, 1, image[0].shape) < 0.1
        image[0] = numpy.clip(image[0] + noise * generator.uniform(0, 0.3, image[0].shape), 0, 1)
    return torch.tensor(images), torch.tensor(labels)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(1, 4, 3, stride=2, padding=1)
        self.hidden = torch.nn.Linear(4 * 16, 16)
        self.classifier = torch.nn.Linear(16, CLASS_COUNT)

    def forward(self, x):
        return self.classifier(functional.relu(self.hidden(functional.relu(self.conv(x)).flatten(1))))


def nearest(network, image, target, counts):
    clean = image.numpy().astype(numpy.float64).ravel()
    best = [numpy.inf]

    def evaluate(x, c):
        counts[0] += 1
        pixels = x.astype(numpy.float32)
        point = torch.tensor(pixels.reshape(1, 1, SIDE, SIDE), requires_grad=True)
        logits = network(point)
        loss = functional.cross_entropy(logits, torch.tensor([target]))
        (slopes,) = torch.autograd.grad(loss, point)
        is_adversarial = int(logits.argmax()) == target
        if is_adversarial:
            best[0] = min(best[0], numpy.linalg.norm(pixels.astype(numpy.float64) - clean))
        r = x - clean
        return r @ r + c * loss.item(), 2 * r + c * slopes.numpy().astype(numpy.float64).ravel(), is_adversarial

    def is_enough(c):
        _, slopes, _ = evaluate(clean, c)
        projected = numpy.abs(numpy.clip(clean - slopes, 0, 1) - clean).max()
        x, _, _ = fmin_l_bfgs_b(
            lambda x: evaluate(x, c)[:2], clean, bounds=[(0, 1)] * clean.size, m=10, factr=0,
            pgtol=1e-4 * projected, maxiter=10)
        return evaluate(x, c)[2]

    c, too_small = 0.01, 0.0
    while not is_enough(c):
        too_small, c = c, 10 * c
    enough = c
    for _ in range(10):
        c = (too_small + enough) / 2
        if is_enough(c):
            enough = c
        else:
            too_small = c
    return best[0]


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    generator = numpy.random.default_rng(1)
    network = Network()
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    images, labels = lines(1600, generator)
    for epoch in range(15):
        for start in range(0, len(images), 32):
            optimizer.zero_grad()
            functional.cross_entropy(network(images[start:start + 32]), labels[start:start + 32]).backward()
            optimizer.step()
    images, labels = lines(200, generator)
    right = (network(images).argmax(1) == labels).nonzero().ravel()[:IMAGE_COUNT]
    assert len(right) == IMAGE_COUNT
    images, labels = images[right], labels[right]
    targets = (labels + 1) % CLASS_COUNT
    counts = [0]
    distances = [nearest(network, image, int(target), counts) for image, target in zip(images, targets)]
    assert numpy.isfinite(distances).all()
    tensors = {f"parameter/{name}": value.detach().clone() for name, value in network.named_parameters()}
    tensors |= {
        "images": images.contiguous(), "labels": labels.float(), "targets": targets.float(),
        "distances": torch.tensor(numpy.array(distances, numpy.float32)),
    }
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__,
                "scipy": scipy.__version__, "safetensors": safetensors.__version__}
    safetensors.torch.save_file(
        tensors, pathlib.Path(__file__).with_name("box_lbfgs.safetensors"),
        metadata={**versions, "evaluationsPerImage": f"{counts[0] / IMAGE_COUNT:.1f}"})
    print(f"median {numpy.median(distances):.4f}, {counts[0] / IMAGE_COUNT:.0f} evaluations per image")


if __name__ == "__main__":
    main()
