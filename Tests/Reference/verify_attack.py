"""Judges what `intrigue attack` left by another path: PyTorch, from the written bytes alone.

    python verify_attack.py RUN_FOLDER MODEL.safetensors CLEAN_IMAGES.npy LABELS.npy

RUN_FOLDER is that of an attack; CLEAN_IMAGES and LABELS are the held-out images, uint8 or float32 in [0, 1], in the
order of the data set. It needs torch, numpy and safetensors. For every row of results.csv it reads the image of
adversarial.npy, and the PNG where there is one, and checks the verdict, the prediction, the distances and the budget.
It stops with exit code 1 at the first row that does not agree, and says how many rows did.

Logits of the two programs differ in their last digits. A row whose two largest logits are nearer than 1e-4 is counted as
undecided, not as agreeing.
"""

import csv
import json
import pathlib
import sys

import numpy
import safetensors
import torch
from torch.nn import functional

UNDECIDED = 1e-4


def network(path):
    """A function from images to logits, of the layers that attacked networks are made of."""
    file = safetensors.safe_open(path, "pt")
    architecture = json.loads(file.metadata()["architecture"])
    tensors = {name: file.get_tensor(name).double() for name in file.keys()}

    def pair(value):
        return tuple(value) if isinstance(value, list) else (value, value)

    def logits(images):
        values, last = {"input": images}, "input"
        for node in architecture["nodes"]:
            name, kind = node["name"], node["layer"]
            source = values[node.get("inputs", [last])[0]]
            weight, bias = tensors.get(name + ".weight"), tensors.get(name + ".bias")
            if kind == "conv2d":
                result = functional.conv2d(
                    source, weight, bias, pair(node.get("stride", 1)), pair(node.get("padding", 0)),
                    pair(node.get("dilation", 1)), node.get("groups", 1))
            elif kind == "linear":
                result = functional.linear(source, weight, bias)
            elif kind == "maxPool":
                result = functional.max_pool2d(
                    source, pair(node["kernel"]), pair(node.get("stride", node["kernel"])), pair(node.get("padding", 0)))
            elif kind == "batchNorm":
                result = functional.batch_norm(
                    source, tensors[name + ".running_mean"], tensors[name + ".running_var"], weight, bias,
                    eps=node.get("epsilon", 1e-5))
            elif kind == "add":
                result = values[node["inputs"][0]] + values[node["inputs"][1]]
            elif kind == "globalAveragePool":
                result = source.mean((2, 3))
            elif kind == "normalise":
                mean, deviation = (torch.tensor(node[key]).double().view(1, -1, 1, 1) for key in ("mean", "standardDeviation"))
                result = (source - mean) / deviation
            elif kind in ("relu", "sigmoid", "tanh"):
                result = getattr(torch, kind)(source)
            elif kind == "flatten":
                result = source.flatten(1)
            elif kind == "dropout":
                result = source
            else:
                sys.exit(f"{path}: this script knows no layer {kind}")
            values[name] = result
            last = name
        return values[last]

    return logits


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    folder, model = pathlib.Path(sys.argv[1]), sys.argv[2]
    clean, labels = numpy.load(sys.argv[3]), numpy.load(sys.argv[4])
    clean = clean.astype(numpy.float64) / 255 if clean.dtype == numpy.uint8 else clean.astype(numpy.float64)
    adversarial = numpy.load(folder / "adversarial.npy").astype(numpy.float64)
    ids = numpy.load(folder / "image_ids.npy")
    configuration = json.loads((folder / "run.json").read_text())["configuration"]
    epsilon, norm = configuration.get("epsilon"), configuration["norm"]
    rows = list(csv.DictReader((folder / "results.csv").open()))
    assert len(rows) == len(ids) == len(adversarial), "results.csv, image_ids.npy and adversarial.npy differ in length"
    logits = network(model)
    with torch.no_grad():
        outputs = torch.cat([logits(torch.tensor(part)) for part in numpy.array_split(adversarial, max(1, len(ids) // 256))])
    top = outputs.topk(2, dim=1).values
    undecided = (top[:, 0] - top[:, 1]) < UNDECIDED
    predictions = outputs.argmax(1)
    succeeded = agreed = open_rows = open_agreed = 0
    for place, row in enumerate(rows):
        where = f"row {place + 1}, image {row['image']}"
        assert int(row["image"]) == ids[place] and int(row["label"]) == labels[ids[place]], f"{where}: another image"
        difference = adversarial[place].ravel() - clean[ids[place]].reshape(adversarial[place].shape).ravel()
        sizes = {
            "l0": numpy.count_nonzero(numpy.abs(difference) > 1e-7), "l1": numpy.abs(difference).sum(),
            "l2": numpy.linalg.norm(difference), "linf": numpy.abs(difference).max(),
        }
        for key in ("l1", "l2", "linf"):
            assert abs(float(row[key]) - sizes[key]) < 1e-4 * max(1, sizes[key]), f"{where}: {key} is {sizes[key]}"
        assert adversarial[place].min() >= 0 and adversarial[place].max() <= 1, f"{where}: outside [0, 1]"
        if epsilon is not None:
            assert sizes[norm] <= epsilon * (1 + 1e-5) + 1e-6 * difference.size ** 0.5, f"{where}: beyond epsilon"
        if row["verdict"] != "succeeded":
            assert sizes["linf"] < 1e-7, f"{where}: {row['verdict']}, but the image was changed"
        else:
            succeeded += 1
        if undecided[place]:
            open_rows += 1
            open_agreed += int(row["prediction_after"]) == predictions[place]
            continue
        assert int(row["prediction_after"]) == predictions[place], f"{where}: PyTorch says {predictions[place]}"
        if row["verdict"] == "succeeded":
            aim = row["target"]
            fooled = predictions[place] == int(aim) if aim else predictions[place] != int(row["label"])
            assert fooled, f"{where}: a success that PyTorch does not see"
        agreed += 1
    print(f"{agreed} of {len(rows)} rows agree ({succeeded} successes), {open_rows} undecided between two classes, "
          f"{open_agreed} of them with the same prediction")


if __name__ == "__main__":
    main()
