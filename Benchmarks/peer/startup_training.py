"""From nothing to a trained network on disk, as a short PyTorch script does it.

    python startup_training.py --data FOLDER --output FOLDER
"""

import argparse
import os
import pathlib

import torch
from torch.nn import functional

import data
import networks


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    images, labels = data.load_images(arguments.data, "train")
    network = networks.conv_network()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-4)
    for chosen in torch.randperm(len(images)).split(128):
        optimizer.zero_grad()
        functional.cross_entropy(network(images[chosen]), labels[chosen]).backward()
        optimizer.step()
    test_images, test_labels = data.load_images(arguments.data, "t10k")
    with torch.inference_mode():
        right = sum(
            (network(images).argmax(1) == labels).sum()
            for images, labels in zip(test_images.split(64), test_labels.split(64)))
    print(f"accuracy {right / len(test_images):.4f}")
    torch.save(network.state_dict(), arguments.output / "model.pt")


if __name__ == "__main__":
    main()
