"""What a PyTorch script does before its first step: imports, arguments, the urban-sounds network. Prints `ready`.

    torch_start.py [--help]
"""

import argparse

import numpy  # noqa: F401
import torch
from torch import nn

argparse.ArgumentParser(description="Trains a network on sounds.").parse_args()


def block(inputs, outputs, pool):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(pool), nn.Dropout(0.2))


network = nn.Sequential(block(1, 32, (2, 2)), block(32, 64, (2, 2)), block(64, 128, (2, 4)))
head = nn.Sequential(nn.Linear(1024, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10))
optimizer = torch.optim.AdamW([*network.parameters(), *head.parameters()], lr=1e-3)
print("ready", flush=True)
