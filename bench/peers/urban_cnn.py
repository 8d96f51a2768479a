"""The network `urban-cnn` in stock PyTorch, timed from outside.

    urban_cnn.py --threads N --batch B --classes C --bands M --frames T --input X.npy --weights W.pth

Speaks lines on standard input and output, so that the caller can take turns with it: first it prints what it is (versions, the
logits of the given input with the given weights); then each line `N` makes it run N repetitions and print their milliseconds; at the
end of the input it prints its peak memory.
"""

import argparse
import json
import sys
import time

import numpy
import torch
from torch import nn


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
    """Three convolution blocks, the mean over time, a convolution along frequency, two dense layers."""

    def __init__(self, classes, bands):
        super().__init__()
        self.encoder1 = EncoderBlock(1, 32, 2)
        self.encoder2 = EncoderBlock(32, 64, 2)
        self.encoder3 = EncoderBlock(64, 128, 4)
        self.conv1d = nn.Conv1d(128, 64, 3, padding=1)
        self.fc1 = nn.Linear(64 * (bands // 8), 128)
        self.dropout = nn.Dropout(0.5)
        self.fc2 = nn.Linear(128, classes)

    def forward(self, x):
        x = self.encoder3(self.encoder2(self.encoder1(x.unsqueeze(1))))
        x = torch.relu(self.conv1d(x.mean(-1)))
        x = self.dropout(torch.relu(self.fc1(x.flatten(1))))
        return self.fc2(x)


def forward(model, clips):
    model.eval()

    def step():
        with torch.no_grad():
            return float(model(clips)[0, 0])

    return step


def peak_bytes():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None


def main():
    parser = argparse.ArgumentParser()
    for name in ("threads", "batch", "classes", "bands", "frames"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--input", required=True)
    parser.add_argument("--weights", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = UrbanCnn(arguments.classes, arguments.bands)
    model.load_state_dict(torch.load(arguments.weights))
    clips = torch.from_numpy(numpy.load(arguments.input))
    expected = (arguments.batch, arguments.bands, arguments.frames)
    if tuple(clips.shape) != expected:
        sys.exit(f"{arguments.input}: shape {tuple(clips.shape)}, expected {expected}")
    model.eval()
    with torch.no_grad():
        logits = model(clips).flatten().tolist()
    step = forward(model, clips)
    print(json.dumps({"torch": torch.__version__, "threads": torch.get_num_threads(), "logits": logits}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            began = time.perf_counter()
            step()
            times.append((time.perf_counter() - began) * 1000)
        print(json.dumps({"ms": times}), flush=True)
    print(json.dumps({"peak_bytes": peak_bytes()}), flush=True)


if __name__ == "__main__":
    main()
