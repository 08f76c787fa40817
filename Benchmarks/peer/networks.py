"""The two networks of the benchmark."""

from torch import nn

import data

FEATURE_COUNT = 128


def conv_features():
    return nn.Sequential(
        nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 7 * 7, FEATURE_COUNT), nn.ReLU())


def conv_network():
    return nn.Sequential(*conv_features(), nn.Linear(FEATURE_COUNT, 10))


def small_conv_network():
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2), nn.ReLU(), nn.Flatten(),
        nn.Linear(32 * 5 * 5, 64), nn.ReLU(), nn.Linear(64, 10))


def mlp_network():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 100), nn.Sigmoid(), nn.Linear(100, 100), nn.Sigmoid(), nn.Linear(100, 10))


def _trained(network, file, layers):
    weights = data.load_weights(file)
    network.load_state_dict({
        f"{position}.{kind}": weights[f"{layer}.{kind}"] for position, layer in layers for kind in ["weight", "bias"]})
    return network.eval().requires_grad_(False)


def trained_conv_network(file):
    """The network that both sides attack and ask for features, with the weights in `file`."""
    return _trained(conv_network(), file, [(0, "conv1"), (3, "conv2"), (7, "fc1"), (9, "fc2")])


def trained_small_conv_network(file):
    """The network of the row `box-lbfgs`."""
    return _trained(small_conv_network(), file, [(0, "conv1"), (2, "conv2"), (5, "fc1"), (7, "fc2")])
