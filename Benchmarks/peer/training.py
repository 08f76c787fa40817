"""Rows `training` and `mlp-epoch`."""

import torch
from torch.nn import functional

from sweep import fastest, variants


class Training:
    """One epoch in shuffled batches of 128, by gradient descent with momentum."""

    def __init__(self, network, images, labels, *, threads, batch, memory_format, fused, compiled):
        torch.set_num_threads(threads)
        self.batch = batch
        self.memory_format = getattr(torch, memory_format)
        network = network.to(memory_format=self.memory_format)
        self.optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, fused=fused)
        self.network = torch.compile(network, dynamic=False) if compiled else network
        self.images = images
        self.labels = labels

    def run(self, image_count):
        order = torch.randperm(len(self.images))[:image_count]
        for chosen in order.split(self.batch):
            images = self.images[chosen].contiguous(memory_format=self.memory_format)
            self.optimizer.zero_grad()
            functional.cross_entropy(self.network(images), self.labels[chosen]).backward()
            self.optimizer.step()


def best_settings(prepare, cores, sweep_count):
    # Compiling takes long, so only the best without it is compiled.
    settings = fastest(prepare, variants(
        threads=sorted({1, cores}), batch=[128], memory_format=["contiguous_format", "channels_last"],
        fused=[False, True], compiled=[False]), sweep_count)
    return fastest(prepare, [settings, settings | {"compiled": True}], sweep_count)
