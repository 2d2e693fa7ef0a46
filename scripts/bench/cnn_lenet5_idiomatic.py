"""LeNet-5 on MNIST in PyTorch the way tutorials teach it: torchvision's Dataset, transforms, a DataLoader,
loss.item().

The network, batch, optimizer and peak learning rate of configs/cnn/lenet5.json; the schedule is left out. Timed:
training alone, from the first step to the last, with the transforms, which happen while it trains; unpacking the
files and evaluation are left out. The DataLoader has no worker processes or two, whichever is faster
(scripts/bench.sh tries both). Prints one JSON line.
"""

import tempfile

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

import cnn_networks
import peer
import sets


def main():
    ask, blas = peer.begin()
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    with tempfile.TemporaryDirectory() as root:
        sets.lay_out_mnist(ask.data, root)
        train_data = datasets.MNIST(root, train=True, download=False, transform=transform)
    loader = DataLoader(train_data, batch_size=64, shuffle=True, num_workers=ask.workers)
    model = cnn_networks.lenet5()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    criterion = nn.CrossEntropyLoss()
    seconds = peer.learn_from_loader(model, loader, optimizer, criterion, ask.epochs)
    peer.report(ask.epochs * len(train_data), seconds, blas)


if __name__ == "__main__":
    main()
