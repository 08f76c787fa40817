"""Writes png.json and jpeg.json: small image files with the samples that a reader must give for them.

PNG files are put together here, chunk by chunk, for every colour type, depth and interlacing of the standard,
so that the expected samples come from the definition and not from libpng. Pillow (any version) reads the
opaque 8-bit ones back as a check of this script, and writes the JPEG files.

    python3 -m venv venv && venv/bin/pip install pillow && venv/bin/python make_fixtures.py
"""

import base64
import io
import json
import pathlib
import random
import struct
import zlib

from PIL import Image

here = pathlib.Path(__file__).parent
WIDTH, HEIGHT = 11, 9
PASSES = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def packed(values, depth):
    """One row of samples as bytes, most significant bits first."""
    bits = "".join(format(value, f"0{depth}b") for value in values)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def scanlines(pixels, depth, interlaced):
    areas = PASSES if interlaced else [(0, 0, 1, 1)]
    out = b""
    for x0, y0, dx, dy in areas:
        for y in range(y0, HEIGHT, dy):
            row = [sample for x in range(x0, WIDTH, dx) for sample in pixels[y][x]]
            if row:
                out += b"\0" + packed(row, depth)
    return out


def over_white(value, alpha):
    return (value * alpha + (255 - alpha) * 255 + 127) // 255


def to_8_bits(value, depth):
    return (value * 255 * 2 + (2**depth - 1)) // (2 * (2**depth - 1))


def png(name, colour, depth, interlaced, transparency, draw):
    samples_per_pixel = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    top = 2**depth - 1
    pixels = [[[draw.randint(0, top) for _ in range(samples_per_pixel)] for _ in range(WIDTH)] for _ in range(HEIGHT)]
    data = b"\x89PNG\r\n\x1a\n"
    data += chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, interlaced))
    palette = [[draw.randint(0, 255) for _ in range(3)] for _ in range(top + 1)]
    alphas = [draw.randint(0, 255) for _ in range(max(1, (top + 1) // 2))]
    hidden = pixels[2][3]
    if colour == 3:
        data += chunk(b"PLTE", bytes(sum(palette, [])))
    if transparency:
        body = bytes(alphas) if colour == 3 else b"".join(struct.pack(">H", value) for value in hidden)
        data += chunk(b"tRNS", body)
    data += chunk(b"IDAT", zlib.compress(scanlines(pixels, depth, interlaced)))
    data += chunk(b"IEND", b"")

    expected = []
    for row in pixels:
        for pixel in row:
            if colour == 3:
                shown = palette[pixel[0]]
                alpha = alphas[pixel[0]] if transparency and pixel[0] < len(alphas) else 255
            elif colour in (4, 6):
                eights = [to_8_bits(value, depth) for value in pixel]
                shown, alpha = eights[:-1], eights[-1]
            else:
                shown = [to_8_bits(value, depth) for value in pixel]
                alpha = 0 if transparency and pixel == hidden else 255
            expected += [over_white(value, alpha) for value in shown]
    channels = 1 if colour in (0, 4) else 3
    if colour in (0, 2) and depth == 8 and not transparency:
        assert Image.open(io.BytesIO(data)).tobytes() == bytes(expected), name
    return entry(name, data, channels, expected)


def entry(name, data, channels, samples, width=WIDTH, height=HEIGHT):
    return {
        "name": name,
        "file": base64.b64encode(data).decode(),
        "width": width,
        "height": height,
        "channels": channels,
        "samples": base64.b64encode(bytes(samples)).decode(),
    }


def pngs():
    draw = random.Random(1)
    depths = {0: [1, 2, 4, 8, 16], 2: [8, 16], 3: [1, 2, 4, 8], 4: [8, 16], 6: [8, 16]}
    names = {0: "grey", 2: "rgb", 3: "palette", 4: "grey-alpha", 6: "rgba"}
    for colour, allowed in depths.items():
        for depth in allowed:
            for interlaced in (0, 1):
                for transparency in (False, True) if colour in (0, 2, 3) else (False,):
                    name = f"{names[colour]}-{depth}" + "-interlaced" * interlaced + "-trns" * transparency
                    yield png(name, colour, depth, interlaced, transparency, draw)


def jpegs():
    width, height = 40, 24
    colour = Image.new("RGB", (width, height))
    colour.putdata([(6 * x, 10 * y, 255 - 6 * x) for y in range(height) for x in range(width)])
    grey = colour.convert("L")
    for name, image, options in [
        ("grey", grey, {}),
        ("rgb-444", colour, {"subsampling": 0}),
        ("rgb-420", colour, {"subsampling": 2}),
        ("rgb-progressive", colour, {"progressive": True, "subsampling": 0}),
        ("cmyk", colour.convert("CMYK"), {}),
    ]:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=95, **options)
        decoded = Image.open(io.BytesIO(buffer.getvalue()))
        channels = len(decoded.getbands())
        yield entry(name, buffer.getvalue(), channels, decoded.tobytes(), width, height)


for name, entries in [("png.json", pngs()), ("jpeg.json", jpegs())]:
    lines = ",\n".join(json.dumps(one) for one in entries)
    (here / name).write_text(f"[\n{lines}\n]\n")
