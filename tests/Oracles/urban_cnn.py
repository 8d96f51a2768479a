"""The urban-sounds network in PyTorch.

usage: urban_cnn.py make FOLDER     writes weights.pth, x.npy, y.npy (evaluation mode), loss and gradients (training mode, no dropout)
       urban_cnn.py forward WEIGHTS X Y    runs weights that Kymo wrote and writes the logits
"""
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Encoder(nn.Module):
    def __init__(self, inputs, outputs, time_pool):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.bn = nn.BatchNorm2d(outputs)
        self.pool = nn.MaxPool2d((2, time_pool))

    def forward(self, x):
        return self.pool(F.relu(self.bn(self.conv(x))))


class UrbanCnn(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.encoder1 = Encoder(1, 32, 2)
        self.encoder2 = Encoder(32, 64, 2)
        self.encoder3 = Encoder(64, 128, 4)
        self.conv1d = nn.Conv1d(128, 64, 3, padding=1)
        self.fc1 = nn.Linear(1024, 128)
        self.fc2 = nn.Linear(128, classes)

    def forward(self, x):
        x = self.encoder3(self.encoder2(self.encoder1(x.unsqueeze(1)))).mean(-1)
        x = F.relu(self.conv1d(x)).flatten(1)
        return self.fc2(F.relu(self.fc1(x)))


def make(folder):
    torch.manual_seed(3)
    model = UrbanCnn()
    with torch.no_grad():
        for name, buffer in model.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_()
            elif name.endswith("running_var"):
                buffer.uniform_(0.5, 2)
    x = torch.randn(3, 128, 173)
    torch.save(model.state_dict(), f"{folder}/weights.pth")
    np.save(f"{folder}/x.npy", x.numpy())
    model.eval()
    np.save(f"{folder}/y.npy", model(x).detach().numpy())
    model.train()
    loss = F.cross_entropy(model(x), torch.tensor([1, 0, 7]))
    loss.backward()
    np.save(f"{folder}/loss.npy", loss.detach().numpy().reshape(1))
    for name, parameter in model.named_parameters():
        np.save(f"{folder}/grad.{name}.npy", parameter.grad.numpy())


def forward(weights, x, y):
    state = torch.load(weights)
    model = UrbanCnn(len(state["fc2.bias"]))
    model.load_state_dict(state)
    model.eval()
    np.save(y, model(torch.from_numpy(np.load(x))).detach().numpy())


{"make": make, "forward": forward}[sys.argv[1]](*sys.argv[2:])
