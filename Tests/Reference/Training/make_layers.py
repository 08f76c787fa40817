"""Writes layers.json: what PyTorch makes of maxout and of an rbf layer, in float64.

Run with `python make_layers.py`; it needs torch, and overwrites the file beside it. Two networks on five images of
2×4×4 and three classes: `maps` is a convolution, maxout of 2 pieces over channels, a linear layer, maxout of 3 pieces
and a linear layer; `rbf` is one rbf layer on the pixels.

| key | content |
| --- | --- |
| `images`, `labels` | in [0, 1], multiples of 1/256 |
| `parameters` | by name, multiples of 1/256 |
| `logits`, `loss` | the loss is the mean cross-entropy |
| `gradients` | of the loss, by name, and `images` of the **summed** loss |
"""

import json
import pathlib

import torch
from torch.nn import functional

torch.manual_seed(4)
IMAGE_COUNT, CLASS_COUNT = 5, 3


def drawn(*shape, scale=0.5, offset=0.0):
    return (torch.round((offset + scale * torch.randn(*shape, dtype=torch.float64)) * 256) / 256).requires_grad_()


def maxout(values, pieces):
    return values.unflatten(1, (-1, pieces)).amax(2)


def maps(images, p):
    hidden = maxout(functional.conv2d(images, p["conv.weight"], p["conv.bias"], padding=1), 2)
    hidden = maxout(functional.linear(hidden.flatten(1), p["fc.weight"], p["fc.bias"]), 3)
    return functional.linear(hidden, p["classifier.weight"], p["classifier.bias"])


def rbf(images, p):
    differences = images.flatten(1)[:, None] - p["classifier.centre"]
    return -(p["classifier.log_precision"].exp() * differences**2).sum(2)


NETWORKS = {
    "maps": (maps, {
        "conv.weight": drawn(6, 2, 3, 3), "conv.bias": drawn(6), "fc.weight": drawn(12, 48), "fc.bias": drawn(12),
        "classifier.weight": drawn(CLASS_COUNT, 4), "classifier.bias": drawn(CLASS_COUNT)}),
    "rbf": (rbf, {
        "classifier.centre": drawn(CLASS_COUNT, 32, scale=0.2, offset=0.5),
        "classifier.log_precision": drawn(CLASS_COUNT, 32, offset=-1.0)}),
}

images = (torch.round(torch.rand(IMAGE_COUNT, 2, 4, 4, dtype=torch.float64) * 256) / 256).requires_grad_()
labels = torch.arange(IMAGE_COUNT) % CLASS_COUNT
result = dict(images=images.flatten().tolist(), labels=labels.tolist(), torch=torch.__version__, networks={})
for name, (network, parameters) in NETWORKS.items():
    logits = network(images, parameters)
    loss = functional.cross_entropy(logits, labels)
    gradients = torch.autograd.grad(loss, [*parameters.values(), images])
    result["networks"][name] = dict(
        parameters={key: value.flatten().tolist() for key, value in parameters.items()},
        logits=logits.flatten().tolist(), loss=loss.item(),
        gradients={key: value.flatten().tolist() for key, value in zip(parameters, gradients)}
        | {"images": (IMAGE_COUNT * gradients[-1]).flatten().tolist()})
pathlib.Path(__file__).with_name("layers.json").write_text(json.dumps(result) + "\n")
