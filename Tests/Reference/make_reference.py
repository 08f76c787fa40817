"""Writes the files that the network tests compare with: what PyTorch computes for three small networks.

Run with `python make_reference.py`; it needs torch, numpy and safetensors, and overwrites the three
`.safetensors` files and README.md beside it. Everything is seeded and computed in float32 on one thread. The same
is computed in float64 as well, and the script stops when the two disagree, so no number here hangs on rounding.

Each file holds a batch of 7 images and 5 classes. Tensors are float32, weights are laid out `[out, in]` and OIHW:

| tensor | content |
| --- | --- |
| `parameter/<name>` | weights, biases and running statistics, by PyTorch's names (`conv1.weight`, `bn1.running_mean`) |
| `images`, `labels` | `[7, c, h, w]` in [0, 1]; class numbers, stored as floats |
| `evaluation/logits`, `evaluation/loss` | running statistics in use; the loss is the mean cross-entropy, natural logarithm |
| `evaluation/features/<node>` | what a node with a vector gives for each image |
| `evaluation/features/<node>/<pooling>` | a node with maps, each map pooled by `mean`, `max` or `centre` (row ⌊h / 2⌋, column ⌊w / 2⌋) |
| `evaluation/imageGradient` | gradient of the **summed** cross-entropy with respect to `images`, before normalisation |
| `training/logits`, `training/loss` | batch statistics in use |
| `training/gradient/<name>` | gradient of the **mean** cross-entropy |
| `training/after/<name>` | running statistics after one training pass: momentum 0.1, the variance divided by n − 1 |
| `optimizer/<optimizer>/<name>` | parameters after 3 training steps on this one batch, starting from `parameter/` |

Optimizers, applied to every parameter alike, biases and batch norm included: `sgd` is learning rate 0.1,
momentum 0.9, weight decay 5e-4; `adam` is learning rate 1e-3; `adamw` is learning rate 1e-3, weight decay 0.01.

The metadata holds the `architecture` as the JSON that Intrigue reads (the networks below are built from the same
JSON), the `seed`, and the versions of what computed the file.
"""

import json
import pathlib
import platform

import numpy
import safetensors
import safetensors.torch
import torch
from torch.nn import functional

IMAGE_COUNT = 7
CLASS_COUNT = 5
STEP_COUNT = 3
# Largest difference between float32 and float64, as a share of the tensor's largest value.
TOLERANCE = 2e-6

OPTIMIZERS = {
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=0.1, momentum=0.9, weight_decay=5e-4),
    "adam": lambda parameters: torch.optim.Adam(parameters, lr=1e-3),
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01),
}


def conv(name, output_channels, kernel, stride=1, padding=0, dilation=1, groups=1, bias=True, **graph):
    return dict(name=name, layer="conv2d", outputChannels=output_channels, kernel=kernel, stride=stride,
                padding=padding, dilation=dilation, groups=groups, bias=bias, **graph)


def pool(name, layer, kernel, stride):
    return dict(name=name, layer=layer, kernel=kernel, stride=stride, padding=0)


def linear(name, outputs):
    return dict(name=name, layer="linear", outputs=outputs, bias=True)


def batch_norm(name):
    return dict(name=name, layer="batchNorm", epsilon=1e-5, momentum=0.1)


def normalise(mean, standard_deviation):
    return dict(name="normalise", layer="normalise", mean=mean, standardDeviation=standard_deviation)


def plain(name, layer, **graph):
    return dict(name=name, layer=layer, **graph)


def architecture(name, channels, size, nodes):
    return dict(name=name, input=dict(channels=channels, height=size, width=size), nodes=nodes)


ARCHITECTURES = [
    architecture("mlp", 1, 6, [
        normalise([0.4], [0.25]),
        plain("flatten", "flatten"),
        linear("fc1", 32), plain("relu1", "relu"),
        linear("fc2", 24), plain("sigmoid1", "sigmoid"),
        linear("fc3", 16), plain("tanh1", "tanh"),
        linear("fc4", CLASS_COUNT),
    ]),
    architecture("convnet", 1, 12, [
        conv("conv1", 6, kernel=5, padding=2), plain("relu1", "relu"), pool("pool1", "maxPool", 2, 2),
        conv("conv2", 12, kernel=3, stride=2, padding=2, dilation=2, groups=2), plain("relu2", "relu"),
        pool("pool2", "averagePool", 2, 1),
        plain("flatten", "flatten"),
        linear("fc1", 16), plain("relu3", "relu"),
        linear("fc2", CLASS_COUNT),
    ]),
    architecture("residual", 3, 8, [
        normalise([0.49, 0.48, 0.45], [0.25, 0.24, 0.26]),
        conv("conv1", 8, kernel=3, padding=1, bias=False), batch_norm("bn1"), plain("relu1", "relu"),
        conv("conv2", 12, kernel=3, stride=2, padding=1, bias=False), batch_norm("bn2"),
        conv("shortcutConv", 12, kernel=1, stride=2, bias=False, inputs=["relu1"]), batch_norm("shortcut"),
        plain("sum1", "add", inputs=["bn2", "shortcut"]), plain("relu2", "relu"),
        conv("conv3", 12, kernel=3, padding=1, bias=False), batch_norm("bn3"),
        plain("sum2", "add", inputs=["bn3", "relu2"]), plain("relu3", "relu"),
        plain("pool", "globalAveragePool"),
        linear("fc", CLASS_COUNT),
    ]),
]


class Network(torch.nn.Module):
    """Runs an architecture as PyTorch modules whose names are the nodes' names."""

    def __init__(self, architecture):
        super().__init__()
        self.nodes = architecture["nodes"]
        self(torch.zeros(2, *architecture["input"].values()))  # makes the modules

    def forward(self, images):
        return self.results(images)[self.nodes[-1]["name"]]

    def results(self, images):
        """What each node gives, by its name."""
        values = {"input": images}
        previous = "input"
        for node in self.nodes:
            name = node["name"]
            inputs = [values[input_name] for input_name in node.get("inputs", [previous])]
            if not hasattr(self, name):
                self.add_module(name, layer(node, inputs[0].shape[1]))
            values[name] = getattr(self, name)(*inputs)
            previous = name
        return values


class Add(torch.nn.Module):
    def forward(self, first, second):
        return first + second


class Normalise(torch.nn.Module):
    def __init__(self, mean, standard_deviation):
        super().__init__()
        self.mean = mean
        self.standard_deviation = standard_deviation

    def forward(self, images):
        mean, deviation = (images.new_tensor(values).reshape(1, -1, 1, 1)
                           for values in (self.mean, self.standard_deviation))
        return (images - mean) / deviation


class GlobalAveragePool(torch.nn.Module):
    def forward(self, activations):
        return activations.mean(dim=(2, 3))


def layer(node, channels):
    """The module of one node; `channels` is the extent of its input's second axis."""
    match node["layer"]:
        case "normalise":
            return Normalise(node["mean"], node["standardDeviation"])
        case "conv2d":
            return torch.nn.Conv2d(channels, node["outputChannels"], node["kernel"], node["stride"], node["padding"],
                                   node["dilation"], node["groups"], node["bias"])
        case "linear":
            return torch.nn.Linear(channels, node["outputs"], node["bias"])
        case "batchNorm":
            return torch.nn.BatchNorm2d(channels, node["epsilon"], node["momentum"])
        case "maxPool":
            return torch.nn.MaxPool2d(node["kernel"], node["stride"], node["padding"])
        case "averagePool":
            return torch.nn.AvgPool2d(node["kernel"], node["stride"], node["padding"])
        case "globalAveragePool":
            return GlobalAveragePool()
        case "relu":
            return torch.nn.ReLU()
        case "sigmoid":
            return torch.nn.Sigmoid()
        case "tanh":
            return torch.nn.Tanh()
        case "flatten":
            return torch.nn.Flatten()
        case "add":
            return Add()
    raise ValueError(f"unknown layer {node['layer']}")


def is_running_statistic(name):
    return name.endswith(("running_mean", "running_var"))


def initial_parameters(network):
    """The state of a new network, with batch norm moved away from the values at which it does nothing."""
    state = {}
    for name, value in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        module = network.get_submodule(name.rpartition(".")[0])
        if isinstance(module, torch.nn.BatchNorm2d):
            centre = 1.0 if name.endswith(("weight", "running_var")) else 0.0
            value = centre + torch.empty_like(value).uniform_(-0.4, 0.4)
        state[name] = value.clone()
    return state


def reference(architecture, parameters, images, labels, dtype):
    """Every result in the file, by tensor name, computed in `dtype`."""
    def fresh():
        network = Network(architecture).to(dtype)
        missing, unexpected = network.load_state_dict(parameters, strict=False)
        assert not unexpected and all(name.endswith("num_batches_tracked") for name in missing)
        return network

    images = images.to(dtype)
    results = {}

    network = fresh().eval()
    pixels = images.clone().requires_grad_()
    logits = network(pixels)
    functional.cross_entropy(logits, labels, reduction="sum").backward()
    results["evaluation/logits"] = logits
    results["evaluation/loss"] = functional.cross_entropy(logits, labels)
    results["evaluation/imageGradient"] = pixels.grad
    for node, values in network.results(images).items():
        if values.dim() == 2:
            results[f"evaluation/features/{node}"] = values
        elif node not in ("input", "normalise"):
            height, width = values.shape[2:]
            results[f"evaluation/features/{node}/mean"] = values.mean(dim=(2, 3))
            results[f"evaluation/features/{node}/max"] = values.amax(dim=(2, 3))
            results[f"evaluation/features/{node}/centre"] = values[:, :, height // 2, width // 2]

    network = fresh().train()
    logits = network(images)
    loss = functional.cross_entropy(logits, labels)
    loss.backward()
    results["training/logits"] = logits
    results["training/loss"] = loss
    for name, parameter in network.named_parameters():
        results[f"training/gradient/{name}"] = parameter.grad
    for name, buffer in network.named_buffers():
        if is_running_statistic(name):
            results[f"training/after/{name}"] = buffer

    for optimizer_name, make_optimizer in OPTIMIZERS.items():
        network = fresh().train()
        optimizer = make_optimizer(network.parameters())
        for _ in range(STEP_COUNT):
            optimizer.zero_grad()
            functional.cross_entropy(network(images), labels).backward()
            optimizer.step()
        for name, parameter in network.named_parameters():
            results[f"optimizer/{optimizer_name}/{name}"] = parameter

    return {name: value.detach().clone().contiguous() for name, value in results.items()}


def largest_disagreement(results, exact):
    """The tensor that float32 and float64 disagree on most, and by how much of its largest value."""
    errors = {name: ((results[name].double() - exact[name]).abs().max() / exact[name].abs().max()).item()
              for name in exact}
    return max(errors.items(), key=lambda item: item[1])


def save(tensors, metadata, file):
    """Writes a safetensors file whose bytes depend on its content only: the library shuffles the metadata."""
    serialised = safetensors.torch.save(tensors, metadata)
    header_end = 8 + int.from_bytes(serialised[:8], "little")
    header = json.loads(serialised[8:header_end])
    header["__metadata__"] = dict(sorted(metadata.items()))
    encoded = json.dumps(header, separators=(",", ":")).encode()
    encoded += b" " * (-len(encoded) % 8)
    file.write_bytes(len(encoded).to_bytes(8, "little") + encoded + serialised[header_end:])


def versions():
    return {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__,
            "safetensors": safetensors.__version__}


def main():
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    folder = pathlib.Path(__file__).parent
    for seed, description in enumerate(ARCHITECTURES, start=1):
        torch.manual_seed(seed)
        parameters = initial_parameters(Network(description))
        images = torch.rand(IMAGE_COUNT, *description["input"].values())
        labels = torch.randint(CLASS_COUNT, (IMAGE_COUNT,))

        results = reference(description, parameters, images, labels, torch.float32)
        exact = reference(description, parameters, images, labels, torch.float64)
        name, error = largest_disagreement(results, exact)
        if error > TOLERANCE:
            raise SystemExit(f"{description['name']}: float32 is {error:.1e} away from float64 in {name}; "
                             "choose another seed")

        file = folder / f"{description['name']}.safetensors"
        tensors = {f"parameter/{name}": value for name, value in parameters.items()}
        tensors |= {"images": images, "labels": labels.float()} | results
        metadata = {"architecture": json.dumps(description), "seed": str(seed)} | versions()
        save(tensors, metadata, file)
        print(f"{file.name}: {len(tensors)} tensors, {file.stat().st_size} bytes, "
              f"within {error:.1e} of float64 (furthest: {name})")

    made_with = ", ".join(f"{name} {version}" for name, version in versions().items())
    (folder / "README.md").write_text(f"# Reference files\n\n{__doc__.strip()}\n\nMade with {made_with}.\n")


if __name__ == "__main__":
    main()
