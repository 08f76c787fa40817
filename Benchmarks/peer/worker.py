"""PyTorch's side of one benchmark row, at its best on this machine.

    python worker.py ROW --data FOLDER [--inputs FOLDER] [--images N] [--directions N] [--settings JSON] [--plain]

Loads what the row needs, tries the settings that could be fastest on a share of the work, and keeps the best. Then
every line on standard input is answered with one repetition of the work, as a line of JSON on standard output.
The first line on standard output says what was prepared; docs/benchmarks.md describes the lines.
"""

import argparse
import ast
import json
import os
import pathlib
import platform
import sys

try:
    import torch
except ImportError as error:
    print(json.dumps({"unavailable": f"PyTorch is not here: {error}"}))
    sys.exit(0)

import box_lbfgs
import data
import features
import fgsm
import networks
import ranking
import training
from sweep import seconds

CORE_COUNT = len(os.sched_getaffinity(0))


def row(arguments):
    """How to prepare the row with given settings, how to find the best settings, and how many images it has.

    The search has images of its own number: enough to tell settings apart, few enough to be quick.
    """
    if arguments.row in ("ranking", "ranking-large"):
        direction_count, top_count = {"ranking": (4096, 8), "ranking-large": (10_000, 100)}[arguments.row]
        found = data.load_array(arguments.inputs / "features.npy")[:arguments.images]
        directions = data.load_array(arguments.inputs / "directions.npy")[:arguments.directions or direction_count]

        def search(prepare):
            if arguments.plain:
                return ranking.plain_settings(found, directions, CORE_COUNT)
            return ranking.best_settings(prepare, CORE_COUNT, len(found))
        return (
            lambda **settings: ranking.Ranking(found, directions, top_count, **settings), search, len(found))

    missing = {"private-epoch": "private training", "black-box": "attack"}.get(arguments.row)
    if missing:
        print(json.dumps({"unavailable": f"PyTorch has no {missing} of its own"}))
        sys.exit(0)

    part = "t10k" if arguments.row in ("fgsm", "box-lbfgs") else "train"
    images, labels = data.load_images(arguments.data, part)
    if arguments.row == "box-lbfgs":
        images, labels = images[:arguments.images or 64], labels[:arguments.images or 64]

        def search(**settings):
            network = networks.trained_small_conv_network(arguments.inputs / "small.safetensors")
            return box_lbfgs.BoxLBFGS(network, images, labels, **settings)
        return search, lambda prepare: box_lbfgs.best_settings(prepare, CORE_COUNT, 4), len(images)
    images, labels = images[:arguments.images], labels[:arguments.images]
    if arguments.row == "fgsm":
        def attack(**settings):
            network = networks.trained_conv_network(arguments.inputs / "model.safetensors")
            return fgsm.FastGradientSign(network, images, labels, **settings)
        return attack, lambda prepare: fgsm.best_settings(prepare, CORE_COUNT, 1024), len(images)
    if arguments.row == "features":
        return (
            lambda **settings: features.Features(networks.conv_features(), images, **settings),
            lambda prepare: features.best_settings(prepare, CORE_COUNT, 2048), len(images))
    make, sweep_count = {
        "training": (networks.conv_network, 1024), "mlp-epoch": (networks.mlp_network, len(images))}[arguments.row]
    return (
        lambda **settings: training.Training(make(), images, labels, **settings),
        lambda prepare: training.best_settings(prepare, CORE_COUNT, sweep_count), len(images))


def parsed_settings(text):
    """The settings of an earlier greeting, which has every value as text."""
    def value(text):
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return text
    return {name: value(entry) for name, entry in json.loads(text).items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("row", choices=["training", "features", "mlp-epoch", "private-epoch", "fgsm", "box-lbfgs", "black-box", "ranking", "ranking-large"])
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--inputs", type=pathlib.Path, help="folder with the shared network and features")
    parser.add_argument("--images", type=int, help="how many of the images; default: all")
    parser.add_argument("--directions", type=int, help="how many of the directions; default: all")
    parser.add_argument("--settings", type=parsed_settings, help="use these instead of searching")
    parser.add_argument("--plain", action="store_true", help="ranking in one piece")
    arguments = parser.parse_args()

    torch.manual_seed(1)
    prepare, search, image_count = row(arguments)
    if arguments.settings is None:
        # Begin anew with what was found: the search leaves memory and threads behind.
        settings = json.dumps({name: str(value) for name, value in search(prepare).items()})
        os.execv(sys.executable, [sys.executable, *sys.argv, "--settings", settings])
    settings = arguments.settings
    work = prepare(**settings)
    versions = {"torch": torch.__version__, "python": platform.python_version()}
    settings = {name: str(value) for name, value in settings.items()}
    print(json.dumps({"imageCount": image_count, "versions": versions, "settings": settings}), flush=True)
    for _ in sys.stdin:
        answer = {"seconds": seconds(work, image_count)}
        if hasattr(work, "counts"):
            answer["counts"] = work.counts
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
