"""Steps of SimCLR, BYOL, SwAV and DINO in Python PyTorch: the peers of benchmarks/PlainSimCLR.cs, PlainBYOL.cs, PlainSwAV.cs and PlainDINO.cs, on the same shapes.

    OMP_NUM_THREADS=1 /usr/bin/python3 benchmarks/peers/steps.py simclr|byol|swav|dino [--bf16] [--steps 3] [--json]

Two views of 32 x 32: 64 images and ResNet-18 with the stem for small images, or 16 images and a ViT-S over patches of 4 pixels. Debian: apt-get install python3-torch python3-torchvision.
"""
import argparse
import copy
import os

import torch
from torch import nn
from torch.nn.functional import cross_entropy, normalize

import timing
from attention import Block, WIDTH

SIDE = 32


def mlp(inputs, hidden, outputs):
    return nn.Sequential(nn.Linear(inputs, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, outputs))


def resnet(head):
    import torchvision
    net = torchvision.models.resnet18()
    net.conv1, net.maxpool, net.fc = nn.Conv2d(3, 64, 3, padding=1, bias=False), nn.Identity(), head
    return net


def target_of(net):
    target = copy.deepcopy(net)
    for parameter in target.parameters():
        parameter.requires_grad = False
    return target


@torch.no_grad()
def follow(online, target, momentum):
    for source, to in zip(online.parameters(), target.parameters()):
        to.mul_(momentum).add_(source, alpha=1 - momentum)


class SimCLR:
    def __init__(self):
        self.net = resnet(mlp(512, 512, 128))
        self.optimizer = torch.optim.SGD(self.net.parameters(), 0.03, momentum=0.9, weight_decay=1e-4)

    def forward(self, first, second):
        return self.net(torch.cat([first, second]))

    def loss(self, z):
        z = normalize(z.float(), dim=1)
        logits = (z @ z.t() / 0.5).masked_fill(torch.eye(len(z), dtype=torch.bool), float("-inf"))
        n = len(z) // 2
        return cross_entropy(logits, torch.cat([torch.arange(n) + n, torch.arange(n)]))

    def after(self):
        pass


class BYOL:
    def __init__(self):
        self.online, self.predictor = resnet(mlp(512, 1024, 256)), mlp(256, 1024, 256)
        self.target = target_of(self.online)
        self.optimizer = torch.optim.SGD([*self.online.parameters(), *self.predictor.parameters()], 0.03, momentum=0.9, weight_decay=1e-4)

    def forward(self, first, second):
        pa, pb = self.predictor(self.online(first)), self.predictor(self.online(second))
        with torch.no_grad():
            return pa, pb, self.target(first), self.target(second)

    def loss(self, outputs):
        pa, pb, ta, tb = (normalize(x.float(), dim=1) for x in outputs)
        return (2 - 2 * (pa * tb).sum(1)).mean() + (2 - 2 * (pb * ta).sum(1)).mean()

    def after(self):
        follow(self.online, self.target, 0.996)


class SwAV:
    def __init__(self):
        self.net, self.prototypes = resnet(mlp(512, 2048, 128)), nn.Parameter(torch.randn(3000, 128))
        self.optimizer = torch.optim.SGD([*self.net.parameters(), self.prototypes], 0.03, momentum=0.9, weight_decay=1e-4)

    def forward(self, first, second):
        return self.net(torch.cat([first, second]))

    def loss(self, z):
        with torch.no_grad():
            self.prototypes.copy_(normalize(self.prototypes, dim=1))
        first, second = (normalize(z.float(), dim=1) @ self.prototypes.t()).chunk(2)
        return (self.cross_entropy(first, self.assign(second)) + self.cross_entropy(second, self.assign(first))) / 2

    @staticmethod
    def cross_entropy(scores, targets):
        return -(targets * (scores / 0.1).log_softmax(1)).sum(1).mean()

    @staticmethod
    @torch.no_grad()
    def assign(scores):
        q = (scores / 0.05).exp()
        for _ in range(3):
            q /= q.sum(0, keepdim=True)
            q /= q.sum(1, keepdim=True)
        return q

    def after(self):
        pass


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Conv2d(3, WIDTH, 4, stride=4)
        self.token, self.positions = nn.Parameter(torch.zeros(1, 1, WIDTH)), nn.Parameter(torch.randn(1, 65, WIDTH) * 0.02)
        self.blocks, self.norm = nn.Sequential(*(Block() for _ in range(12))), nn.LayerNorm(WIDTH, eps=1e-6)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 2048), nn.GELU(), nn.Linear(2048, 2048), nn.GELU(), nn.Linear(2048, 256))
        self.last = nn.Parameter(torch.randn(4096, 256) * 0.02)

    def forward(self, x):
        x = torch.cat([self.token.expand(len(x), 1, WIDTH), self.patches(x).flatten(2).transpose(1, 2)], 1) + self.positions
        return normalize(self.mlp(self.norm(self.blocks(x))[:, 0]), dim=1) @ normalize(self.last, dim=1).t()


class DINO:
    def __init__(self):
        self.student = Network()
        self.teacher = target_of(self.student)
        self.optimizer = torch.optim.AdamW(self.student.parameters(), 5e-4, weight_decay=0.04)
        self.centre = torch.zeros(1, 4096)

    def forward(self, first, second):
        views = torch.cat([first, second])
        with torch.no_grad():
            teacher = self.teacher(views).float()
        return self.student(views), teacher

    def loss(self, outputs):
        student, teacher = outputs
        targets = ((teacher - self.centre) / 0.04).softmax(-1).chunk(2)
        self.mean = teacher.mean(0, keepdim=True)
        student = (student.float() / 0.1).log_softmax(-1).chunk(2)
        return (-(targets[0] * student[1]).sum(1).mean() - (targets[1] * student[0]).sum(1).mean()) / 2

    def after(self):
        follow(self.student, self.teacher, 0.996)
        self.centre.mul_(0.9).add_(self.mean, alpha=0.1)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("what", choices=["simclr", "byol", "swav", "dino"])
    arguments.add_argument("--bf16", action="store_true")
    arguments.add_argument("--steps", type=int, default=3)
    arguments.add_argument("--warmup", type=int, default=2)
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    threads = int(os.environ.get("OMP_NUM_THREADS", "1"))
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    method = {"simclr": SimCLR, "byol": BYOL, "swav": SwAV, "dino": DINO}[options.what]()
    views = [torch.rand(16 if options.what == "dino" else 64, 3, SIDE, SIDE) for _ in range(2)]

    def step():
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=options.bf16):
            outputs = method.forward(*views)
        loss = method.loss(outputs)
        method.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        method.optimizer.step()
        method.after()
        loss.item()

    timing.report(step, options, threads)


if __name__ == "__main__":
    main()
