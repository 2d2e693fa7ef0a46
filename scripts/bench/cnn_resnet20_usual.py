"""ResNet-20 on CIFAR-10 in PyTorch the usual way: torchvision's Dataset and transforms, a DataLoader with workers,
NCHW.

The network, batch, optimizer and augmentation of configs/cnn/resnet20.json; the schedule is left out. Timed:
training, from the start of the DataLoader's workers (--workers) to the last step (--batches: a part of an epoch),
with the transforms, which happen in the workers meanwhile; reading and evaluation are left out. Prints one JSON line.
"""

import itertools
import time

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

import cnn_networks
import peer
import sets


class Cifar10(datasets.CIFAR10):
    """torchvision's, apart from the files: it wants pickles and their checksums, and here are the binary ones."""

    def __init__(self, folder, transform):  # pylint: disable=super-init-not-called
        images, labels = sets.cifar10_train(folder)
        self.data, self.targets = images.transpose(0, 2, 3, 1).copy(), labels.astype(int).tolist()
        self.transform, self.target_transform = transform, None


def main():
    ask, blas = peer.begin()
    transform = transforms.Compose([
        transforms.RandomCrop(32, padding=4), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))])
    train_data = Cifar10(ask.data, transform)
    loader = DataLoader(train_data, batch_size=128, shuffle=True, num_workers=ask.workers)
    model = cnn_networks.ResNet20()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    criterion = nn.CrossEntropyLoss()

    samples, start = 0, time.perf_counter()
    for _ in range(ask.epochs):
        running_loss = 0.0
        for images, labels in itertools.islice(loader, ask.batches):
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
            running_loss += loss.item()
            samples += len(labels)
    peer.report(samples, time.perf_counter() - start, blas)


if __name__ == "__main__":
    main()
