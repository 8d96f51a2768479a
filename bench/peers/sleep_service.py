"""The original's service as a FastAPI program with its models kept loaded: POST /predict, one process, one thread of PyTorch.

Usage: sleep_service.py FOLDER PORT
FOLDER holds hparams.json, scaler.json and {LSTM,GRU,RNN,Transformer}_best_model.pt.
"""
import json
import math
import os
import sys
from enum import Enum
from typing import List

import numpy as np
import torch
import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel
from torch import nn

CLASSES = ["Wake", "N1", "N2", "N3", "REM"]


class Recurrent(nn.Module):
    def __init__(self, kind, columns, hidden):
        super().__init__()
        self.name = kind.lower()
        setattr(self, self.name, getattr(nn, kind)(columns, hidden, batch_first=True))
        self.fc = nn.Linear(hidden, 5)

    def forward(self, x):
        return self.fc(getattr(self, self.name)(x)[0][:, -1])


class Transformer(nn.Module):
    def __init__(self, columns, hidden):
        super().__init__()
        self.input_proj = nn.Linear(columns, hidden)
        layer = nn.TransformerEncoderLayer(hidden, 2, batch_first=True)
        self.transformer = nn.TransformerEncoder(layer, 2)
        self.fc = nn.Linear(hidden, 5)
        position = torch.arange(500).unsqueeze(1)
        scale = torch.exp(torch.arange(0, hidden, 2) * (-math.log(10000.0) / hidden))
        self.code = torch.zeros(500, hidden)
        self.code[:, 0::2] = torch.sin(position * scale)
        self.code[:, 1::2] = torch.cos(position * scale)

    def forward(self, x):
        return self.fc(self.transformer(self.input_proj(x) + self.code[: x.shape[1]])[:, -1])


class Network(str, Enum):
    LSTM = "LSTM"
    GRU = "GRU"
    RNN = "RNN"
    Transformer = "Transformer"


class Request(BaseModel):
    model_type: Network
    heart_rate: List[float]
    motion_x: List[float]
    motion_y: List[float]
    motion_z: List[float]
    steps: List[float]
    motion_magnitude: List[float] = []


folder = sys.argv[1]
torch.set_num_threads(1)
with open(os.path.join(folder, "hparams.json")) as file:
    settings = json.load(file)
with open(os.path.join(folder, "scaler.json")) as file:
    scaler = json.load(file)["pooled"]
mean, deviation = np.array(scaler["mean"]), np.array(scaler["std"])
models = {}
for network in Network:
    model = Transformer(5, settings["hidden_dim"]) if network.value == "Transformer" else Recurrent(network.value, 5, settings["hidden_dim"])
    model.load_state_dict(torch.load(os.path.join(folder, f"{network.value}_best_model.pt"), map_location="cpu"))
    models[network] = model.eval()
app = FastAPI()


@app.post("/predict")
def predict(request: Request):
    rows = np.stack([request.heart_rate, request.motion_x, request.motion_y, request.motion_z, request.steps], 1)
    if len(rows) < settings["window_size"]:
        raise HTTPException(400, f"Sequence must be at least {settings['window_size']} time steps long.")
    rows = ((rows - mean) / deviation)[-settings["window_size"]:]
    with torch.no_grad():
        probabilities = torch.softmax(models[request.model_type](torch.tensor(rows, dtype=torch.float32).unsqueeze(0)), -1)[0].tolist()
    best = int(np.argmax(probabilities))
    return {"predicted_label": CLASSES[best], "index": best, "probabilities": dict(zip(CLASSES, probabilities))}


uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)
