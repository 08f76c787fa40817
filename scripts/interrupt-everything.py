#!/usr/bin/env python3
"""Sends a signal to every long command at random moments, and says how long each took to end.

    scripts/interrupt-everything.py PROGRAM [--data fashion-mnist] [--architecture lenet] [--seconds 20] [--times 5]
                                    [--only WORD] [--seed 1]

Trains a network first, then starts each command --times times in a folder of its own, sends SIGINT, SIGTERM or SIGHUP at
a random moment of its first --seconds seconds, and waits for the end. A command that has ended before counts as such.
Every other start resumes the folder left before. Exit code 1 if a command took 2 s or longer, ended with another code than
0 or that of the signal, or left a process behind. Standard library only; INTRIGUE_DATASETS says where data are.
"""
import argparse, os, random, shutil, signal, subprocess, sys, tempfile, time

parser = argparse.ArgumentParser()
parser.add_argument("program")
parser.add_argument("--data", default="fashion-mnist")
parser.add_argument("--architecture", default="lenet")
parser.add_argument("--seconds", type=float, default=20)
parser.add_argument("--times", type=int, default=5)
parser.add_argument("--only", default="")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
program = os.path.realpath(options.program)
place = tempfile.mkdtemp(prefix="interrupt-")
random.seed(options.seed)
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a program started under nohup does not hear it
signals = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


def run(*arguments):
    subprocess.run([program, *arguments], cwd=place, check=True, stdout=subprocess.DEVNULL)


data = ["--data", options.data]
run("train", *data, "--architecture", options.architecture, "--epochs", "1", "-o", "run", "--quiet")
run("evaluate", "run/model.safetensors", *data, "-o", "evaluation", "--quiet")
for part in "12":
    run("rank", "run/model.safetensors", *data, "--shard", f"{part}/2", "-o", f"part{part}", "--quiet")
model = ["run/model.safetensors", *data]
network = [*data, "--architecture", options.architecture]
small = [*data, "--architecture", "mlp"]
commands = {
    "train": ["train", *network, "--epochs", "9"],
    "train lbfgs": ["train", *small, "--optimizer", "lbfgs"],
    "train private": ["train", *small, "--private", "--target-epsilon", "3", "--epochs", "3"],
    "train corrupted": ["train", *network, "--corrupt", "rotation", "--epochs", "3"],
    "evaluate": ["evaluate", *model],
    "gallery": ["gallery", *model, "--no-cache"],
    "gallery strata": ["gallery", *model, "--strata", "--per-class", "--no-cache"],
    "rank": ["rank", *model, "--basis", "sphere", "--directions", "100000", "--split", "training", "--no-cache"],
    "rank haar": ["rank", *model, "--basis", "haar", "--layer", "input", "--split", "training", "--no-cache"],
    "compare": ["compare", *small, "--networks", "2"],
    "transfer": ["transfer", *data],
    "merge": ["merge", "part1", "part2"],
    "linearity": ["linearity", *model],
    "pattern": ["pattern", *model],
    "rubbish": ["rubbish", *model],
    "substitute": ["substitute", *model],
    "privacy": ["privacy", *data],
    "smooth": ["smooth", *model],
    "shift": ["shift", *data],
    "reproduce": ["reproduce", "all", "--quick", *data],
    "demo": ["demo", *data],
    "datasets show": ["datasets", "show", options.data, "--output", "OUT.png"],
    "datasets verify": ["datasets", "verify", options.data],
    "report": ["report", "evaluation", "run"],
    "study prepare": ["study", "prepare", "run"],
    "poison backdoor": ["poison", "backdoor", *data],
    "poison labels": ["poison", "labels", *data],
    "poison linear": ["poison", "linear", *data],
    "poison collision": ["poison", "collision", *data],
    "attack pool": ["attack", "pool", *model, "--epsilon", "0.1"],
}
for basis in ["pca", "ica", "nmf", "kmeans", "sae", "whitened", "class-means"]:
    commands[f"rank {basis}"] = ["rank", *model, "--basis", basis, "--layer", "input", "--directions", "200", "--no-cache"]
for attack in ["fgsm", "pgd", "bim", "mi-fgsm", "apgd", "rotation", "noise", "square", "nes", "spsa", "finite-differences"]:
    commands[f"attack {attack}"] = ["attack", attack, *model, "--epsilon", "0.1"]
for attack in ["lbfgs", "deepfool", "cw", "ddn", "fmn", "boundary", "hop-skip-jump", "few-pixel", "minimal-fgsm"]:
    commands[f"attack {attack}"] = ["attack", attack, *model]

isWrong = False
for name, arguments in commands.items():
    if options.only not in name:
        continue
    times, ended, problems = [], 0, []
    for number in range(options.times):
        folder = f"out {name}"
        # Every other time it goes on with what was left.
        if number % 2 == 0:
            shutil.rmtree(f"{place}/{folder}", ignore_errors=True)
        given = [argument.replace("OUT", folder) for argument in arguments]
        if "verify" not in name and "--output" not in given:
            given += ["--output", folder]
        with open(f"{place}/errors", "w+") as errors:
            process = subprocess.Popen(
                [program, *given], cwd=place, stdout=subprocess.DEVNULL, stderr=errors, start_new_session=True)
            try:
                code = process.wait(random.uniform(0, options.seconds))
                ended += 1
                if code != 0:
                    errors.seek(0)
                    problems.append(f"exit {code}: {errors.read()[-300:]}")
                continue
            except subprocess.TimeoutExpired:
                pass
            sent = random.choice(list(signals))
            start = time.monotonic()
            process.send_signal(sent)
            try:
                code = process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                code = process.wait()
            times.append(time.monotonic() - start)
            errors.seek(0)
            text = errors.read()
            # Before it listens the signal itself ends it.
            if code not in (signals[sent], 0, -sent):
                problems.append(f"exit {code} after {sent.name}: {text[-300:]}")
            stage = next((line for line in reversed(text.split("\n")[:-2])), "")
            if times[-1] >= 2:
                problems.append(f"{times[-1]:.2f} s after: {stage}")
            left = subprocess.run(["ps", "-o", "args=", "-s", str(process.pid)], capture_output=True, text=True).stdout
            if left.strip():
                problems.append(f"left behind: {left.strip()}")
    longest = f"{max(times):.2f} s" if times else "-"
    print(f"{name:20} interrupted {len(times)}, ended before {ended}, longest {longest}", *problems, sep="\n    ", flush=True)
    isWrong = isWrong or bool(problems)
shutil.rmtree(place)
sys.exit(1 if isWrong else 0)
