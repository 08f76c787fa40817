"""Small data, a network and the runs of every kind of experiment, each a second or less. Standard library only."""
import json
import os
import random
import struct
import subprocess
import sys

ARCHITECTURE = {
    "name": "tiny", "input": {"channels": 1, "height": 8, "width": 8},
    "nodes": [{"name": "hidden", "layer": "linear", "outputs": 6}, {"name": "act", "layer": "relu"},
              {"name": "logits", "layer": "linear", "outputs": 3}],
}
CLASSES = ["cross", "dot", "línea"]

MODEL = "run/model.safetensors"
DATA = ["--data", "data"]
TINY = ["--architecture", "network.json"]

# Each run: what it is called, and the command without its folder.
RUNS = [
    ("train", ["train", *DATA, *TINY, "--epochs", "30", "--batch", "8", "--validation", "0.2"]),
    ("evaluate", ["evaluate", MODEL, *DATA]),
    ("rank", ["rank", MODEL, *DATA, "--basis", "sphere", "--directions", "40", "--top", "3"]),
    ("gallery", ["gallery", MODEL, *DATA, "--neurons", "2", "--directions", "2", "--top", "3", "--strata"]),
    ("compare", ["compare", *DATA, *TINY, "--networks", "3", "--epochs", "2", "--rotations", "19", "--top", "3",
                 "--bases", "sphere,pca"]),
    ("attack", ["attack", "ddn", MODEL, *DATA, "--steps", "20"]),
    ("attack-bounded", ["attack", "pgd", MODEL, *DATA, "--epsilon", "0.1"]),
    ("attack-boundary", ["attack", "boundary", MODEL, *DATA, "--queries", "60"]),
    ("attack-every-target", ["attack", "lbfgs", MODEL, *DATA, "--targeted", "all", "--count", "4"]),
    ("attack-pool", ["attack", "pool", MODEL, *DATA, "--count", "6"]),
    ("transfer", ["transfer", *DATA, "--networks", "softmax:epochs=2,network.json:epochs=2", "--count", "8", "--epsilon",
                  "0.1"]),
    ("linearity", ["linearity", MODEL, *DATA, "--count", "4", "--sizes", "7,14", "--pair", "0,1"]),
    ("pattern", ["pattern", MODEL, *DATA, "--count", "6"]),
    ("rubbish", ["rubbish", MODEL, *DATA, "--count", "20", "--fooling-count", "5"]),
    ("substitute", ["substitute", MODEL, *DATA, "--substitute", "softmax:epochs=1", "--seed-images", "3", "--rounds",
                    "2", "--repetitions", "2", "--count", "3"]),
    ("privacy", ["privacy", *DATA, *TINY, "--epsilons", "5,1", "--networks", "2", "--epochs", "2", "--lot", "8",
                 "--count", "6"]),
    ("smooth", ["smooth", MODEL, *DATA, "--count", "6", "--samples", "40", "--epsilon", "0.5", "--steps", "2"]),
    ("shift", ["shift", *DATA, *TINY, "--networks", "2", "--epochs", "1", "--images", "8", "--attacked", "4",
               "--steps", "3"]),
    ("poison-labels", ["poison", "labels", *DATA, *TINY, "--epochs", "2", "--networks", "2", "--shares", "0.3",
                       "--from", "0", "--to", "1"]),
    ("poison-backdoor", ["poison", "backdoor", *DATA, *TINY, "--epochs", "2", "--networks", "2", "--shares", "0.2"]),
    ("poison-collision", ["poison", "collision", *DATA, *TINY, "--epochs", "40", "--pairs", "2", "--targets", "2",
                          "--images-per-class", "4", "--steps", "5"]),
    ("poison-linear", ["poison", "linear", *DATA, "--pairs", "0,1", "--training-count", "6", "--validation-count", "6",
                       "--points", "2", "--draws", "2", "--steps", "5"]),
    ("demo", ["demo", *DATA, "--architecture", "softmax", "--epochs", "2"]),
    ("report", ["report", "run", "evaluation", "--latex"]),
]


def npy(path, kind, shape, content):
    head = ("{'descr': '%s', 'fortran_order': False, 'shape': %s, }" % (kind, shape)).encode()
    head += b" " * (-(10 + len(head) + 1) % 64) + b"\n"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + content)


def picture(label, number, draws, side=8):
    """A bright column and row, square or row, whose place and brightness vary."""
    at = number % side
    pixels = bytearray()
    for row in range(side):
        for column in range(side):
            bright = (row == at or column == at, abs(row - at) <= 1 and abs(column - number * 3 % side) <= 1,
                      row == at)[label]
            pixels.append(draws.randrange(200, 250) if bright else draws.randrange(40))
    return bytes(pixels)


def data(folder, training=60, held_out=30):
    draws = random.Random(1)
    for part, count in (("train", training), ("test", held_out)):
        images = b"".join(picture(number % 3, number // 3, draws) for number in range(count))
        npy(f"{folder}/{part}-images.npy", "|u1", (count, 8, 8), images)
        npy(f"{folder}/{part}-labels.npy", "<i8", f"({count},)",
            b"".join(struct.pack("<q", number % 3) for number in range(count)))
    with open(f"{folder}/class-names.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(CLASSES) + "\n")


class Program:
    """The program, seen from a folder with `data`, `network.json`, and a trained network in `run`."""

    def __init__(self, executable, folder):
        self.executable = os.path.abspath(executable)
        self.folder = folder
        self.environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", TMPDIR=os.path.join(folder, "tmp"))
        os.makedirs(self.environment["TMPDIR"], exist_ok=True)

    def start(self, arguments):
        return subprocess.Popen(
            [self.executable, *arguments], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)

    def run(self, arguments, ends_with=0):
        process = self.start(arguments)
        errors = process.communicate()[1].decode("utf-8", "replace")
        if process.returncode != ends_with:
            sys.exit(f"intrigue {' '.join(arguments)}\nended with {process.returncode}: {errors}")

    def prepare(self):
        """Data, architecture, a network and its evaluation."""
        data(os.path.join(self.folder, "data"))
        with open(os.path.join(self.folder, "network.json"), "w") as file:
            json.dump(ARCHITECTURE, file)
        self.run(["train", *DATA, *TINY, "--epochs", "3", "--batch", "8", "--output", "run", "--quiet"])
        self.run(["evaluate", MODEL, *DATA, "--output", "evaluation", "--quiet"])
