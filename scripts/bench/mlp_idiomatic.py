"""MNIST in PyTorch the way tutorials teach it: torchvision's Dataset, transforms, a DataLoader, nn.Sequential, Adam.

The same network, optimizer and batch as configs/mlp/bench.json. Prints one JSON line; only training is timed, all epochs
from the first step to the last, no evaluation, reading the files left out.
"""

import tempfile

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

import peer
import sets


def main():
    ask, blas = peer.begin()
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    with tempfile.TemporaryDirectory() as root:
        sets.lay_out_mnist(ask.data, root)
        train_data = datasets.MNIST(root, train=True, download=False, transform=transform)
    loader = DataLoader(train_data, batch_size=128, shuffle=True, num_workers=ask.workers)
    model = nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    seconds = peer.learn_from_loader(model, loader, optimizer, criterion, ask.epochs)
    peer.report(ask.epochs * len(train_data), seconds, blas)


if __name__ == "__main__":
    main()
