"""LeNet-5 on MNIST in PyTorch as a user writes it who minds speed: the whole set in one normalised tensor, batches by
index, no .item() in the loop, the faster of channels_last and NCHW (scripts/bench.sh tries both).

The network, batch, optimizer and peak learning rate of configs/cnn/lenet5.json; the schedule is left out, which
favours this script a little. Timed: training alone, from the first step to the last; reading and evaluation are left
out, as in the samples_per_second of cnn train. Prints one JSON line.
"""

import torch
from torch import nn

import cnn_networks
import peer
import sets


def main():
    ask, blas = peer.begin()
    images, labels = sets.mnist_train(ask.data)
    images = torch.tensor(images).unsqueeze(1).float().div_(255).sub_(0.1307).div_(0.3081)
    images = images.contiguous(memory_format=peer.memory_format(ask))
    labels = torch.tensor(labels).long()
    model = cnn_networks.lenet5().to(memory_format=peer.memory_format(ask))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
    criterion = nn.CrossEntropyLoss()
    seconds = peer.learn_from_tensor(model, images, labels, 64, optimizer, criterion, ask.epochs)
    peer.report(ask.epochs * len(images), seconds, blas)


if __name__ == "__main__":
    main()
