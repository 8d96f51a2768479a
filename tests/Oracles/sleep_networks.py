"""The sleep-stages networks in PyTorch.

usage: sleep_networks.py NAME FEATURES FOLDER   writes weights.pth, x.npy, y.npy (evaluation mode), loss and gradients (no dropout)
NAME is rnn, gru, lstm, transformer, gru-deep (two layers, both directions, a strided convolution before them), night or night-conv.
"""
import math
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Recurrent(nn.Module):
    def __init__(self, name, features, deep=False):
        super().__init__()
        self.name, self.deep = name, deep
        kind = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[name]
        if deep:
            self.conv = nn.Conv1d(features, 64, 5, stride=2, padding=2)
        self.add_module(name, kind(64 if deep else features, 64, 2 if deep else 1, batch_first=True, bidirectional=deep))
        self.fc = nn.Linear(128 if deep else 64, 5)

    def forward(self, x):
        if self.deep:
            x = F.relu(self.conv(x.transpose(1, 2))).transpose(1, 2)
        _, state = getattr(self, self.name)(x)
        hidden = state[0] if self.name == "lstm" else state
        return self.fc(torch.cat([hidden[-2], hidden[-1]], 1) if self.deep else hidden[-1])


class Transformer(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.input_proj = nn.Linear(features, 64)
        self.transformer = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 2, batch_first=True, dropout=0.0), 2)
        self.fc = nn.Linear(64, 5)

    def forward(self, x):
        steps = torch.arange(x.shape[1], dtype=torch.float64)[:, None]
        rates = torch.exp(-math.log(10000) * torch.arange(0, 64, 2, dtype=torch.float64) / 64)
        code = torch.stack([torch.sin(steps * rates), torch.cos(steps * rates)], 2).reshape(x.shape[1], 64)
        return self.fc(self.transformer(self.input_proj(x) + code.to(x.dtype))[:, -1])


class Night(nn.Module):
    def __init__(self, features, convolutions):
        super().__init__()
        self.convolutions = convolutions
        for i in range(convolutions):
            self.add_module(f"conv{i}", nn.Conv1d(features if i == 0 else 32, 32, 9, padding=4))
        self.recurrent = nn.GRU(32 if convolutions else features, 32, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(64, 5)

    def forward(self, x):
        for i in range(self.convolutions):
            x = F.relu(getattr(self, f"conv{i}")(x.transpose(1, 2))).transpose(1, 2)
        return self.fc(self.recurrent(x)[0])


def network(name, features):
    if name == "transformer":
        return Transformer(features)
    if name.startswith("night"):
        return Night(features, 2 if name == "night-conv" else 0)
    return Recurrent("gru", features, deep=True) if name == "gru-deep" else Recurrent(name, features)


name, features, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.manual_seed(11)
model = network(name, features)
x = torch.randn(3, 30, features)
torch.save(model.state_dict(), f"{folder}/weights.pth")
np.save(f"{folder}/x.npy", x.numpy())
model.eval()
np.save(f"{folder}/y.npy", model(x).detach().numpy())
model.train()
logits = model(x)
targets = torch.arange(logits[..., 0].numel()) % 5
loss = F.cross_entropy(logits.reshape(-1, 5), targets)
loss.backward()
np.save(f"{folder}/loss.npy", loss.detach().numpy().reshape(1))
for key, parameter in model.named_parameters():
    np.save(f"{folder}/grad.{key}.npy", parameter.grad.numpy())
