"""MNIST in PyTorch as a user writes it who minds speed: the whole set in one normalised tensor, batches by index.

The same network, optimizer and batch as configs/mlp/bench.json. Prints one JSON line; only training is timed, all epochs
from the first step to the last, no evaluation, reading the files left out.
"""

import gzip
import os
import time

import numpy
import torch
from torch import nn

import peer


def read_idx(folder, name, header):
    path = os.path.join(folder, name)
    with (open(path, "rb") if os.path.exists(path) else gzip.open(path + ".gz", "rb")) as file:
        return numpy.frombuffer(file.read(), dtype=numpy.uint8, offset=header)


def read_train(folder):
    """Images (60000, 784) float32, normalised; labels (60000) int64."""
    images = torch.tensor(read_idx(folder, "train-images-idx3-ubyte", 16)).view(-1, 28 * 28).float()
    labels = torch.tensor(read_idx(folder, "train-labels-idx1-ubyte", 8)).long()
    return images.div_(255).sub_(0.1307).div_(0.3081), labels


def main():
    ask = peer.arguments()
    torch.set_num_threads(ask.threads)
    torch.manual_seed(1)
    blas = peer.loaded_blas()
    images, labels = read_train(os.path.join(ask.data, "mnist"))
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()

    start = time.perf_counter()
    for _ in range(ask.epochs):
        for batch in torch.randperm(len(images)).split(128):
            loss = criterion(model(images[batch]), labels[batch])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
    peer.report(ask.epochs * len(images), time.perf_counter() - start, blas)


if __name__ == "__main__":
    main()
