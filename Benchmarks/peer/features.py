"""Row `features`, and the forward passes of `fgsm`."""

import torch
from torch.utils import mkldnn

from networks import FEATURE_COUNT
from sweep import fastest, variants

BATCHES = (16, 32, 64, 128, 256, 512)


def frozen(network, images):
    """The network as a graph without parameters, with layers fused and weights in oneDNN's layout."""
    with torch.no_grad():
        return torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(network, images)))


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
            network = frozen(network, images[:batch])
        self.network = network
        self.images = images
        self.features = torch.empty(len(images), FEATURE_COUNT)

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


def best_settings(prepare, cores, sweep_count):
    # The layout first, at a middling batch size, then the batch size for that layout.
    settings = fastest(prepare, variants(
        threads=[cores], batch=[128], layout=["contiguous", "channels_last", "onednn", "frozen", "compiled"]),
        sweep_count)
    return fastest(prepare, [settings | {"batch": batch} for batch in BATCHES], sweep_count)
