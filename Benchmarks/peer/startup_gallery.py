"""From a saved network to two sheets of images, as a short PyTorch script does it.

    python startup_gallery.py --data FOLDER --model FILE --features FILE --output FOLDER

The 9 held-out images with the highest activation of 10 neurons, and along 10 random directions. The features are kept
in `--features`, and taken from there if it exists.
"""

import argparse
import os
import pathlib

import torch
from PIL import Image

import data
import networks

ROW_COUNT = 10
TOP_COUNT = 9
MARGIN = 4


def features(arguments, images):
    if arguments.features.exists():
        return torch.load(arguments.features)
    layers = networks.trained_conv_network(arguments.model)[:-1]
    with torch.inference_mode():
        found = torch.cat([layers(part) for part in images.split(64)])
    torch.save(found, arguments.features)
    return found


def write_sheet(file, images, top):
    side = images.shape[-1] + MARGIN
    sheet = torch.full((ROW_COUNT * side + MARGIN, TOP_COUNT * side + MARGIN), 255, dtype=torch.uint8)
    for row, chosen in enumerate(top):
        for column, image in enumerate(chosen):
            y, x = row * side + MARGIN, column * side + MARGIN
            sheet[y:y + side - MARGIN, x:x + side - MARGIN] = (images[image, 0] * 255).round().byte()
    height, width = sheet.shape
    Image.frombytes("L", (width, height), bytes(sheet.flatten().tolist())).save(file)


def main():
    parser = argparse.ArgumentParser()
    for name in ["data", "model", "features", "output"]:
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    images, _ = data.load_images(arguments.data, "t10k")
    found = features(arguments, images)
    live = torch.nonzero((found > 0).sum(0) >= TOP_COUNT).flatten()
    neurons = found[:, live[torch.randperm(len(live))[:ROW_COUNT]]]
    directions = torch.randn(networks.FEATURE_COUNT, ROW_COUNT)
    for name, scores in [("neurons.png", neurons), ("random.png", found @ (directions / directions.norm(dim=0)))]:
        write_sheet(arguments.output / name, images, scores.topk(TOP_COUNT, dim=0).indices.T.tolist())


if __name__ == "__main__":
    main()
