"""The peer of bench/Kymo.Bench.Training: training steps as a PyTorch user writes them, nothing tuned.

usage: torch_training.py NETWORK THREADS      (Debian's python3-torch)
Reads a number of steps per line from standard input, runs them, answers with one line of JSON: the wall-clock and the processor
seconds of each step, the loss of the last one, and the most memory that was resident so far.
"""
import json
import math
import resource
import sys
import time

import torch
from torch import nn


def cells(*channels):
    layers = []
    for number, (inputs, outputs) in enumerate(zip(channels, channels[1:])):
        layers += [nn.MaxPool2d(2)] if number else []
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU()]
    return layers


class TinyCNN(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.cnn = nn.Sequential(*cells(1, 16, 32, 64), nn.AdaptiveAvgPool2d(1))
        self.classifier = nn.Linear(64, classes)

    def forward(self, x):
        return self.classifier(self.cnn(x).flatten(1))


class CRNN(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.cnn = nn.Sequential(*cells(1, 16, 32, 64))
        self.rnn = nn.GRU(64, 64, 2, batch_first=True)
        self.classifier = nn.Linear(64, classes)

    def forward(self, x):
        return self.classifier(self.rnn(self.cnn(x).mean(2).transpose(1, 2))[0][:, -1])


class EncoderBlock(nn.Module):
    def __init__(self, inputs, outputs, time_pool):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.bn = nn.BatchNorm2d(outputs)
        self.pool = nn.MaxPool2d((2, time_pool))
        self.dropout = nn.Dropout(0.2)

    def forward(self, x):
        return self.dropout(self.pool(torch.relu(self.bn(self.conv(x)))))


class UrbanCnn(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.encoder = nn.Sequential(EncoderBlock(1, 32, 2), EncoderBlock(32, 64, 2), EncoderBlock(64, 128, 4))
        self.conv1d = nn.Conv1d(128, 64, 3, padding=1)
        self.fc1, self.dropout, self.fc2 = nn.Linear(64 * 16, 128), nn.Dropout(0.5), nn.Linear(128, classes)

    def forward(self, x):
        x = torch.relu(self.conv1d(self.encoder(x.unsqueeze(1)).mean(-1)))
        return self.fc2(self.dropout(torch.relu(self.fc1(x.flatten(1)))))


class Recurrent(nn.Module):
    def __init__(self, kind, classes):
        super().__init__()
        self.rnn, self.fc = kind(5, 64, batch_first=True), nn.Linear(64, classes)

    def forward(self, x):
        return self.fc(self.rnn(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self, classes):
        super().__init__()
        self.input_proj = nn.Linear(5, 64)
        self.transformer = nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 2, batch_first=True), 2)
        self.fc = nn.Linear(64, classes)
        angles = torch.arange(30).unsqueeze(1) * torch.exp(torch.arange(0, 64, 2) * (-math.log(10000.0) / 64))
        self.register_buffer("code", torch.stack((angles.sin(), angles.cos()), 2).flatten(1))

    def forward(self, x):
        return self.fc(self.transformer(self.input_proj(x) + self.code)[:, -1])


NETWORKS = {
    "tinycnn": (TinyCNN, 3, (64, 1, 64, 501)),
    "crnn": (CRNN, 3, (64, 1, 64, 501)),
    "urban-cnn": (UrbanCnn, 10, (32, 128, 173)),
    "lstm": (lambda classes: Recurrent(nn.LSTM, classes), 5, (32, 30, 5)),
    "gru": (lambda classes: Recurrent(nn.GRU, classes), 5, (32, 30, 5)),
    "rnn": (lambda classes: Recurrent(nn.RNN, classes), 5, (32, 30, 5)),
    "transformer": (Transformer, 5, (32, 30, 5)),
}


def main(network, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    build, classes, shape = NETWORKS[network]
    model, criterion = build(classes), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, y = torch.randn(shape), torch.randint(0, classes, (shape[0],))
    for line in sys.stdin:
        wall, processor = [], []
        for _ in range(int(line)):
            start, used = time.perf_counter(), time.process_time()
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            wall.append(time.perf_counter() - start)
            processor.append(time.process_time() - used)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps({"seconds": wall, "processorSeconds": processor, "loss": loss.item(), "peakBytes": peak}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
