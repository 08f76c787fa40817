"""Writes attacks.safetensors: what attacks with a budget make of a small network, by the equations of their papers.

Run with `python make_attacks.py`; it needs numpy and safetensors. Everything is seeded and computed in float64. The
same is computed in float32 as well, and the script stops when the two disagree, so no number here hangs on rounding.

The network is 16 inputs, two layers of 20 tanh units and 5 logits: smooth, so that no kink decides a step.

| tensor | content |
| --- | --- |
| `parameter/<name>` | weights `[out, in]` and biases |
| `images`, `labels`, `targets` | `[12, 1, 4, 4]` in [0, 1]; class numbers, stored as floats |
| `starts/<norm>` | where Auto-PGD begins, inside ball and box |
| `<attack>/<norm>/<loss>[/targeted]` | of all iterates the one with the largest margin towards the goal |

Attacks: `bim` (10 steps of epsilon / 10), `mi` (10 steps, decay 1), `apgd` (20 steps, from `starts`). Norms: `linf`
with epsilon 0.06, `l2` with 0.3. Losses: `crossEntropy`, `differenceOfLogitsRatio`.
"""

import math
import pathlib

import numpy
import safetensors.numpy

COUNT, CLASSES = 12, 5
SEED = 6  # the first for which no order of logits, which the ratio depends on, hangs on rounding
EPSILON = {"linf": 0.06, "l2": 0.3}


class Network:
    def __init__(self, parameters, dtype):
        self.layers = [(parameters[f"fc{i}.weight"].astype(dtype), parameters[f"fc{i}.bias"].astype(dtype)) for i in (1, 2, 3)]

    def run(self, x):
        """Logits and the Jacobian, [classes, inputs]."""
        jacobian, value = numpy.eye(len(x), dtype=x.dtype), x
        for index, (weight, bias) in enumerate(self.layers):
            value, jacobian = weight @ value + bias, weight @ jacobian
            if index < 2:
                value = numpy.tanh(value)
                jacobian = (1 - value * value)[:, None] * jacobian
        return value, jacobian


def loss_and_gradient(name, z, label, target):
    """The attacker's loss and its gradient with respect to the logits."""
    gradient = numpy.zeros_like(z)
    if name == "crossEntropy":
        shifted = numpy.exp(z - z.max())
        probabilities = shifted / shifted.sum()
        aim = label if target is None else target
        gradient = probabilities.copy()
        gradient[aim] -= 1
        value = -math.log(probabilities[aim])
        return (value, gradient) if target is None else (-value, -gradient)
    order = numpy.argsort(-z, kind="stable")
    if target is None:
        rival = order[1] if order[0] == label else order[0]
        up = z[label] - z[rival]
        down = z[order[0]] - z[order[2]]
        d_down = {order[0]: 1.0, order[2]: -1.0}
    else:
        rival = target
        up = z[label] - z[rival]
        down = z[order[0]] - (z[order[2]] + z[order[3]]) / 2
        d_down = {order[0]: 1.0, order[2]: -0.5, order[3]: -0.5}
    gradient[label] -= 1 / down
    gradient[rival] += 1 / down
    for index, weight in d_down.items():
        gradient[index] += up * weight / down**2
    return -up / down, gradient


def margin(z, label, target):
    fixed = label if target is None else target
    others = numpy.delete(z, fixed).max()
    return others - z[fixed] if target is None else z[fixed] - others


def project(x, clean, norm):
    offset = x - clean
    if norm == "linf":
        offset = numpy.clip(offset, -EPSILON[norm], EPSILON[norm])
    else:
        length = numpy.linalg.norm(offset)
        if length > EPSILON[norm]:
            offset = offset * (EPSILON[norm] / length)
    return numpy.clip(clean + offset, 0, 1)


def unit(gradient, norm):
    """The step of length 1; nowhere, where the gradient is zero."""
    length = numpy.linalg.norm(gradient)
    return numpy.sign(gradient) if norm == "linf" or length == 0 else gradient / length


class Run:
    def __init__(self, network, norm, loss, clean, label, target):
        self.network, self.norm, self.loss = network, norm, loss
        self.clean, self.label, self.target = clean, label, target
        self.best, self.best_margin = clean, -math.inf

    def visit(self, x):
        z, jacobian = self.network.run(x)
        here = margin(z, self.label, self.target)
        if here > self.best_margin:
            self.best, self.best_margin = x.copy(), here
        value, gradient = loss_and_gradient(self.loss, z, self.label, self.target)
        return value, jacobian.T @ gradient


def iterative(run, steps, decay):
    x, momentum = run.clean, numpy.zeros_like(run.clean)
    for _ in range(steps):
        _, gradient = run.visit(x)
        size = numpy.abs(gradient).sum()
        momentum = decay * momentum + (gradient / size if size > 0 else 0)
        x = project(x + EPSILON[run.norm] / steps * unit(momentum, run.norm), run.clean, run.norm)
    run.visit(x)


def checkpoints(steps):
    shares = [0, 22]
    while shares[-1] + max(shares[-1] - shares[-2] - 3, 6) <= 100:
        shares.append(shares[-1] + max(shares[-1] - shares[-2] - 3, 6))
    return [-(-share * steps // 100) for share in shares]


def auto_pgd(run, start, steps):
    """Algorithm 1 of Croce and Hein (2020), in the paper's own indices."""
    x = [start]
    f = []
    g = []
    value, gradient = run.visit(x[0])
    f.append(value)
    g.append(gradient)
    eta = 2 * EPSILON[run.norm]
    x_max, f_max, g_max = x[0], f[0], g[0]
    marks = checkpoints(steps)
    etas, maxima = [eta], [f_max]
    rises, place = 0, 1
    for k in range(steps):
        z = project(x[k] + eta * unit(g[k], run.norm), run.clean, run.norm)
        if k == 0:
            following = z
        else:
            following = project(x[k] + 0.75 * (z - x[k]) + 0.25 * (x[k] - x[k - 1]), run.clean, run.norm)
        value, gradient = run.visit(following)
        rises += value > f[k]
        if value > f_max:
            x_max, f_max, g_max = following, value, gradient
        x.append(following)
        f.append(value)
        g.append(gradient)
        if place < len(marks) and k + 1 == marks[place]:
            too_few = rises < 0.75 * (marks[place] - marks[place - 1])
            still = eta == etas[-1] and f_max == maxima[-1]
            etas.append(eta)
            maxima.append(f_max)
            if too_few or still:
                eta /= 2
                x[-1], f[-1], g[-1] = x_max, f_max, g_max
            rises = 0
            while place < len(marks) and marks[place] <= k + 1:
                place += 1


def compute(parameters, images, labels, targets, starts, dtype):
    network = Network(parameters, dtype)
    results = {}
    for norm in EPSILON:
        for loss in ("crossEntropy", "differenceOfLogitsRatio"):
            for targeted in (False, True):
                for attack in ("bim", "mi", "apgd"):
                    found = []
                    for row in range(COUNT):
                        target = int(targets[row]) if targeted else None
                        run = Run(network, norm, loss, images[row].astype(dtype), int(labels[row]), target)
                        if attack == "apgd":
                            auto_pgd(run, starts[norm][row].astype(dtype), 20)
                        else:
                            iterative(run, 10, 0 if attack == "bim" else 1)
                        found.append(run.best)
                    name = f"{attack}/{norm}/{loss}" + ("/targeted" if targeted else "")
                    results[name] = numpy.stack(found)
    return results


def main():
    generator = numpy.random.default_rng(SEED)
    parameters = {}
    for index, (outputs, inputs) in enumerate(((20, 16), (20, 20), (CLASSES, 20)), start=1):
        parameters[f"fc{index}.weight"] = (generator.normal(size=(outputs, inputs)) * 1.5 / math.sqrt(inputs)).astype("float32")
        parameters[f"fc{index}.bias"] = (generator.normal(size=outputs) * 0.3).astype("float32")
    images = numpy.clip(generator.uniform(-0.2, 1.2, size=(COUNT, 16)), 0, 1).astype("float32")
    wide = Network(parameters, numpy.float64)
    labels = numpy.array([wide.run(image.astype(float))[0].argmax() for image in images])
    targets = (labels + 1 + numpy.arange(COUNT) % (CLASSES - 1)) % CLASSES
    starts = {}
    for norm in EPSILON:
        noise = generator.normal(size=images.shape)
        scale = {"linf": numpy.abs(noise).max(1), "l2": numpy.linalg.norm(noise, axis=1)}[norm]
        starts[norm] = numpy.clip(images + 0.7 * EPSILON[norm] * noise / scale[:, None], 0, 1).astype("float32")

    results = compute(parameters, images, labels, targets, starts, numpy.float64)
    narrow = compute(parameters, images, labels, targets, starts, numpy.float32)
    for name in results:
        difference = numpy.abs(results[name] - narrow[name]).max()
        assert difference < 1e-4, f"{name} hangs on rounding: {difference}"

    def as_images(array):
        return array.reshape(COUNT, 1, 4, 4).astype("float32")

    tensors = {f"parameter/{name}": value for name, value in parameters.items()}
    tensors |= {"images": as_images(images), "labels": labels.astype("float32"), "targets": targets.astype("float32")}
    tensors |= {f"starts/{norm}": as_images(value) for norm, value in starts.items()}
    tensors |= {name: as_images(value) for name, value in results.items()}
    folder = pathlib.Path(__file__).resolve().parent
    safetensors.numpy.save_file(
        {name: numpy.ascontiguousarray(value) for name, value in tensors.items()},
        folder / "attacks.safetensors",
        metadata={"numpy": numpy.__version__, "seed": str(SEED)},
    )


if __name__ == "__main__":
    main()
