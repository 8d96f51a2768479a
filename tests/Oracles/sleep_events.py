"""The sleep-events training in PyTorch: raw dB in, Adam with coupled decay, weighted cross-entropy, a teacher's logits if given.

usage: sleep_events.py MODEL FOLDER WEIGHTS ALPHA TEMPERATURE BATCH
FOLDER holds initial.pth, x.npy (clip, mel, frame), y.npy, order.npy (step by step, all epochs), epochs.npy (epochs), train.npy, val.npy
and, for ALPHA above 0, teacher.npy (clip, class). Prints for each epoch: mean training loss, validation loss.
"""
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


def convolutions():
    return [nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU()]


class TinyCnn(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.cnn = nn.Sequential(*convolutions(), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Linear(64, classes)

    def forward(self, x):
        return self.classifier(self.cnn(x).flatten(1))


class Crnn(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.cnn = nn.Sequential(*convolutions())
        self.rnn = nn.GRU(64, 64, 2, batch_first=True)
        self.classifier = nn.Linear(64, classes)

    def forward(self, x):
        return self.classifier(self.rnn(self.cnn(x).mean(2).transpose(1, 2))[0][:, -1])


def main():
    model, folder, weights, alpha, temperature, batch = sys.argv[1:]
    alpha, temperature, batch = float(alpha), float(temperature), int(batch)
    load = lambda name: np.load(f"{folder}/{name}.npy")
    x, y = torch.from_numpy(load("x")).unsqueeze(1), torch.from_numpy(load("y")).long()
    order, epochs, train, val = load("order"), int(load("epochs")[0]), load("train"), load("val")
    weights = torch.tensor([float(w) for w in weights.split(",")])
    teacher = torch.from_numpy(load("teacher")) if alpha > 0 else None
    net = {"tinycnn": TinyCnn, "crnn": Crnn}[model](len(weights))
    net.load_state_dict(torch.load(f"{folder}/initial.pth"))
    torch.set_num_threads(1)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, weight_decay=1e-5)
    for epoch in range(epochs):
        total = 0.0
        mine = order[epoch * len(train):(epoch + 1) * len(train)]
        for first in range(0, len(mine), batch):
            part = torch.from_numpy(mine[first:first + batch].astype(np.int64))
            logits = net(x[part])
            loss = F.cross_entropy(logits, y[part], weights)
            if teacher is not None:
                soft = F.kl_div(F.log_softmax(logits / temperature, 1), F.softmax(teacher[part] / temperature, 1), reduction="batchmean")
                loss = alpha * temperature ** 2 * soft + (1 - alpha) * loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(part)
        with torch.no_grad():
            held = 0.0
            for first in range(0, len(val), batch):
                part = torch.from_numpy(val[first:first + batch].astype(np.int64))
                held += F.cross_entropy(net(x[part]), y[part], weights).item() * len(part)
        print(repr(total / len(train)), repr(held / len(val)))


main()
