"""Writes png.json, jpeg.json, turned.json and odd.json: small image files with the samples that a reader must give for them.

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

from PIL import Image, ImageOps

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


def exif(orientation, order):
    """The first directory with one entry, in the byte order "<" or ">"."""
    mark = {"<": b"II", ">": b"MM"}[order]
    tiff = mark + struct.pack(order + "HI", 42, 8) + struct.pack(order + "HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    return b"Exif\0\0" + tiff


def turned():
    """As Pillow turns them, whose ImageOps.exif_transpose is what viewers do."""
    width, height = 13, 9
    colour = Image.new("RGB", (width, height))
    colour.putdata([(15 * x, 25 * y, 100) for y in range(height) for x in range(width)])
    for orientation in range(1, 9):
        for order in "<>":
            buffer = io.BytesIO()
            colour.save(buffer, "JPEG", quality=95, subsampling=0, exif=exif(orientation, order))
            decoded = ImageOps.exif_transpose(Image.open(io.BytesIO(buffer.getvalue())))
            yield entry(f"{orientation}{order}", buffer.getvalue(), 3, decoded.tobytes(), *decoded.size)
            # The same note as a chunk of a PNG, which stands before the pixels or behind them.
            buffer = io.BytesIO()
            colour.save(buffer, "PNG")
            plain = buffer.getvalue()
            note = chunk(b"eXIf", exif(orientation, order)[6:])
            place = plain.index(b"IDAT") - 4 if order == "<" else plain.index(b"IEND") - 4
            data = plain[:place] + note + plain[place:]
            opened = Image.open(io.BytesIO(data))
            opened.load()
            decoded = ImageOps.exif_transpose(opened)
            yield entry(f"{orientation}{order} png", data, 3, decoded.tobytes(), *decoded.size)


def grey_jpeg():
    image = Image.new("L", (16, 8))
    image.putdata([15 * x for _ in range(8) for x in range(16)])
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95)
    data = buffer.getvalue()
    assert data[2:4] == b"\xff\xe0" and data[6:13] == b"JFIF\0\1\1"
    return data, Image.open(io.BytesIO(data)).tobytes()


def odd_jpegs():
    """Oddities that touch no pixel, and damage: `remark` or `problem` says which."""
    data, samples = grey_jpeg()
    frame = data.index(b"\xff\xc0")
    scan = data.index(b"\xff\xda")
    adobe = b"\xff\xee" + struct.pack(">H", 14) + b"Adobe" + struct.pack(">HHHB", 100, 0, 0, 2)
    colour = Image.new("RGB", (8, 8), (200, 100, 50))
    buffer = io.BytesIO()
    colour.save(buffer, "JPEG", quality=95, subsampling=0)
    coloured = buffer.getvalue()
    for name, file, channels, expected, words in [
        ("jfif 3.01", data[:11] + b"\3" + data[12:], 1, samples, "JFIF"),
        ("bytes between segments", data[:20] + bytes(4) + data[20:], 1, samples, "extraneous bytes"),
        ("bytes before the frame", data[:frame] + bytes(3) + data[frame:], 1, samples, "extraneous bytes"),
        ("no end", data[:-2], 1, samples, "end"),
        ("adobe transform 2", coloured[:2] + adobe + coloured[20:], 3,
         Image.open(io.BytesIO(coloured)).tobytes(), "Adobe"),
    ]:
        size = (16, 8) if channels == 1 else (8, 8)
        yield entry(f"jpeg: {name}", file, channels, expected, *size) | {"remark": words}
    for name, file, words in [
        ("bytes behind the scan", data[:-2] + b"\x12\x34\x56" + data[-2:], "damaged"),
        ("half a scan", data[: scan + 20] + b"\xff\xd9", "damaged"),
        ("12 bits", data[: frame + 4] + b"\x0c" + data[frame + 5 :], "kind of JPEG that cannot be read"),
        ("lossless", data[: frame + 1] + b"\xc3" + data[frame + 2 :], "kind of JPEG that cannot be read"),
    ]:
        yield {"name": f"jpeg: {name}", "file": base64.b64encode(file).decode(), "problem": words}


def odd_pngs():
    draw = random.Random(2)
    width, height = 8, 4
    header = lambda colour, depth=8: b"\x89PNG\r\n\x1a\n" + chunk(
        b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    palette = [[draw.randint(0, 255) for _ in range(3)] for _ in range(4)]
    indices = [draw.randrange(4) for _ in range(width * height)]
    rows = b"".join(b"\0" + bytes(indices[y * width : (y + 1) * width]) for y in range(height))
    pixels, end = chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    colours, transparency = chunk(b"PLTE", bytes(sum(palette, []))), chunk(b"tRNS", bytes([0, 128]))
    too_long = chunk(b"tRNS", bytes(range(9)))
    for name, parts in [
        ("before the palette", [transparency, colours, pixels]),
        ("behind the pixels", [colours, pixels, transparency]),
        ("twice", [colours, transparency, transparency, pixels]),
        ("longer than the palette", [colours, too_long, pixels]),
    ]:
        yield {
            "name": f"png: transparency {name}", "problem": "tRNS",
            "file": base64.b64encode(header(3) + b"".join(parts) + end).decode(),
        }
    grey = [draw.randint(0, 255) for _ in range(width * height)]
    rows = b"".join(b"\0" + bytes(grey[y * width : (y + 1) * width]) for y in range(height))
    for name, parts, words in [
        ("more data than pixels", [chunk(b"IDAT", zlib.compress(rows + bytes(50)))], "data"),
        ("a damaged profile", [chunk(b"gAMA", b"\0\0"), chunk(b"IDAT", zlib.compress(rows))], "gAMA"),
        ("a palette beside grey", [chunk(b"PLTE", bytes(12)), chunk(b"IDAT", zlib.compress(rows))], "PLTE"),
    ]:
        yield entry(f"png: {name}", header(0) + b"".join(parts) + end, 1, grey, width, height) | {"remark": words}


for name, entries in [
    ("png.json", pngs()), ("jpeg.json", jpegs()), ("turned.json", turned()),
    ("odd.json", [*odd_jpegs(), *odd_pngs()]),
]:
    lines = ",\n".join(json.dumps(one) for one in entries)
    (here / name).write_text(f"[\n{lines}\n]\n")
