"""Kills runs at random moments, gives their commands again until they end, and compares the bytes of what they leave.

Usage: kill_and_resume.py PROGRAM [KILLS [SEED [RUN …]]]

Every run of laboratory.py is made once undisturbed. Then, until it was killed often enough, it is started, killed by
SIGKILL, alone or with all that it started, looked through for half files, and started again. A run that ended is compared with
the undisturbed one, file by file; neither it nor the folder for temporary files may have a leftover.
"""
import concurrent.futures
import json
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
import time

from laboratory import RUNS, Program

# The program's own list of the fields in which the JSON of equal runs differs: paths from the top of a file, or `**.` and
# a name at any depth.
LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Sources/Lab/Run/RepeatedRun.swift")


def fields_that_differ():
    with open(LIST, encoding="utf-8") as file:
        text = re.search(r"fieldsThatDiffer[^\[]*= \[(.*?)\]", file.read(), re.DOTALL)[1]
    return set(re.findall(r'"([^"]+)"', text))


FIELDS = fields_that_differ()
# Pages that repeat those numbers.
VOLATILE_PAGES = {"report/index.html", "report/report.md"}


def files(folder):
    """Path and bytes of every file below."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def without_clock(value, path=()):
    if isinstance(value, dict):
        return {key: without_clock(item, (*path, key)) for key, item in value.items()
                if not {".".join((*path, key)), f"**.{key}"} & FIELDS}
    return [without_clock(item, (*path, "[]")) for item in value] if isinstance(value, list) else value


def steady(name, content):
    """What must be equal of a file."""
    if name in VOLATILE_PAGES:
        return None
    if name.endswith(".json"):
        return without_clock(json.loads(content))
    if name.endswith("checkpoint.safetensors"):
        length = struct.unpack("<Q", content[:8])[0]
        header = json.loads(content[8:8 + length])
        header["__metadata__"]["history"] = without_clock(json.loads(header["__metadata__"]["history"]))
        return header, content[8 + length:]
    return content


def is_leftover(name):
    """Whether a name is that of a file that is being written, or of a lock."""
    return any(part == ".intrigue.lock" or part.startswith(".") and part.endswith(".partial") for part in name.split(os.sep))


def is_half(name, content):
    """Whether a file of this name breaks off: what its kind says of its own length."""
    if name.endswith(".json"):
        try:
            json.loads(content)
        except ValueError:
            return True
    elif name.endswith(".png"):
        return not content.endswith(b"IEND\xaeB`\x82")
    elif name.endswith(".pdf"):
        return not content.rstrip().endswith(b"%%EOF")
    elif name.endswith(".safetensors"):
        length = struct.unpack("<Q", content[:8])[0]
        spans = [entry["data_offsets"][1] for key, entry in json.loads(content[8:8 + length]).items()
                 if key != "__metadata__"]
        return len(content) != 8 + length + max(spans, default=0)
    elif name.endswith((".csv", ".tex", ".md", ".txt", ".html", ".gp", ".dat")):
        return not content.endswith(b"\n")
    return False


class Failure(Exception):
    pass


class Campaign:
    def __init__(self, executable, kills, seed, folder, names):
        self.runs = [run for run in RUNS if not names or run[0] in names]
        self.kills = kills
        self.seed = seed
        self.executable = executable
        self.folder = folder
        self.lock = threading.Lock()

    def laboratory(self, name, kind):
        """A folder of its own for each run, in which the same command has the same words."""
        folder = os.path.join(self.folder, kind, name)
        shutil.copytree(os.path.join(self.folder, "start"), folder)
        return Program(self.executable, folder)

    def campaign(self):
        Program(self.executable, os.path.join(self.folder, "start")).prepare()
        shutil.rmtree(os.path.join(self.folder, "start", "tmp"))
        with concurrent.futures.ThreadPoolExecutor(max(1, os.cpu_count() or 1)) as pool:
            shares = [(self.kills + number) // len(self.runs) for number in range(len(self.runs))]
            outcomes = list(pool.map(self.one, self.runs, shares))
        problems = [problem for _, _, found in outcomes for problem in found]
        print(f"{sum(kills for kills, _, _ in outcomes)} kills, {sum(ends for _, ends, _ in outcomes)} finished runs, "
              f"{len(problems)} problems")
        return problems

    def one(self, run, kills_wanted):
        name, arguments = run
        arguments = [*arguments, "--output", name, "--quiet"]
        draws = random.Random(f"{self.seed} {name}")
        program = self.laboratory(name, "whole")
        begin = time.monotonic()
        program.run(arguments)
        duration = time.monotonic() - begin
        whole = files(os.path.join(program.folder, name))
        problems = [f"{name}: {file} is left over in an undisturbed run" for file in whole if is_leftover(file)]
        kills = ends = 0
        program = self.laboratory(name, "killed")
        while not problems:
            # Once enough kills are made, what is there is brought to its end.
            moment = draws.uniform(0, 1.1 * duration) if kills < kills_wanted else None
            try:
                if self.was_killed(program, arguments, moment, alone=draws.random() < 0.5):
                    kills += 1
                    self.look_for_halves(program, name)
                    continue
                ends += 1
                self.compare(program, name, whole)
                # Caches stay: a run that finds one must give the same.
                shutil.rmtree(os.path.join(program.folder, name))
            except Failure as failure:
                problems.append(f"{name}, kill {kills}: {failure}")
            if moment is None:
                break
        with self.lock:
            print(f"{name:20} {kills:4} kills, {ends:3} finished runs" + "".join(f"\n  {line}" for line in problems),
                  flush=True)
        return kills, ends, problems

    def was_killed(self, program, arguments, moment, alone):
        process = program.start(arguments)
        try:
            errors = process.communicate(timeout=moment)[1]
        except subprocess.TimeoutExpired:
            # As when memory runs out, or as when a machine does: what it started lives on, or not.
            (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
            process.stderr.close()
            process.wait()
            return True
        if process.returncode != 0:
            raise Failure(f"the command ended with {process.returncode}: {errors.decode('utf-8', 'replace')}")
        return False

    def look_for_halves(self, program, name):
        folder = os.path.join(program.folder, name)
        for file, content in (files(folder) if os.path.isdir(folder) else {}).items():
            if not is_leftover(file) and is_half(file, content):
                raise Failure(f"{file} breaks off after {len(content)} bytes")

    def compare(self, program, name, whole):
        found = files(os.path.join(program.folder, name))
        for file in sorted(found.keys() | whole.keys()):
            if file not in found:
                raise Failure(f"{file} is missing")
            if file not in whole:
                raise Failure(f"{file} is left over" if is_leftover(file) else f"{file} is not in an undisturbed run")
            if steady(file, found[file]) != steady(file, whole[file]):
                keep = os.path.join(tempfile.gettempdir(), f"intrigue-differs-{name}")
                shutil.rmtree(keep, ignore_errors=True)
                for kind in ("whole", "killed"):
                    shutil.copytree(os.path.join(self.folder, kind, name, name), os.path.join(keep, kind))
                raise Failure(f"{file} has other bytes; both folders are in {keep}")
        temporary = os.listdir(program.environment["TMPDIR"])
        if temporary:
            raise Failure(f"left in TMPDIR: {', '.join(sorted(temporary))}")


def main():
    executable, *rest = sys.argv[1:]
    kills = int(rest[0]) if rest else 464
    seed = int(rest[1]) if len(rest) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="intrigue-kills-") as folder:
        os.makedirs(os.path.join(folder, "start"))
        sys.exit(1 if Campaign(executable, kills, seed, folder, rest[2:]).campaign() else 0)


if __name__ == "__main__":
    main()
