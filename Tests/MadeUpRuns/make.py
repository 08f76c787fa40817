"""Makes records of runs in which every number differs from its neighbours, from records of real runs.

Usage: make.py RUNS    a folder of run folders; writes NAME.json for NAME/run.json, here

A table, chart or sentence that is made of such a record and shows another quantity than it says shows another number.
Numbers that are places (of classes, images, networks) or lengths of lists stay, shares stay shares, parts stay parts of
their wholes, and intervals hold their means.
"""
import json
import os
import sys

# What is counted from 0, names something, or says how long a list is.
PLACES = {
    "label", "neuron", "base", "target", "targetImage", "baseImages", "pair", "seed", "repetition", "repetitions",
    "version", "attackedNumbers", "kind", "severity", "number", "numbers", "savedImages", "shownImages", "robustImages",
    "changedPixels", "side", "sign", "level", "drawCount", "topCount", "networkCount", "pixelCount", "shape",
    "figureImage", "takenFor", "dose", "doses", "epoch", "share", "shown", "epsilons", "range", "watermark",
    "poisonCount", "firstImage", "fittingCount", "rotationCount", "confusion", "row", "column", "stage", "power",
    "minuteCount", "declared", "powers", "thresholds", "arm", "epsilon", "rotationTest",
}


class Numbers:
    def __init__(self):
        self.count = 0

    def share(self, low=0.02, high=0.98):
        """Spread out: each is far from those before it."""
        self.count += 1
        return round(low + (high - low) * (self.count * 0.6180339887498949 % 1), 4)

    def whole(self, largest=None):
        self.count += 1
        return 11 + 7 * self.count if largest is None else max(1, int(largest * self.share(0.1, 0.9)))


def change(value, key, numbers):
    if isinstance(value, bool) or value is None or isinstance(value, str) or key in PLACES:
        return value
    if isinstance(value, list):
        if key in ("interval", "interval95") or key.endswith("Interval95"):
            low = numbers.share(0.05, 0.5)
            return [low, round(low + numbers.share(0.1, 0.4), 4)]
        return [change(item, key, numbers) for item in value]
    if isinstance(value, int):
        return numbers.whole()
    if isinstance(value, float):
        return numbers.share()
    if set(value) == {"count", "total"}:
        total = 1000 + numbers.whole()
        return {"count": numbers.whole(total), "total": total}
    changed = {name: change(item, name, numbers) for name, item in value.items()}
    quartiles = ["least", "lowerQuartile", "median", "upperQuartile", "greatest"]
    if all(name in changed for name in quartiles):
        changed.update(zip(quartiles, sorted(changed[name] for name in quartiles)))
    if "lower" in changed and "upper" in changed:
        changed.update(zip(["lower", "upper"], sorted([changed["lower"], changed["upper"]])))
    if "mean" in changed and isinstance(changed.get("interval"), dict):
        changed["interval"].update(lower=round(changed["mean"] - numbers.share(0.01, 0.09), 4),
                                   upper=round(changed["mean"] + numbers.share(0.01, 0.09), 4))
    if key == "certified" and "points" in changed:
        # One set of images, of which fewer are certified at larger radii.
        for place, point in enumerate(changed["points"]):
            point["accuracy"] = {"count": 900 - 137 * place, "total": 997}
    if "mean" in changed and "interval95" in changed:
        changed["interval95"] = [round(changed["mean"] - numbers.share(0.01, 0.09), 4),
                                 round(changed["mean"] + numbers.share(0.01, 0.09), 4)]
    return changed


# Of what an experiment keeps besides its record, what its tables are made of.
PARTS = {
    "smooth": ["parts/certificates-1.json", "parts/attack-1-0.5.json"],
    "pool": ["parts/ddn.json", "parts/deepfool.json"],
    "budget": [f"parts/{name}.json" for name in ("fgsm", "pgd", "pgd-10-steps", "pgd-100-steps", "pgd-half-epsilon",
                                                  "pgd-double-epsilon")],
    "compare": ["networks/1/comparison.json", "networks/2/comparison.json"],
}


def parts(folder, name):
    values = []
    for file in PARTS[name]:
        with open(os.path.join(folder, file)) as part:
            value = json.load(part)["content"]["value"]
        numbers = Numbers()
        for image in value.get("images", []):
            for key in ("before", "after", "attempt", "distortion", "attemptDistortion"):
                if key in image:
                    image[key] = change(image[key], key, numbers)
        values.append(value)
    return values


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    for name in sorted(os.listdir(sys.argv[1])):
        path = os.path.join(sys.argv[1], name, "run.json")
        if not os.path.exists(path):
            continue
        with open(path) as file:
            record = json.load(file)
        record["results"] = change(record["results"], "results", Numbers())
        if name == "collision":
            # What a check removes was there.
            record["results"]["poisonCount"] = 997
            for attack in (attack for pair in record["results"]["pairs"] for attack in pair["attacks"]):
                attack["trainingCount"] += 5000
        if name in PARTS:
            record["parts"] = parts(os.path.join(sys.argv[1], name), name)
        with open(os.path.join(here, name + ".json"), "w") as file:
            json.dump(record, file, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
            file.write("\n")


if __name__ == "__main__":
    main()
