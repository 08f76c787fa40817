"""Reads what both sides are given: Fashion-MNIST, a network's weights, arrays."""

import ast
import gzip
import json

import torch


def read_idx(file, header_size):
    with gzip.open(file) as stream:
        return torch.frombuffer(bytearray(stream.read()[header_size:]), dtype=torch.uint8)


def load_images(folder, part):
    """Images `[n, 1, 28, 28]` as floats in [0, 1] and their labels: no conversion is left to be timed."""
    images = read_idx(folder / f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28)
    labels = read_idx(folder / f"{part}-labels-idx1-ubyte.gz", 8)
    return images.float() / 255, labels.long()


def load_weights(file):
    """The float32 tensors of a safetensors file, in the order of the file."""
    content = bytearray(file.read_bytes())
    start = 8 + int.from_bytes(content[:8], "little")
    entries = json.loads(content[8:start])
    entries.pop("__metadata__", None)
    return {
        name: torch.frombuffer(
            content, dtype=torch.float32, offset=start + entry["data_offsets"][0],
            count=(entry["data_offsets"][1] - entry["data_offsets"][0]) // 4).reshape(entry["shape"])
        for name, entry in sorted(entries.items(), key=lambda item: item[1]["data_offsets"][0])}


def load_array(file):
    """A float32 array in C order from a `.npy` file of version 1."""
    content = bytearray(file.read_bytes())
    start = 10 + int.from_bytes(content[8:10], "little")
    header = ast.literal_eval(content[10:start].decode("latin1"))
    return torch.frombuffer(content, dtype=torch.float32, offset=start).reshape(header["shape"])
