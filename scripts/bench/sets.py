"""Data sets as the files have them, for the peers and the drivers: no PyTorch here."""

import gzip
import os
import shutil
import tarfile

import numpy

MNIST_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")


def read_idx(folder, name, header):
    path = os.path.join(folder, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")) as file:
        return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=header)


def mnist_train(folder):
    """Images uint8 [60000, 28, 28] and labels uint8 [60000] from folder/mnist."""
    folder = os.path.join(folder, "mnist")
    return read_idx(folder, MNIST_FILES[0], 16).reshape(-1, 28, 28), read_idx(folder, MNIST_FILES[1], 8)


def lay_out_mnist(folder, root):
    """torchvision wants root/MNIST/raw with unpacked files and asks for all four of them."""
    raw = os.path.join(root, "MNIST", "raw")
    os.makedirs(raw)
    for name in MNIST_FILES:
        plain = os.path.join(folder, "mnist", name)
        if os.path.exists(plain):
            os.symlink(os.path.abspath(plain), os.path.join(raw, name))
            continue
        with gzip.open(plain + ".gz", "rb") as packed, open(os.path.join(raw, name), "wb") as unpacked:
            shutil.copyfileobj(packed, unpacked)


def cifar10_train(folder):
    """Images uint8 [50000, 3, 32, 32] and labels uint8 [50000] from folder/cifar10/data_batch_N.bin."""
    names = [os.path.join(folder, "cifar10", f"data_batch_{number}.bin") for number in range(1, 6)]
    records = numpy.concatenate([numpy.fromfile(name, dtype=numpy.uint8) for name in names]).reshape(-1, 3073)
    return records[:, 1:].reshape(-1, 3, 32, 32), records[:, 0]


def lay_out_jpegs(archive, root):
    """root/CLASS/NNNNN.jpg from an archive of test/NNNNN_CLASS.jpg. Returns how many."""
    count = 0
    with tarfile.open(archive) as tar:
        for member in tar:
            if not member.isfile():
                continue
            number, name = os.path.basename(member.name).rsplit(".", 1)[0].split("_", 1)
            os.makedirs(os.path.join(root, name), exist_ok=True)
            with open(os.path.join(root, name, f"{number}.jpg"), "wb") as file:
                shutil.copyfileobj(tar.extractfile(member), file)
            count += 1
    return count
