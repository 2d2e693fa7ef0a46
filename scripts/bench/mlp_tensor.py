"""MNIST in PyTorch as a user writes it who minds speed: the whole set in one normalised tensor, batches by index.

The same network, optimizer and batch as configs/mlp/bench.json. Prints one JSON line; only training is timed, all epochs
from the first step to the last, no evaluation, reading the files left out.
"""

import torch
from torch import nn

import peer
import sets


def read_train(folder):
    """Images (60000, 784) float32, normalised; labels (60000) int64."""
    images, labels = sets.mnist_train(folder)
    return torch.tensor(images).view(-1, 28 * 28).float().div_(255).sub_(0.1307).div_(0.3081), torch.tensor(labels).long()


def main():
    ask, blas = peer.begin()
    images, labels = read_train(ask.data)
    model = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    seconds = peer.learn_from_tensor(model, images, labels, 128, optimizer, criterion, ask.epochs)
    peer.report(ask.epochs * len(images), seconds, blas)


if __name__ == "__main__":
    main()
