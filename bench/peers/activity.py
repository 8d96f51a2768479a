"""What a Python program does for the activity recipe: prints the median of some rounds in seconds.

    activity.py read FOLDER ROUNDS _          pandas reads sp-sw-har, NumPy pairs and cuts it
    activity.py step BATCH ROUNDS THREADS     PyTorch's step of scenario2
"""
import glob
import sys
import time


def median(act, rounds):
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    times = sorted(times[1:])
    return times[len(times) // 2]


def read(folder, rounds, _):
    import numpy as np
    import pandas as pd

    def frame(path):
        table = pd.read_csv(path)
        table = table[table["timestamp"].shift(-1) != table["timestamp"]]
        return table.iloc[:, :6].to_numpy(), table["timestamp"].to_numpy(), table["label"].to_numpy()

    def act():
        windows = 0
        for path in sorted(glob.glob(folder + "/s*/*_sp.csv")):
            phone, phone_times, _ = frame(path)
            watch, watch_times, labels = frame(path[:-7] + "_sw.csv")
            grid = np.arange(max(phone_times[0], watch_times[0]), min(phone_times[-1], watch_times[-1]), 10)
            inputs = np.stack([np.interp(grid, phone_times, phone[:, i]) for i in range(6)])
            target = np.stack([np.interp(grid, watch_times, watch[:, i]) for i in range(3)])
            label = labels[np.searchsorted(watch_times, grid, side="right") - 1]
            if len(grid) >= 100:
                windows += len(np.lib.stride_tricks.sliding_window_view(inputs, 100, axis=1)[:, ::25][0]) + 0 * len(target) * len(label)
        return windows

    return median(act, rounds)


def step(batch, rounds, threads):
    import resource

    import torch

    # Ends with an error instead of taking memory that other programs have.
    free = next(int(line.split()[1]) << 10 for line in open("/proc/meminfo") if line.startswith("MemAvailable"))
    resource.setrlimit(resource.RLIMIT_DATA, (int(0.9 * free),) * 2)
    import torch.nn as nn
    import torch.nn.functional as F

    torch.set_num_threads(threads)

    class Block(nn.Module):
        def __init__(self, inputs, outputs, joints, kernel, dilation, dropout):
            super().__init__()
            size = (1, 1) if kernel == 1 else (joints, kernel)
            self.conv0 = nn.Conv2d(inputs, outputs, 1)
            self.main = nn.Sequential(
                nn.Conv2d(inputs, outputs, size, padding="same", dilation=dilation), nn.BatchNorm2d(outputs), nn.LeakyReLU(), nn.Dropout(dropout),
                nn.Conv2d(outputs, outputs, size, padding="same", dilation=dilation), nn.BatchNorm2d(outputs), nn.LeakyReLU(), nn.Dropout(dropout))

        def forward(self, x):
            return self.main(x) + self.conv0(x)

    joints = nn.Sequential(*[Block(*s) for s in ((3, 32, 3, 5, 1, .1), (32, 32, 3, 5, 3, .3), (32, 32, 3, 5, 5, .3), (32, 16, 3, 1, 1, .3))])
    temporal, head = Block(48, 48, 1, 5, 1, .3), nn.Sequential(nn.Linear(48 * 450, 128), nn.LeakyReLU(), nn.Dropout(.1), nn.Linear(128, 1350))
    stage = lambda i: [nn.Conv1d(i, 16, 3, padding=1), nn.LeakyReLU(), nn.BatchNorm1d(16), nn.Dropout(.3)]
    extractor = nn.Sequential(*stage(3), nn.MaxPool1d(2), *stage(16), nn.MaxPool1d(2), *stage(16), nn.Flatten(), nn.Linear(1792, 100), nn.LeakyReLU())
    classifier = nn.Linear(100, 11)
    modules = [joints, temporal, head, extractor, classifier]
    optimizer = torch.optim.Adam([p for m in modules for p in m.parameters()], lr=4e-4, weight_decay=7e-4)
    pose, signal, labels = torch.randn(batch, 3, 3, 450), torch.randn(batch, 3, 450), torch.randint(0, 11, (batch,))

    def act():
        x = joints(pose)
        x = temporal(x.reshape(batch, 48, 1, 450))
        simulated = head(x.flatten(1)).view(batch, 3, 450)
        real, sim = extractor(signal), extractor(simulated)
        loss = F.mse_loss(simulated, signal) + 100 * (F.cross_entropy(classifier(real), labels) + F.cross_entropy(classifier(sim), labels))
        loss = loss + (1 - F.cosine_similarity(sim, real)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return median(act, rounds)


if sys.argv[1] == "read":
    print(read(sys.argv[2], int(sys.argv[3]), None))
else:
    print(step(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
