"""The nets of the music recipes in PyTorch.

usage: music_nets.py NAME FOLDER [INPUTS OUTPUTS HIDDEN [BIDIRECTIONAL POOLED]]
    writes weights.pth, x.npy, y.npy (evaluation mode), loss.npy (mean square of y) and grad.PARAMETER.npy
"""
import sys

import numpy as np
import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self, name, *numbers):
        super().__init__()
        self.name = name
        if name == "emotion-recognizer":
            self.fc1, self.fc2, self.lstm, self.fc3 = nn.Linear(128, 512), nn.Linear(512, 256), nn.LSTM(256, 128, batch_first=True), nn.Linear(128, 64)
        elif name == "melody-transformer":
            self.fc1, self.lstm, self.fc2, self.fc3 = nn.Linear(64, 256), nn.LSTM(256, 256, batch_first=True), nn.Linear(256, 256), nn.Linear(256, 128)
        elif name == "music-sequence":
            inputs, outputs, hidden, both, pooled = map(int, numbers)
            self.pooled = pooled
            self.embed, self.gru = nn.Linear(inputs, hidden), nn.GRU(hidden, hidden, batch_first=True, bidirectional=bool(both))
            self.head = nn.Linear(hidden * (1 + both) * (1 + pooled), outputs)
        elif name == "music-mlp":
            inputs, outputs, hidden = map(int, numbers)
            self.fc1, self.fc2 = nn.Linear(inputs, hidden), nn.Linear(hidden, outputs)
        else:
            sizes = {"harmony-predictor": (128, 256, 128, 64), "dynamics-engine": (32, 128, 64, 16), "groove-predictor": (64, 128, 64, 32)}[name]
            self.fc1, self.fc2, self.fc3 = (nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))

    def forward(self, x):
        if self.name == "emotion-recognizer":
            x = self.fc2(self.fc1(x).tanh()).tanh()
            return self.fc3(self.lstm(x)[0][:, -1]).tanh()
        if self.name == "melody-transformer":
            x = self.lstm(self.fc1(x).relu().unsqueeze(1))[0][:, -1]
            return self.fc3(self.fc2(x).relu()).sigmoid()
        if self.name == "harmony-predictor":
            return self.fc3(self.fc2(self.fc1(x).tanh()).tanh()).softmax(-1)
        if self.name == "dynamics-engine":
            return self.fc3(self.fc2(self.fc1(x).relu()).relu()).sigmoid()
        if self.name == "groove-predictor":
            return self.fc3(self.fc2(self.fc1(x).tanh()).tanh()).tanh()
        if self.name == "music-mlp":
            return self.fc2(self.fc1(x).relu())
        x = self.gru(self.embed(x).relu())[0]
        return self.head(torch.cat([x.mean(1), x.amax(1)], 1) if self.pooled else x)


name, folder, *numbers = sys.argv[1:]
torch.manual_seed(5)
net = Net(name, *numbers)
shape = {"emotion-recognizer": (3, 7, 128), "melody-transformer": (3, 64), "harmony-predictor": (3, 128), "dynamics-engine": (3, 32),
         "groove-predictor": (3, 64), "music-mlp": (3, int((numbers or [0])[0]))}.get(name) or (3, 9, int(numbers[0]))
x = torch.randn(*shape)
torch.save(net.state_dict(), f"{folder}/weights.pth")
y = net(x)
loss = y.square().mean()
loss.backward()
for file, tensor in [("x", x), ("y", y), ("loss", loss.reshape(1))] + [("grad." + n, p.grad) for n, p in net.named_parameters()]:
    np.save(f"{folder}/{file}.npy", tensor.detach().numpy())
