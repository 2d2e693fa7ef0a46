"""ResNet-20 on CIFAR-10 in PyTorch as a user writes it who minds speed.

The whole set is one padded uint8 tensor in the order N, H, W, C; a batch is one index operation that shuffles, crops
and flips at once, and comes out channels_last; the model is channels_last (or both NCHW, if that is faster:
scripts/bench.sh tries both). The network, batch, optimizer and augmentation of configs/cnn/resnet20.json; the
schedule is left out. Timed: training with augmentation, from the first step to the last (--batches: a part of an
epoch); reading and evaluation are left out, as in the samples_per_second of cnn train. Prints one JSON line.
"""

import time

import torch
import torch.nn.functional as F
from torch import nn

import cnn_networks
import peer
import sets

PADDING, SIDE = 4, 32


def augmented(images, batch):
    """Crops at random places of images [N, 40, 40, 3] and flips every other one; float32 [B, 3, 32, 32]."""
    top, left = torch.randint(2 * PADDING + 1, (2, len(batch), 1))
    steps = torch.arange(SIDE)
    rows = top + steps
    columns = left + torch.where(torch.rand(len(batch), 1) < 0.5, SIDE - 1 - steps, steps)
    return images[batch[:, None, None], rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2).float()


def main():
    ask, blas = peer.begin()
    images, labels = sets.cifar10_train(ask.data)
    images, labels = torch.tensor(images), torch.tensor(labels).long()
    images = F.pad(images, (PADDING,) * 4).permute(0, 2, 3, 1).contiguous()
    mean = torch.tensor([0.4914, 0.4822, 0.4465]).mul_(255).view(3, 1, 1)
    scale = torch.tensor([0.2470, 0.2435, 0.2616]).mul_(255).reciprocal_().view(3, 1, 1)
    model = cnn_networks.ResNet20().to(memory_format=peer.memory_format(ask))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    criterion = nn.CrossEntropyLoss()

    samples, start = 0, time.perf_counter()
    for _ in range(ask.epochs):
        for batch in torch.randperm(len(images)).split(128)[:ask.batches]:
            inputs = augmented(images, batch).sub_(mean).mul_(scale).contiguous(memory_format=peer.memory_format(ask))
            loss = criterion(model(inputs), labels[batch])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            samples += len(batch)
    peer.report(samples, time.perf_counter() - start, blas)


if __name__ == "__main__":
    main()
