"""The six files that the sleep-stages original's service reads, written by PyTorch, joblib and scikit-learn, and the right answers.

Usage: sleep_original.py FOLDER
Printed is {"request": arrays by channel, "answers": {network: probabilities}}.
"""
import json
import math
import os
import sys

import joblib
import numpy as np
import torch
from sklearn.preprocessing import StandardScaler
from torch import nn

CHANNELS = ["heart_rate", "motion_x", "motion_y", "motion_z", "steps"]
HIDDEN = 64


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.name = kind.lower()
        setattr(self, self.name, getattr(nn, kind)(5, HIDDEN, batch_first=True))
        self.fc = nn.Linear(HIDDEN, 5)

    def forward(self, x):
        return self.fc(getattr(self, self.name)(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_proj = nn.Linear(5, HIDDEN)
        self.transformer = nn.TransformerEncoder(nn.TransformerEncoderLayer(HIDDEN, 2, batch_first=True), 2)
        self.fc = nn.Linear(HIDDEN, 5)
        angle = torch.arange(500).unsqueeze(1) * torch.exp(torch.arange(0, HIDDEN, 2) * (-math.log(10000.0) / HIDDEN))
        self.code = torch.stack([torch.sin(angle), torch.cos(angle)], 2).reshape(500, HIDDEN)

    def forward(self, x):
        return self.fc(self.transformer(self.input_proj(x) + self.code[: x.shape[1]])[:, -1])


torch.manual_seed(0)
torch.set_num_threads(1)
folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
random = np.random.RandomState(0)
scaler = StandardScaler().fit(random.randn(200, 5) * [8, 0.3, 0.3, 0.3, 4] + [62, 0, 0, -1, 2])
joblib.dump(scaler, os.path.join(folder, "scaler.pkl"))
with open(os.path.join(folder, "hparams.json"), "w") as file:
    json.dump({"data_alignment": 1, "motion_magnitude": False, "window_size": 30, "stride": 15, "hidden_dim": HIDDEN}, file, indent=4)
rows = random.randn(40, 5) * [6, 0.2, 0.2, 0.2, 3] + [60, 0, 0, -1, 2]
answers = {}
for network in ["LSTM", "GRU", "RNN", "Transformer"]:
    model = (Transformer() if network == "Transformer" else Recurrent(network)).eval()
    torch.save(model.state_dict(), os.path.join(folder, network + "_best_model.pt"))
    with torch.no_grad():
        scaled = torch.tensor(scaler.transform(rows)[-30:], dtype=torch.float32).unsqueeze(0)
        answers[network] = torch.softmax(model(scaled), -1)[0].tolist()
json.dump({"request": dict(zip(CHANNELS, rows.T.tolist())), "answers": answers}, sys.stdout)
