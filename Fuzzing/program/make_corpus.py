"""Makes the committed seeds that code cannot make: records, parts and answers of the program itself, and pictures.

Usage: make_corpus.py PROGRAM    writes ../Corpus and ../Study; the same program gives the same files, times excepted
"""
import base64
import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import sys
import tempfile
import urllib.request
import zlib

from laboratory import DATA, MODEL, RUNS, Program, npy

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(HERE, "..", "Corpus")
STUDY = os.path.join(HERE, "..", "Study")
FIXTURES = os.path.join(HERE, "..", "..", "Tests", "ImagesTests", "Fixtures")


def write(kind, name, content):
    os.makedirs(os.path.join(CORPUS, kind), exist_ok=True)
    with open(os.path.join(CORPUS, kind, name), "wb") as file:
        file.write(content)


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def records(program):
    for name, arguments in RUNS:
        if name == "report":
            continue
        program.run([*arguments, "--output", name, "--quiet"])
        record = json.loads(read(program.folder, name, "run.json"))
        write("record", name, compact(record))


def ranking_parts(program):
    for shard in ("1/1", "1/2"):
        program.run(["rank", MODEL, *DATA, "--basis", "neurons", "--top", "2", "--shard", shard, "--output",
                     "part", "--quiet"])
        names = ["part.json"] + [f"part-{part}.npy" for part in ("images", "scores", "extremes", "sums", "labels")]
        files = [read(program.folder, "part", name) for name in names]
        files[0] = compact(json.loads(files[0]))
        write("ranking-part", shard.replace("/", "-of-"),
              b"".join(struct.pack("<I", len(file)) + file for file in files))
        shutil.rmtree(os.path.join(program.folder, "part"))


def answers(program, write_corpus=True):
    """A study of two directions of each kind in the folder `study`, and what three people said."""
    images = bytes((pixel * 7 + number * number * 13) % 251 for number in range(300) for pixel in range(64))
    folder = os.path.join(program.folder, "study-data")
    npy(f"{folder}/images.npy", "|u1", (300, 8, 8), images)
    npy(f"{folder}/labels.npy", "<i8", "(300,)", b"".join(struct.pack("<q", n % 3) for n in range(300)))
    program.run(["train", "--data", "study-data", "--architecture", "mlp", "--epochs", "1", "--output", "net", "--quiet"])
    program.run(["study", "prepare", "net", "--directions", "2", "--sheets", "1", "--references", "2", "--questions",
                 "2", "--no-cache", "--output", "study", "--quiet"])
    taken_part(program)
    source = os.path.join(program.folder, "study", "answers.sqlite")
    database = sqlite3.connect(source)
    database.execute("PRAGMA journal_mode = DELETE")
    database.execute("PRAGMA page_size = 512")  # small pages: damage meets rows, not padding
    database.execute("VACUUM")
    database.close()
    if write_corpus:
        write("answers", "three-people", read(source))
        os.makedirs(STUDY, exist_ok=True)
        for name in ("study.json", "key.json"):
            shutil.copyfile(os.path.join(program.folder, "study", name), os.path.join(STUDY, name))


def taken_part(program):
    """Plays three participants over HTTP."""
    server = subprocess.Popen(
        [program.executable, "study", "serve", "study", "--port", "0", "--no-open"], cwd=program.folder,
        env=program.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        address = next(match for match in (re.search(r"http://[^ /]+", line) for line in server.stdout) if match)[0]

        def ask(path, body, cookie=None):
            headers = {"Content-Type": "application/json", **({"Cookie": cookie} if cookie else {})}
            request = urllib.request.Request(address + path, json.dumps(body).encode(), headers)
            with urllib.request.urlopen(request) as answer:
                return json.load(answer), answer.headers.get("Set-Cookie", "").split(";")[0]

        for number in range(3):
            _, cookie = ask("/join", {})
            view, _ = ask("/begin", {}, cookie)
            while view.get("question"):
                question = view["question"]
                answer, _ = ask("/answers", {"trial": question["trial"], "value": 1 + number, "milliseconds": 900},
                                cookie)
                view = answer["next"]
    finally:
        server.terminate()
        server.wait()


def pictures():
    for kind in ("png", "jpeg"):
        for fixture in json.loads(read(FIXTURES, f"{kind}.json")):
            content = base64.b64decode(fixture["file"])
            if len(content) <= 2048:
                write(kind, fixture["name"].replace(" ", "-"), content)
    # Turned by a quarter, as cameras note it.
    turned = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, 6, 0, 0)
    chunk = b"eXIf" + turned
    png = read(CORPUS, "png", "rgb-8")
    write("png", "rgb-8-turned", png[:33] + struct.pack(">I", len(turned)) + chunk
          + struct.pack(">I", zlib.crc32(chunk)) + png[33:])
    jpeg = read(CORPUS, "jpeg", "rgb-420")
    write("jpeg", "rgb-420-turned", jpeg[:2] + b"\xff\xe1" + struct.pack(">H", 8 + len(turned)) + b"Exif\0\0" + turned
          + jpeg[2:])


def main():
    for folder in (CORPUS, STUDY):
        shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        program = Program(sys.argv[1], folder)
        program.prepare()
        records(program)
        ranking_parts(program)
        answers(program)
    pictures()


if __name__ == "__main__":
    main()
