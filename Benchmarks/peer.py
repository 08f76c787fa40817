"""PyTorch's side of one benchmark row, at its best on this machine.

    python peer.py training|features|mlp-epoch --data FOLDER

Loads Fashion-MNIST once, tries the settings that could be fastest on a share of the work, and keeps the best. Then
every line on standard input is answered with one repetition of the work, as a line of JSON on standard output.
The first line on standard output says what was prepared; docs/benchmarks.md describes the lines.
"""

import argparse
import gzip
import itertools
import json
import os
import pathlib
import platform
import sys
import time

try:
    import torch
except ImportError as error:
    print(json.dumps({"unavailable": f"PyTorch is not here: {error}"}))
    sys.exit(0)

from torch import nn
from torch.nn import functional
from torch.utils import mkldnn

TRAINING_BATCH = 128
CORE_COUNT = len(os.sched_getaffinity(0))


def read_idx(file, header_size):
    with gzip.open(file) as stream:
        return torch.frombuffer(bytearray(stream.read()[header_size:]), dtype=torch.uint8)


def load_training_images(folder):
    """60,000 images `[n, 1, 28, 28]` as floats in [0, 1] and their labels: no conversion is left to be timed."""
    images = read_idx(folder / "train-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = read_idx(folder / "train-labels-idx1-ubyte.gz", 8)
    return images.float() / 255, labels.long()


def conv_features():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU())


def conv_network():
    return nn.Sequential(*conv_features(), nn.Linear(128, 10))


def mlp_network():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 100), nn.Sigmoid(), nn.Linear(100, 100), nn.Sigmoid(), nn.Linear(100, 10))


class Training:
    """One epoch in shuffled batches of 128, by gradient descent with momentum."""

    def __init__(self, network, images, labels, *, threads, memory_format, fused, compiled):
        torch.set_num_threads(threads)
        self.memory_format = getattr(torch, memory_format)
        network = network.to(memory_format=self.memory_format)
        self.optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, fused=fused)
        self.network = torch.compile(network, dynamic=False) if compiled else network
        self.images = images
        self.labels = labels

    def run(self, image_count):
        order = torch.randperm(len(self.images))[:image_count]
        for chosen in order.split(TRAINING_BATCH):
            images = self.images[chosen].contiguous(memory_format=self.memory_format)
            self.optimizer.zero_grad()
            functional.cross_entropy(self.network(images), self.labels[chosen]).backward()
            self.optimizer.step()


class Features:
    """The input of the last linear layer, for every image in its order."""

    def __init__(self, network, images, *, threads, batch, layout):
        torch.set_num_threads(threads)
        self.layout = layout
        self.batch = batch
        network = network.eval()
        if layout == "onednn":
            network = mkldnn.to_mkldnn(network)
        elif layout == "channels_last":
            network = network.to(memory_format=torch.channels_last)
        elif layout == "compiled":
            network = torch.compile(network, dynamic=False)
        elif layout == "frozen":
            with torch.no_grad():
                traced = torch.jit.trace(network, images[:batch])
                network = torch.jit.optimize_for_inference(torch.jit.freeze(traced))
        self.network = network
        self.images = images
        self.features = torch.empty(len(images), 128)

    @torch.inference_mode()
    def run(self, image_count):
        for start in range(0, image_count, self.batch):
            images = self.images[start:min(start + self.batch, image_count)]
            if self.layout == "onednn":
                features = self.network(images.to_mkldnn()).to_dense()
            elif self.layout == "channels_last":
                features = self.network(images.contiguous(memory_format=torch.channels_last))
            else:
                features = self.network(images)
            self.features[start:start + len(images)] = features


def seconds(work, image_count):
    start = time.perf_counter()
    work.run(image_count)
    return time.perf_counter() - start


def fastest(prepare, candidates, image_count):
    """The settings that take least time for `image_count` images, the better of two tries after a warm-up."""
    timed = []
    for settings in candidates:
        try:
            work = prepare(**settings)
            seconds(work, image_count // 2)
            timed.append((min(seconds(work, image_count) for _ in range(2)), settings))
        except RuntimeError as error:
            # Not every machine has every path (torch.compile needs a C++ compiler); the others stay in the race.
            print(f"peer: {settings} does not run here: {str(error).splitlines()[0]}", file=sys.stderr)
    return min(timed, key=lambda entry: entry[0])[1]


def variants(**choices):
    return [dict(zip(choices, values)) for values in itertools.product(*choices.values())]


def prepare_training(images, labels, make_network, sweep_count):
    def prepare(**settings):
        return Training(make_network(), images, labels, **settings)

    # Compiling takes long, so only the best without it is compiled.
    settings = fastest(prepare, variants(
        threads=sorted({1, CORE_COUNT}), memory_format=["contiguous_format", "channels_last"], fused=[False, True],
        compiled=[False]), sweep_count)
    settings = fastest(prepare, [settings, settings | {"compiled": True}], sweep_count)
    return prepare(**settings), settings | {"batch": TRAINING_BATCH}


def prepare_features(images, sweep_count):
    def prepare(**settings):
        return Features(conv_features(), images, **settings)

    # The layout first, at a middling batch size, then the batch size for that layout.
    settings = fastest(prepare, variants(
        threads=[CORE_COUNT], batch=[128], layout=["contiguous", "channels_last", "onednn", "frozen", "compiled"]),
        sweep_count)
    settings = fastest(prepare, [settings | {"batch": batch} for batch in (16, 32, 64, 128, 256, 512)], sweep_count)
    return prepare(**settings), settings


def prepare_row(row, folder):
    images, labels = load_training_images(folder)
    if row == "training":
        return *prepare_training(images, labels, conv_network, 1024), len(images)
    if row == "mlp-epoch":
        return *prepare_training(images, labels, mlp_network, len(images)), len(images)
    return *prepare_features(images, 4096), len(images)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("row", choices=["training", "features", "mlp-epoch"])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    arguments = parser.parse_args()

    torch.manual_seed(1)
    work, settings, image_count = prepare_row(arguments.row, arguments.data)
    versions = {"torch": torch.__version__, "python": platform.python_version()}
    settings = {name: str(value) for name, value in settings.items()}
    print(json.dumps({"imageCount": image_count, "versions": versions, "settings": settings}), flush=True)
    for _ in sys.stdin:
        print(json.dumps({"seconds": seconds(work, image_count)}), flush=True)


if __name__ == "__main__":
    main()
