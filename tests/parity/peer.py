"""PyTorch's side of tests/parity: reads and writes safetensors by the format's description, and runs the same network.

    peer.py write OUT ACTIVATION NORM   a random nn.Sequential: its weights by our names, inputs "x" and its "logits"
    peer.py answer IN OUT ACTIVATION    the "logits" of an nn.Sequential with the weights of IN to IN's "x"
    peer.py copy IN OUT                 IN as this parser understands it, written again
"""
import json
import struct
import sys

import numpy
import torch

DTYPES = {"F64": "f8", "F32": "f4", "F16": "f2", "I64": "i8", "I32": "i4", "I16": "i2", "I8": "i1", "U8": "u1", "BOOL": "?"}


def read(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length].decode())
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(data[begin:end], "<" + DTYPES[entry["dtype"]])
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


def write(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        array = tensor.detach().contiguous().numpy()
        dtype = next(key for key, code in DTYPES.items() if numpy.dtype(code) == array.dtype)
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)


def network(weights, activation):
    """An nn.Sequential of the layers and norms that `weights` names."""
    bend = {"relu": torch.nn.ReLU, "leaky_relu": torch.nn.LeakyReLU, "tanh": torch.nn.Tanh, "sigmoid": torch.nn.Sigmoid,
            "gelu": torch.nn.GELU}[activation]
    parts = []
    count = sum(name.startswith("layers.") and name.endswith(".weight") for name in weights)
    for i in range(count):
        named = {"layers": torch.nn.Linear(*reversed(weights[f"layers.{i}.weight"].shape))}
        if f"norms.{i}.weight" in weights:
            named["norms"] = torch.nn.BatchNorm1d(len(weights[f"norms.{i}.weight"]))
        for kind, part in named.items():
            part.load_state_dict({key: weights[f"{kind}.{i}.{key}"] for key in part.state_dict()})
            parts.append(part)
        if i + 1 < count:
            parts.append(bend())
    return torch.nn.Sequential(*parts).eval()


def random_weights(sizes, norm):
    weights = {}
    for i, (rows, columns) in enumerate(zip(sizes[1:], sizes)):
        weights[f"layers.{i}.weight"], weights[f"layers.{i}.bias"] = torch.randn(rows, columns) / 3, torch.randn(rows)
        if norm and i + 2 < len(sizes):
            weights.update({f"norms.{i}.weight": torch.rand(rows) + 0.5, f"norms.{i}.bias": torch.randn(rows),
                            f"norms.{i}.running_mean": torch.randn(rows), f"norms.{i}.running_var": torch.rand(rows) + 0.5,
                            f"norms.{i}.num_batches_tracked": torch.tensor(7)})
    return weights


def main(task, *words):
    torch.manual_seed(3)
    if task == "write":
        path, activation, norm = words
        weights, x = random_weights([6, 9, 5, 4], norm == "norm"), torch.randn(11, 6)
        write(path, {**weights, "x": x, "logits": network(weights, activation)(x)})
    elif task == "answer":
        given, path, activation = words
        weights = read(given)
        x = weights.pop("x")
        write(path, {"logits": network(weights, activation)(x)})
    elif task == "copy":
        write(words[1], read(words[0]))
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(*sys.argv[1:])
