"""Gives damaged files of each kind to the command that reads them.

Usage: fuzz_program.py PROGRAM [COUNT [SEED [KIND …]]]

COUNT files of each kind, 2000 unless stated. A command may end with 0, with 1 and one sentence, or with 64; within 10
seconds and 1 GB. Whatever else it does is printed, its input kept, with the command that repeats it.
"""
import concurrent.futures
import gzip
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

import damage
from laboratory import CLASSES, DATA, MODEL, TINY, Program, picture
from make_corpus import CORPUS, answers, read

SECONDS = 10
MEGABYTES = 1024
CORES = max(1, os.cpu_count() or 1)


class Case:
    """A kind of file: what stands where, what of it is damaged, and who reads it."""

    def __init__(self, name, files, command, damaged, repair=None, ends_with=0):
        self.name = name
        self.files = files  # path: content, all of them valid
        self.command = command  # a function of the draws
        self.damaged = damaged  # path: function of damage; one of them is damaged at a time
        self.repair = repair  # makes checksums agree again
        self.ends_with = ends_with  # when nothing is damaged


def idx(magic, extents, content):
    return struct.pack(f">{1 + len(extents)}I", magic, *extents) + content


def idx_files():
    draws = random.Random(3)
    files = {}
    for part, count in (("train", 12), ("t10k", 6)):
        pixels = b"".join(picture(number % 3, number // 3, draws) for number in range(count))
        files[f"{part}-images-idx3-ubyte"] = idx(0x803, (count, 8, 8), pixels)
        files[f"{part}-labels-idx1-ubyte"] = idx(0x801, (count,), bytes(number % 3 for number in range(count)))
    return files


def fixed_part(files):
    """Checksums of a ranking part's arrays, in its header."""
    place = next(path for path in files if path.endswith("part.json"))
    try:
        header = json.loads(files[place])
        header["checksums"] = {
            os.path.basename(path): hashlib.sha256(content).hexdigest() for path, content in files.items()
            if path.endswith(".npy")}
        files[place] = json.dumps(header).encode()
    except (ValueError, TypeError):
        pass


def fixed_cache(files):
    """Checksums of a cache's blocks, in its manifest."""
    place = next(path for path in files if path.endswith("manifest.json"))
    try:
        manifest = json.loads(files[place])
        for number, block in enumerate(manifest["blocks"]):
            content = files[os.path.join(os.path.dirname(place), f"{number:06}.f32")]
            block["checksum"] = hashlib.sha256(content).hexdigest()
        files[place] = json.dumps(manifest).encode()
    except (ValueError, TypeError, KeyError):
        pass


def fixed_study(files):
    """Checksums of a study's key and design, which both the design and the answers hold."""
    try:
        design = json.loads(files["study/study.json"])
        design["keyChecksum"] = hashlib.sha256(files["study/key.json"]).hexdigest()
        files["study/study.json"] = json.dumps(design).encode()
    except (ValueError, TypeError):
        return
    answers = sqlite3.connect(":memory:")
    answers.deserialize(files["study/answers.sqlite"])
    for name, file in (("key checksum", "key.json"), ("design checksum", "study.json")):
        checksum = hashlib.sha256(files[f"study/{file}"]).hexdigest()
        answers.execute("UPDATE setting SET value = ? WHERE name = ?", (checksum, name))
    answers.commit()
    files["study/answers.sqlite"] = answers.serialize()


def cases(program):
    def kept(folder):
        return {os.path.relpath(os.path.join(place, name), program.folder): read(place, name)
                for place, _, names in os.walk(os.path.join(program.folder, folder)) for name in names}

    def always(*command):
        return lambda draws: list(command)

    def corpus(kind):
        return [read(CORPUS, kind, name) for name in sorted(os.listdir(os.path.join(CORPUS, kind)))]

    show = always("datasets", "show", "case", "--output", "case.png")
    plain = {f"case/{name}": content for name, content in idx_files().items()}
    yield Case("idx", plain, show, {path: damage.raw for path in plain})
    packed = {f"{path}.gz": gzip.compress(content, mtime=0) for path, content in plain.items()}
    yield Case("gzip", packed, show, {path: damage.gzipped for path in packed})
    arrays = {path.replace("data/", "case/", 1): content for path, content in kept("data").items()}
    yield Case("npy", arrays, show,
               {path: damage.npy if path.endswith(".npy") else damage.raw for path in arrays})
    row = bytes(number % 251 for number in range(3072))
    cifar = {f"case/data_batch_{number}.bin": bytes([number]) + row + bytes([number + 1]) + row for number in range(1, 6)}
    cifar["case/test_batch.bin"] = bytes([3]) + row
    cifar["case/batches.meta.txt"] = b"airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n"
    yield Case("cifar", cifar, show, {path: damage.raw for path in cifar})
    for kind, damager in (("png", damage.png), ("jpeg", damage.raw)):
        good = read(CORPUS, kind, "rgb-8" if kind == "png" else "rgb-444")
        pictures = {f"case/{name}/{number}.{kind}": good for name in CLASSES[:2] for number in range(3)}
        yield Case(kind, pictures, show,
                   {place: (lambda content, draws, damager=damager, kind=kind: damager(draws.choice(corpus(kind)), draws))
                    for place in [f"case/{CLASSES[0]}/0.{kind}"]})

    model = read(program.folder, MODEL)

    def uses_model(draws):
        return draws.choice([
            ["inspect", "case.safetensors"], ["inspect", "case.safetensors"],
            ["evaluate", "case.safetensors", *DATA, "--output", "out"],
            ["evaluate", "--weights", "case.safetensors", "--architecture", "network.json", *DATA, "--output", "out"]])

    yield Case("safetensors", {"case.safetensors": model}, uses_model, {"case.safetensors": damage.safetensors})
    yield Case("model", {"case.safetensors": model}, always("attack", "fgsm", "case.safetensors", *DATA, "--epsilon", "0.1",
                                                            "--grid", "0", "--output", "out"),
               {"case.safetensors": damage.safetensors})
    with open(os.path.join(program.folder, "network.json"), "rb") as file:
        architecture = file.read()
    yield Case("architecture", {"case.json": architecture},
               always("train", *DATA, "--architecture", "case.json", "--epochs", "1", "--batch", "8", "--output", "out"),
               {"case.json": damage.json_text})

    program.run(["train", *DATA, *TINY, "--epochs", "2", "--batch", "8", "--output", "case", "--quiet"])
    stopped = kept("case")
    yield Case("checkpoint", stopped,
               always("train", *DATA, *TINY, "--epochs", "3", "--batch", "8", "--output", "case"),
               {"case/checkpoint.safetensors": damage.safetensors, "case/run.json": damage.json_text})

    rank = ["rank", MODEL, *DATA, "--basis", "sphere", "--directions", "3", "--top", "2"]
    program.run([*rank, "--shard", "1/1", "--cache", "kept", "--output", "part", "--quiet"])
    part = kept("part")
    yield Case("ranking-part", part, always("merge", "part", "--output", "out"),
               {path: damage.json_text if path.endswith(".json") else damage.npy for path in part
                if os.path.basename(path).startswith("part")}, fixed_part)
    cache = kept("kept")
    yield Case("feature-cache", cache, always(*rank, "--shard", "1/1", "--cache", "kept", "--output", "out"),
               {path: damage.json_text if path.endswith(".json") else damage.raw for path in cache}, fixed_cache)
    basis = struct.pack("<18f", *(number * 0.1 for number in range(18)))
    head = b"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 6), }"
    head += b" " * (-(11 + len(head)) % 64) + b"\n"
    # The port is taken: explore reads everything, then cannot serve, and ends.
    taken = socket.create_server(("127.0.0.1", 0))
    yield Case("basis", {"case.npy": b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + basis},
               always("explore", "run", "--basis", "case.npy", "--no-open", "--no-cache", "--port",
                      str(taken.getsockname()[1])),
               {"case.npy": damage.npy}, ends_with=1)
    taken.close()

    records = corpus("record")
    yield Case("record", {"case/run.json": records[0]}, always("report", "case", "--output", "out"),
               {"case/run.json": lambda content, draws: damage.json_text(draws.choice(records), draws)})
    study = kept("study")
    results = always("study", "results", "study")
    yield Case("answers", study, results, {"study/answers.sqlite": damage.sqlite})
    yield Case("study", study, results,
               {f"study/{name}": damage.json_text for name in ("study.json", "key.json", "trials.json")},
               fixed_study)


class Campaign:
    def __init__(self, executable, count, seed, folder):
        self.executable = executable
        self.count = count
        self.seed = seed
        self.folder = folder
        self.kept = os.path.join(tempfile.gettempdir(), "intrigue-failures")
        self.problems = []
        self.lock = threading.Lock()

    def campaign(self, names):
        start = os.path.join(self.folder, "start")
        os.makedirs(start)
        program = Program(self.executable, start)
        program.prepare()
        answers(program, write_corpus=False)
        for case in cases(program):
            if not names or case.name in names:
                self.one(case)
        if not names or "http" in names:
            self.requests()
        print(f"{len(self.problems)} problems")
        return self.problems

    def one(self, case):
        begin = time.monotonic()
        self.check_undamaged(case)
        with concurrent.futures.ThreadPoolExecutor(CORES) as pool:
            outcomes = [outcome for found in pool.map(lambda worker: self.share(case, worker), range(CORES))
                        for outcome in found]
        counts = {code: sum(1 for found, _, _ in outcomes if found == code) for code in (0, 1, 64)}
        print(f"{case.name:14} {len(outcomes):6} files: {counts[0]} read, {counts[1]} refused, {counts[64]} called wrong "
              f"arguments; slowest {max(seconds for _, seconds, _ in outcomes):.1f} s, largest "
              f"{max(size for _, _, size in outcomes):.0f} MB; {time.monotonic() - begin:.0f} s", flush=True)

    def share(self, case, worker):
        folder = os.path.join(self.folder, f"worker-{worker}")
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(os.path.join(self.folder, "start"), folder)
        program = Program(self.executable, folder)
        outcomes = []
        for number in range(worker, self.count, CORES):
            draws = random.Random(f"{self.seed} {case.name} {number}")
            files = dict(case.files)
            place = draws.choice(sorted(case.damaged))
            files[place] = case.damaged[place](files[place], draws)
            if case.repair and draws.random() < 0.8:
                case.repair(files)
            self.lay_out(files, folder)
            outcomes.append(self.judged(case, number, program, case.command(draws)))
        return outcomes

    def check_undamaged(self, case):
        """What is refused undamaged would show nothing."""
        program = Program(self.executable, os.path.join(self.folder, "start"))
        for number in range(4):
            self.lay_out(case.files, program.folder)
            program.run(case.command(random.Random(number)), ends_with=case.ends_with)

    @staticmethod
    def lay_out(files, folder):
        for name in {path.split("/")[0] for path in files} | {"out"}:
            shutil.rmtree(os.path.join(folder, name), ignore_errors=True)
        for path, content in files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "wb") as file:
                file.write(content)

    def judged(self, case, number, program, command):
        begin = time.monotonic()
        process = program.start(command)
        timer = threading.Timer(SECONDS, lambda: os.killpg(process.pid, signal.SIGKILL))
        timer.start()
        errors = process.stderr.read().decode("utf-8", "replace")
        _, status, usage = os.wait4(process.pid, 0)
        timer.cancel()
        process.stderr.close()
        process.returncode = code = os.waitstatus_to_exitcode(status)
        seconds, size = time.monotonic() - begin, usage.ru_maxrss / 1024
        complaint = None
        if seconds >= SECONDS:
            complaint = f"takes longer than {SECONDS} s"
        elif code not in (0, 1, 64):
            complaint = f"ends with {code}"
        elif code == 1 and sum(line.startswith("Error: ") for line in errors.splitlines()) != 1:
            complaint = "ends with 1 and not with one sentence"
        elif size > MEGABYTES:
            complaint = f"takes {size:.0f} MB"
        if complaint:
            self.keep(f"{case.name}-{number}", program.folder, command, complaint, errors)
        return code, seconds, size

    def keep(self, name, folder, command, complaint, errors):
        with self.lock:
            self.problems.append(name)
            place = os.path.join(self.kept, name)
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(folder, place)
            print(f"  {name}: {complaint}: {errors.strip()[:300]}\n    cd {place} && {self.executable} "
                  f"{' '.join(command)}", flush=True)

    def requests(self):
        """Damaged requests to one server, which must answer a good one after each hundred and end as it should."""
        folder = os.path.join(self.folder, "start")
        program = Program(self.executable, folder)
        process = subprocess.Popen(
            [self.executable, "explore", "run", "--no-open", "--no-cache", "--quiet"], cwd=folder,
            env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = int(process.stdout.readline().strip().rstrip("/").rsplit(":", 1)[1])
        host = f"Host: 127.0.0.1:{port}\r\n"
        body = json.dumps({"run": 0, "asker": "a", "image": 0, "attack": "fgsm", "epsilon": 0.1}).encode()
        good = f"GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n".encode()
        asked = [good, f"GET /explorer.js HTTP/1.1\r\n{host}\r\n".encode()]

        def ask(content):
            with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
                try:
                    connection.sendall(content)
                    connection.shutdown(socket.SHUT_WR)
                    return connection.recv(65536)
                except ConnectionError:
                    return b""

        slowest = 0
        for number in range(self.count):
            draws = random.Random(f"{self.seed} http {number}")
            if draws.random() < 0.5:
                content = damage.json_text(body, draws)
                content = (f"POST /attack HTTP/1.1\r\n{host}Content-Type: application/json\r\n"
                           f"Content-Length: {len(content)}\r\n\r\n").encode() + content
            else:
                content = damage.raw(draws.choice(asked), draws)
            begin = time.monotonic()
            try:
                ask(content)
                alive = number % 100 or ask(good).startswith(b"HTTP/1.1 200")
            except OSError as error:
                alive = False
                print(f"  http-{number}: {error}")
            slowest = max(slowest, time.monotonic() - begin)
            if not alive:
                with self.lock:
                    self.problems.append(f"http-{number}")
                print(f"  http-{number}: no good answer after {content!r:.200}")
                if process.poll() is not None:
                    break
        process.send_signal(signal.SIGINT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 130):
            self.problems.append("http")
            print(f"  the server ended with {process.returncode}")
        print(f"{'http':14} {self.count:6} requests; slowest {slowest:.1f} s, largest {usage.ru_maxrss / 1024:.0f} MB")


def main():
    executable, *rest = sys.argv[1:]
    count = int(rest[0]) if rest else 2000
    seed = int(rest[1]) if len(rest) > 1 else 1
    with tempfile.TemporaryDirectory(prefix="intrigue-fuzz-") as folder:
        sys.exit(1 if Campaign(os.path.abspath(executable), count, seed, folder).campaign(rest[2:]) else 0)


if __name__ == "__main__":
    main()
