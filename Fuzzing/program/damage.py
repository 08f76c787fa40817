"""Damage to files of each kind that gets past their checksums. Every function: bytes and draws, to bytes."""
import copy
import gzip
import json
import sqlite3
import struct
import zlib

NUMBERS = [0, 1, 2**64 - 1, 2**63 - 1, 2**63, 2**31, 2**32 - 1, 255, 65535]
TEXTS = [b"0", b"-1", b"1e9", b"1e308", b"1e-40", b"4294967296", b"9223372036854775807", b"9223372036854775808",
         b"99999999999999999999", b"NaN"]
VALUES = [0, 1, -1, 2, 0.5, 1e-40, 1e308, -1e308, 255, 65536, 2**31, 2**63 - 1, 2**63, -(2**63), 10**20, None, True,
          "", "a", "\u0000", "\u0600'; system \"id\"", "../../a", "x" * 5000, [], [0], [0, 0], {}, {"a": 0}]


def raw(data, draws):
    """One to four small damages; half of them go into the head."""
    data = bytearray(data)
    for _ in range(draws.randint(1, 4)):
        size = min(len(data), 128) if draws.random() < 0.5 else len(data)
        at = draws.randrange(size) if size else 0
        kind = draws.randrange(8)
        if kind == 0 and data:
            data[at] ^= 1 << draws.randrange(8)
        elif kind == 1 and data:
            data[at] = draws.randrange(256)
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            del data[at:at + draws.randint(1, 16)]
        elif kind == 4:
            start = draws.randrange(len(data) + 1)
            data[at:at] = data[start:start + draws.randint(1, 64)]
        elif kind == 5:
            width = draws.choice((1, 2, 4, 8))
            value = draws.choice(NUMBERS) & (1 << 8 * width) - 1
            data[at:at + width] = value.to_bytes(width, draws.choice(("big", "little")))
        elif kind == 6:
            digits = [place for place, byte in enumerate(data) if 48 <= byte <= 57]
            if digits:
                place = draws.choice(digits)
                data[place:place + 1] = draws.choice(TEXTS)
        else:
            data += bytes([draws.randrange(256)])
    return bytes(data)


def json_text(data, draws):
    """One to three values replaced, removed, doubled or exchanged."""
    if draws.random() < 0.1:
        return raw(data, draws)
    try:
        value = json.loads(data)
    except ValueError:
        return raw(data, draws)
    for _ in range(draws.randint(1, 3)):
        places = []

        def walk(container):
            for key in container if isinstance(container, dict) else range(len(container)):
                places.append((container, key))
                if isinstance(container[key], (dict, list)):
                    walk(container[key])

        if isinstance(value, (dict, list)):
            walk(value)
        if not places:
            break
        container, key = draws.choice(places)
        kind = draws.randrange(6)
        if kind == 0 and isinstance(container, list):
            container.insert(key, copy.deepcopy(container[key]))
        elif kind == 1:
            del container[key]
        elif kind == 2:
            other, place = draws.choice(places)
            container[key] = copy.deepcopy(other[place])
        else:
            # A copy: the next change may be inside it.
            container[key] = copy.deepcopy(draws.choice(VALUES))
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def npy(data, draws):
    """Half of it in the header's text, whose length is made to fit."""
    if draws.random() < 0.5:
        return raw(data, draws)
    length = struct.unpack("<H", data[8:10])[0]
    header = raw(data[10:10 + length], draws)[:65535]
    return data[:8] + struct.pack("<H", len(header)) + header + data[10 + length:]


def safetensors(data, draws):
    """Most of it in the header, and there half in the JSON that metadata hold as text."""
    if draws.random() < 0.25:
        return raw(data, draws)
    length = struct.unpack("<Q", data[:8])[0]
    header = data[8:8 + length]
    fields = json.loads(header)
    metadata = fields.get("__metadata__", {})
    if metadata and draws.random() < 0.5:
        key = draws.choice(sorted(metadata))
        metadata[key] = json_text(metadata[key].encode(), draws).decode("utf-8", "replace")
        header = json.dumps(fields).encode()
    else:
        header = json_text(header, draws)
    return struct.pack("<Q", len(header)) + header + data[8 + length:]


def gzipped(data, draws):
    """A third in the content, a third in the deflated stream; checksum and length then agree."""
    kind = draws.randrange(3)
    if kind == 0:
        return gzip.compress(raw(gzip.decompress(data), draws), mtime=0)
    if kind == 1:
        stream = raw(data[10:-8], draws)
        content = inflated(stream, -15)
        return data[:10] + stream + struct.pack("<II", zlib.crc32(content), len(content))
    return raw(data, draws)


def png(data, draws):
    """Most of it in one chunk, half of a chunk of pixels in what is deflated there; checksums then agree."""
    if draws.random() < 0.2:
        return raw(data, draws)
    chunks, at = [], 8
    while at + 12 <= len(data):
        length = struct.unpack(">I", data[at:at + 4])[0]
        chunks.append([data[at + 4:at + 8], data[at + 8:at + 8 + length]])
        at += 12 + length
    chunk = draws.choice(chunks)
    kind = draws.randrange(8)
    if kind == 0:
        chunks.insert(draws.randrange(len(chunks)), chunk)
    elif kind == 1:
        chunks.remove(chunk)
    elif chunk[0] == b"IDAT" and draws.random() < 0.5:
        chunk[1] = zlib.compress(raw(inflated(chunk[1], 15), draws))
    else:
        chunk[1] = raw(chunk[1], draws)
    return data[:8] + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks)


def inflated(data, window_bits):
    try:
        return zlib.decompressobj(window_bits).decompress(data, 1 << 18)
    except zlib.error:
        return b""


def sqlite(data, draws):
    """Half of it in the values of rows, whatever the tables' own rules say."""
    if draws.random() < 0.5:
        return raw(data, draws)
    database = sqlite3.connect(":memory:")
    database.deserialize(data)
    database.execute("PRAGMA ignore_check_constraints = ON")
    tables = {table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
              for table in ("setting", "participant", "answer")}
    for _ in range(draws.randint(1, 3)):
        table = draws.choice(sorted(tables))
        value = draws.choice([value for value in VALUES if not isinstance(value, (dict, list))])
        count = database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
        place = draws.randrange(count + 1)
        try:
            if draws.random() < 0.2:
                database.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} LIMIT 1 OFFSET {place})")
            else:
                database.execute(f"UPDATE {table} SET {draws.choice(tables[table])} = ? WHERE rowid IN "
                                 f"(SELECT rowid FROM {table} LIMIT 1 OFFSET {place})", (value,))
        except (sqlite3.Error, OverflowError):
            pass  # a rule that cannot be put off, or a number beyond 64 bits
    database.commit()
    return database.serialize()
