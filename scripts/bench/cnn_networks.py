"""The networks of cnn in PyTorch: the same layers as layers_of() in apps/cnn/layers.cpp, each as its users write it."""

import torch
import torch.nn.functional as F
from torch import nn


def lenet5():
    """LeCun et al. 1998 with ReLU and maxima: [N, 1, 28, 28] -> [N, 10]."""
    return nn.Sequential(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                         nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                         nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


def mnist_99():
    """configs/cnn/mnist_99.json: [N, 1, 28, 28] -> [N, 10], with its initial weights (He et al. 2015)."""
    net = nn.Sequential(nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
                        nn.Conv2d(8, 24, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
                        nn.Linear(600, 120), nn.ReLU(), nn.Linear(120, 10))
    for layer in net:
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return net


class Block(nn.Module):
    """The basic block of He et al. 2015 with the shortcut of option A: no parameters, zeros for the new channels."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.stride, self.more = stride, outputs - inputs

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)), inplace=True)
        y = self.bn2(self.conv2(y))
        if self.more > 0:
            x = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))
        return F.relu(y + x, inplace=True)


class ResNet20(nn.Module):
    """He et al. 2015, section 4.2, n = 3: [N, 3, 32, 32] -> [N, 10]."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        widths = (16, 16, 16, 16, 32, 32, 32, 64, 64, 64)
        self.blocks = nn.Sequential(*[Block(before, width, 1 if width == before else 2)
                                      for before, width in zip(widths, widths[1:])])
        self.fc = nn.Linear(64, 10)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)), inplace=True)
        return self.fc(self.blocks(x).mean((2, 3)))


def begins_as_identity(conv):
    """He's noise, but the first outputs are copies of the inputs."""
    nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
    nn.init.dirac_(conv.weight.data[:min(conv.in_channels, conv.out_channels)])
    return conv


class Fast(nn.Module):
    """After Jordan 2024: whitened 2x2 patches, then stages of conv pool norm relu conv norm relu."""

    def __init__(self, images, widths, classes=10):
        """images [n, C, H, W]: what the fixed filters are computed from."""
        super().__init__()
        before = images.shape[1]
        self.whiten = nn.Conv2d(before, 2 * before * 4, 2, bias=False)
        self.whiten.weight.requires_grad_(False)
        self.whiten.weight.copy_(whitening_filters(images))
        before, stages = 2 * before * 4, []
        for width in widths:
            stages += [begins_as_identity(nn.Conv2d(before, width, 3, padding=1, bias=False)), nn.MaxPool2d(2),
                       nn.BatchNorm2d(width), nn.ReLU(inplace=True),
                       begins_as_identity(nn.Conv2d(width, width, 3, padding=1, bias=False)),
                       nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            before = width
        self.stages = nn.Sequential(*stages)
        self.fc = nn.Linear(before, classes, bias=False)

    def forward(self, x):
        x = F.relu(self.whiten(x), inplace=True)
        return 0.111 * self.fc(self.stages(x).amax((2, 3)))


@torch.no_grad()
def whitening_filters(images):
    """Eigenvectors of the covariance of 2x2 patches over the roots of their eigenvalues, and their negatives."""
    patches = F.unfold(images, 2).transpose(1, 2).flatten(0, 1).double()
    values, vectors = torch.linalg.eigh(patches.t() @ patches / len(patches))
    filters = (vectors / (values + 5e-4).sqrt()).t().flip(0).float()
    return torch.cat([filters, -filters]).view(-1, images.shape[1], 2, 2)


def with_decay(model, weight_decay):
    """Parameter groups: kernels and matrices decay, biases and norms do not."""
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    return [{"params": [parameter for parameter in parameters if parameter.dim() > 1], "weight_decay": weight_decay},
            {"params": [parameter for parameter in parameters if parameter.dim() <= 1], "weight_decay": 0}]
