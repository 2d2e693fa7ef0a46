"""PyTorch's side of cnn_test.cpp: ResNet-20 (He et al. 2015, section 4.2) and LeNet-5, written as torchvision's are.

    resnet20.py write OUT NET N    random weights and running figures, N images "x" and their "logits" in eval mode
    resnet20.py answer IN OUT NET  the "logits" of a NET with the weights of IN to IN's "x"
    resnet20.py step IN OUT NET    in training mode: the "loss" of IN's "x" and "target", the gradient "grad.NAME" of every
                                   parameter, and what the running figures "after.NAME" are then
NET: pad or conv (ResNet-20 with the shortcuts of option A or B), or lenet5.
"""
import sys

import torch
import torch.nn.functional as F
from torch import nn

from peer import read, write


class Pad(nn.Module):
    """Option A: every second place, and channels of zeros on both sides."""

    def __init__(self, more):
        super().__init__()
        self.more = more

    def forward(self, x):
        return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))


class BasicBlock(nn.Module):
    def __init__(self, inplanes, planes, stride, shortcut):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = None
        if stride != 1 or inplanes != planes:
            projection = lambda: nn.Sequential(nn.Conv2d(inplanes, planes, 1, stride, bias=False), nn.BatchNorm2d(planes))
            self.downsample = projection() if shortcut == "conv" else Pad(planes - inplanes)

    def forward(self, x):
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        out += identity
        return self.relu(out)


class ResNet20(nn.Module):
    def __init__(self, shortcut, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self.stage(16, 16, 1, shortcut)
        self.layer2 = self.stage(16, 32, 2, shortcut)
        self.layer3 = self.stage(32, 64, 2, shortcut)
        self.fc = nn.Linear(64, classes)

    @staticmethod
    def stage(inplanes, planes, stride, shortcut):
        blocks = [BasicBlock(inplanes, planes, stride, shortcut)]
        return nn.Sequential(*blocks, *(BasicBlock(planes, planes, 1, shortcut) for _ in range(2)))

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class LeNet5(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc2(F.relu(self.fc1(x.flatten(1)))))
        return self.fc3(x)


def network(kind):
    return LeNet5() if kind == "lenet5" else ResNet20(kind)


def draw_norms(net):
    """A network that has learned has norms of its own, not those that it began with."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            module.num_batches_tracked.fill_(7)


def main(task, *words):
    torch.manual_seed(3)
    if task == "write":
        path, kind, count = words
        net = network(kind).eval()
        draw_norms(net)
        x = torch.randn(int(count), *((1, 28, 28) if kind == "lenet5" else (3, 32, 32)))
        write(path, {**net.state_dict(), "x": x, "logits": net(x)})
        return
    given, path, kind = words
    weights = read(given)
    x, target = weights.pop("x"), weights.pop("target", None)
    net = network(kind).to(x.dtype).eval()
    net.load_state_dict(weights)  # strict: every name and shape is as PyTorch's
    if task == "answer":
        write(path, {"logits": net(x)})
    elif task == "step":
        net.train()
        loss = F.cross_entropy(net(x), target)
        loss.backward()
        result = {"loss": loss.reshape(1)}
        result.update({"grad." + name: parameter.grad for name, parameter in net.named_parameters()})
        result.update({"after." + name: buffer for name, buffer in net.named_buffers()})
        write(path, result)
    else:
        sys.exit(__doc__)


main(*sys.argv[1:])
