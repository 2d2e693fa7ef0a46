"""A folder of JPEGs in PyTorch the way torchvision's references do it: ImageFolder, transforms, a DataLoader with
workers.

The network, batch and optimizer of configs/cnn/image_folder_bench.json; the schedule is left out. Timed: all epochs,
from the start of the DataLoader's workers (--workers) to the last step, with reading, decoding and the transforms,
which happen in the workers meanwhile; listing the folder and evaluation are left out, as in the samples_per_second of
cnn train. The driver also takes the wall time of the whole process, in which an opening that decodes everything at
once is not free. Prints one JSON line.
"""

import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

import cnn_networks
import peer


def main():
    ask, blas = peer.begin()
    transform = transforms.Compose([
        transforms.ToTensor(), transforms.Normalize((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))])
    train_data = datasets.ImageFolder(ask.data, transform=transform)
    loader = DataLoader(train_data, batch_size=128, shuffle=True, num_workers=ask.workers)
    images = torch.stack([train_data[i * len(train_data) // 1000][0] for i in range(1000)])
    model = cnn_networks.Fast(images, (16, 32, 64))
    optimizer = torch.optim.SGD(cnn_networks.with_decay(model, 0.001), lr=0.3, momentum=0.85, nesterov=True)
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    seconds = peer.learn_from_loader(model, loader, optimizer, criterion, ask.epochs)
    peer.report(ask.epochs * len(train_data), seconds, blas)


if __name__ == "__main__":
    main()
