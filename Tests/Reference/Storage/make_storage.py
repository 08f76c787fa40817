"""Writes the reference files beside it. Made with Python 3.11, numpy 2.4.6, safetensors 0.8.0, torch 2.13.0."""

import gzip
import pathlib

import numpy
import safetensors.numpy
import safetensors.torch
import torch

folder = pathlib.Path(__file__).parent


def save(name, array, version=(1, 0)):
    with open(folder / name, "wb") as file:
        numpy.lib.format.write_array(file, array, version=version)


counted = numpy.arange(6).reshape(2, 3)
save("float32.npy", (counted / 4 - 0.5).astype("<f4"))
save("float32-version2.npy", (counted / 4 - 0.5).astype("<f4"), version=(2, 0))
save("scalar.npy", numpy.array(2.5, dtype="<f4"))
save("uint8.npy", (counted * 50).astype("u1"))
save("bool.npy", counted % 2 == 1)
save("int64.npy", numpy.array([-(2**40), 0, 7], dtype="<i8"))
save("int32.npy", numpy.array([-5, 0, 7], dtype="<i4"))
save("int8.npy", numpy.array([-5, 0, 7], dtype="i1"))
save("uint16.npy", numpy.array([5, 0, 65535], dtype="<u2"))
save("empty.npy", numpy.zeros((0, 3), dtype="<f4"))
save("float64.npy", counted / 4)
save("big-endian.npy", counted.astype(">i4"))
save("fortran.npy", numpy.asfortranarray(counted.astype("<f4")))

# Names in alphabetical order, one element type: the order that the reference implementation chooses.
safetensors.numpy.save_file(
    {
        "conv.bias": numpy.array([0.5, -1.25], dtype="f4"),
        "conv.weight": (numpy.arange(12).reshape(2, 1, 3, 2) / 8).astype("f4"),
        "scale": numpy.array(3.0, dtype="f4"),
    },
    folder / "float32.safetensors",
    metadata={"note": 'café "quoted" \\ tab\t'},
)
values = torch.tensor([[1.0, -2.5, 0.15625], [65504.0, 6.103515625e-05, 0.0]], dtype=torch.float64)
safetensors.torch.save_file(
    {
        "double": values,
        "single": values.to(torch.float32),
        "half": values.to(torch.float16),
        "brain": values.to(torch.bfloat16),
        "num_batches_tracked": torch.tensor(12, dtype=torch.int64),
    },
    folder / "mixed.safetensors",
)

text = b"".join(b"line %d\n" % number for number in range(200))
(folder / "lines.gz").write_bytes(gzip.compress(text, mtime=0))
(folder / "two-members.gz").write_bytes(gzip.compress(text[:100], mtime=0) + gzip.compress(text[100:], mtime=0))
