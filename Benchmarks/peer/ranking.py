"""Rows `ranking` and `ranking-large`: the images with the highest scores along each direction."""

import torch

from sweep import fastest, variants


class Ranking:
    """Matrix product and topk, in blocks of directions and of images.

    With `group` above 1 the highest score of each group of so many images is taken first: the top k lie in the k
    groups with the highest maxima.
    """

    def __init__(self, features, directions, top_count, *, threads, direction_block, image_block, group):
        torch.set_num_threads(threads)
        self.features = features
        self.directions = directions
        self.top_count = top_count
        self.direction_block = direction_block
        self.image_block = image_block
        self.group = group

    @torch.inference_mode()
    def run(self, image_count):
        self.top = [
            self.ranked(directions, self.features[:image_count])
            for directions in self.directions.split(self.direction_block)]

    def ranked(self, directions, features):
        blocks = []
        for start in range(0, len(features), self.image_block):
            scores = directions @ features[start:start + self.image_block].T
            values, indices = self.best(scores)
            blocks.append((values, indices + start))
        if len(blocks) == 1:
            return blocks[0]
        values, chosen = torch.cat([values for values, _ in blocks], 1).topk(self.top_count, dim=1)
        return values, torch.cat([indices for _, indices in blocks], 1).gather(1, chosen)

    def best(self, scores):
        width = scores.shape[1]
        if self.group == 1 or width % self.group != 0 or width < self.top_count * self.group:
            return scores.topk(min(self.top_count, width), dim=1)
        grouped = scores.view(len(scores), -1, self.group)
        groups = grouped.amax(2).topk(self.top_count, dim=1).indices
        candidates = grouped.gather(1, groups[:, :, None].expand(-1, -1, self.group)).flatten(1)
        places = (groups[:, :, None] * self.group + torch.arange(self.group)).flatten(1)
        values, chosen = candidates.topk(self.top_count, dim=1)
        return values, places.gather(1, chosen)


def plain_settings(features, directions, cores):
    """What people write: `(directions @ features.T).topk(8)`, in one piece."""
    return {"threads": cores, "direction_block": len(directions), "image_block": len(features), "group": 1}


def best_settings(prepare, cores, sweep_count):
    return fastest(prepare, variants(
        threads=[cores], direction_block=[256, 1024], image_block=[2000, sweep_count], group=[1, 16]), sweep_count)
