"""Row `fgsm`: the fast gradient sign method with verdicts."""

import torch
from torch.nn import functional

from features import BATCHES, frozen
from sweep import fastest, variants

EPSILON = 0.1


class FastGradientSign:
    """Attacks every image that the network gets right, and judges the results, before and after rounding to 8 bits.

    One pass forward and back serves clean prediction and gradient; only gradients of images are formed. The verdicts
    come from forward passes over full batches of the images that are still in question.
    """

    def __init__(self, network, images, labels, *, threads, batch, memory_format, verdict, compiled):
        torch.set_num_threads(threads)
        self.memory_format = getattr(torch, memory_format)
        network = network.to(memory_format=self.memory_format)
        self.judge = frozen(network, self.laid_out(images[:batch])) if verdict == "frozen" else network
        self.network = torch.compile(network, dynamic=False) if compiled else network
        self.batch = batch
        self.images = images
        self.labels = labels

    def laid_out(self, images):
        return images.contiguous(memory_format=self.memory_format)

    def run(self, image_count):
        images, labels = self.images[:image_count], self.labels[:image_count]
        moved = torch.empty_like(images)
        right = torch.empty(image_count, dtype=torch.bool)
        for start in range(0, image_count, self.batch):
            part = slice(start, start + self.batch)
            clean = self.laid_out(images[part]).detach().requires_grad_()
            logits = self.network(clean)
            gradient, = torch.autograd.grad(functional.cross_entropy(logits, labels[part], reduction="sum"), clean)
            right[part] = logits.detach().argmax(1) == labels[part]
            moved[part] = (images[part] + EPSILON * gradient.sign()).clamp_(0, 1)
        attacked, labels = moved[right], labels[right]
        succeeded = self.predictions(attacked) != labels
        fooling, labels = attacked[succeeded], labels[succeeded]
        surviving = self.predictions((fooling * 255).round_() / 255) != labels
        self.counts = {"attacked": len(attacked), "succeeded": len(fooling), "surviving": int(surviving.sum())}

    @torch.inference_mode()
    def predictions(self, images):
        if len(images) == 0:
            return torch.empty(0, dtype=torch.long)
        return torch.cat([self.judge(self.laid_out(part)).argmax(1) for part in images.split(self.batch)])


def best_settings(prepare, cores, sweep_count):
    settings = fastest(prepare, variants(
        threads=sorted({1, cores}), memory_format=["contiguous_format", "channels_last"], batch=[128],
        verdict=["eager"], compiled=[False]), sweep_count)
    settings = fastest(prepare, [settings, settings | {"verdict": "frozen"}], sweep_count)
    settings = fastest(prepare, [settings | {"batch": batch} for batch in BATCHES], sweep_count)
    return fastest(prepare, [settings, settings | {"compiled": True}], sweep_count)
