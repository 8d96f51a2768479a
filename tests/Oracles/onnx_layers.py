"""Layers of PyTorch with random weights, for Kymo.Onnx.Tests: FOLDER/CASE/{input,output}.npy and one .npy per weight.

Usage: onnx_layers.py FOLDER
"""
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)


class Net(nn.Module):
    """A network written as parts and a function of them."""

    def __init__(self, forward, **parts):
        super().__init__()
        for name, part in parts.items():
            setattr(self, name, part)
        self._forward = forward

    def forward(self, *x):
        return self._forward(self, *x)


class UrbanBlock(nn.Module):
    def __init__(self, i, o, pool):
        super().__init__()
        self.conv = nn.Conv2d(i, o, 3, padding=1)
        self.bn = nn.BatchNorm2d(o)
        self.pool = pool

    def forward(self, x):
        return F.dropout(F.max_pool2d(F.relu(self.bn(self.conv(x))), self.pool), 0.2, self.training)


class Urban(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder1 = UrbanBlock(1, 32, 2)
        self.encoder2 = UrbanBlock(32, 64, 2)
        self.encoder3 = UrbanBlock(64, 128, (2, 4))
        self.conv1d = nn.Conv1d(128, 64, 3, padding=1)
        self.fc1 = nn.Linear(1024, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.encoder3(self.encoder2(self.encoder1(x[:, None]))).mean(3)
        return self.fc2(F.relu(self.fc1(F.relu(self.conv1d(x)).flatten(1))))


class Cbam(nn.Module):
    def __init__(self, c, r, k):
        super().__init__()
        self.ca = nn.Module()
        self.ca.mlp = nn.Sequential(nn.Linear(c, c // r), nn.ReLU(), nn.Linear(c // r, c))
        self.sa = nn.Module()
        self.sa.conv = nn.Conv2d(2, 1, k, padding=k // 2, bias=False)

    def forward(self, x):
        w = torch.sigmoid(self.ca.mlp(x.mean((2, 3))) + self.ca.mlp(x.amax((2, 3))))
        x = x * w[:, :, None, None]
        return x * torch.sigmoid(self.sa.conv(torch.cat([x.mean(1, True), x.amax(1, True)], 1)))


class Tcn(nn.Module):
    def __init__(self, i, o, j, k, d):
        super().__init__()
        self.conv0 = nn.Conv2d(i, o, 1)
        self.conv1 = nn.Conv2d(i, o, (j, k), dilation=d, padding="same")
        self.norm1 = nn.BatchNorm2d(o)
        self.conv2 = nn.Conv2d(o, o, (j, k), dilation=d, padding="same")
        self.norm2 = nn.BatchNorm2d(o)

    def forward(self, x):
        y = F.leaky_relu(self.norm1(self.conv1(x)))
        return F.leaky_relu(self.norm2(self.conv2(y))) + self.conv0(x)


class Sleep(nn.Module):
    def __init__(self, kind, **settings):
        super().__init__()
        self.kind = kind
        setattr(self, kind, {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[kind](5, 64, batch_first=True, **settings))
        self.fc = nn.Linear(64, 5)

    def forward(self, x):
        out, hidden = getattr(self, self.kind)(x)
        return self.fc(hidden[0][-1] if self.kind == "lstm" else out[:, -1])


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_proj = nn.Linear(5, 64)
        layer = nn.TransformerEncoderLayer(64, 2, 2048, 0.1, batch_first=True)
        self.transformer = nn.TransformerEncoder(layer, 2)
        self.fc = nn.Linear(64, 5)

    def forward(self, x):
        x = self.input_proj(x)
        return self.fc(self.transformer(x + code(x.shape[1], x.shape[2]))[:, -1])


def code(length, size):
    position = torch.arange(length, dtype=torch.float64)[:, None]
    angle = position * torch.exp(torch.arange(0, size, 2, dtype=torch.float64) * (-np.log(10000.0) / size))
    table = torch.zeros(length, size, dtype=torch.float64)
    table[:, 0::2], table[:, 1::2] = torch.sin(angle), torch.cos(angle)
    return table.float()


class Crnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.cnn = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1),
                                 nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.rnn = nn.GRU(64, 64, 2, batch_first=True)
        self.classifier = nn.Linear(64, 3)

    def forward(self, x):
        return self.classifier(self.rnn(self.cnn(x).mean(2).transpose(1, 2))[0][:, -1])


class TinyCbam(nn.Module):
    def __init__(self):
        super().__init__()
        self.block1 = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.block2 = nn.Sequential(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
        self.cbam = Cbam(32, 8, 7)
        self.block3 = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU())
        self.classifier = nn.Linear(64, 3)

    def forward(self, x):
        return self.classifier(self.block3(self.cbam(self.block2(self.block1(x)))).mean((2, 3)))


class LogMel(nn.Module):
    """A log-mel spectrogram in double precision: torch.stft, torchaudio's Slaney filters, librosa's decibels."""

    def __init__(self, n_fft, win, hop, mels, scale, pad_mode="constant", power=2, rate=16000, low=20.0):
        super().__init__()
        import torchaudio
        self.settings = (n_fft, win, hop, scale, pad_mode, power)
        self.register_buffer("window", torch.hann_window(win, periodic=True, dtype=torch.float64).float())
        filters = torchaudio.functional.melscale_fbanks(n_fft // 2 + 1, low, rate / 2, mels, rate, "slaney", "slaney")
        self.register_buffer("mel", filters.T.contiguous())

    def forward(self, x):
        n_fft, win, hop, scale, pad_mode, power = self.settings
        spectrum = torch.stft(x.double(), n_fft, hop, win, self.window.double(), center=pad_mode is not None,
                              pad_mode=pad_mode or "constant", return_complex=True).abs()
        mels = self.mel.double() @ (spectrum ** power)
        if scale == "natural":
            return torch.log(mels.clamp(min=1e-10)).float()
        db = 10 * torch.log10(mels.clamp(min=1e-10))
        top = db.amax((1, 2), True)
        return (torch.maximum(db - top, torch.tensor(-80.0)) if scale == "db-of-max" else torch.maximum(db, top - 80)).float()


def same(f):
    return lambda: Net(lambda net, x: f(x))


def layer(part, f=None):
    return lambda: Net(f or (lambda net, x: net.layer(x)), layer=part())


def attended(net, x, ignored):
    return net.layer(x, x, x, key_padding_mask=ignored != 0, need_weights=False)[0]


def encoder(**settings):
    return layer(lambda: nn.TransformerEncoderLayer(16, 4, 40, 0.1, batch_first=True, **settings))


IMAGE, SIGNAL, SEQUENCE = (2, 4, 9, 14), (3, 4, 21), (2, 7, 6)
CASES = {
    "linear": (layer(lambda: nn.Linear(6, 5)), (4, 6)),
    "linear-without-bias": (layer(lambda: nn.Linear(6, 5, bias=False)), (4, 6)),
    "linear-over-time": (layer(lambda: nn.Linear(6, 5)), SEQUENCE),
    "conv1d": (layer(lambda: nn.Conv1d(4, 6, 5, 2, 3, 2)), SIGNAL),
    "conv1d-groups": (layer(lambda: nn.Conv1d(4, 8, 3, padding=1, groups=4, bias=False)), SIGNAL),
    "conv1d-same-even": (layer(lambda: nn.Conv1d(4, 3, 4, padding="same", dilation=3)), SIGNAL),
    "conv2d": (layer(lambda: nn.Conv2d(4, 5, (3, 5), (2, 1), (1, 2), (1, 2))), IMAGE),
    "conv-transpose1d": (layer(lambda: nn.ConvTranspose1d(4, 6, 5, 3, 1, 2, groups=2)), SIGNAL),
    "conv2d-norm": (lambda: Net(lambda net, x: net.norm(net.layer(x)), layer=nn.Conv2d(4, 5, 3), norm=nn.BatchNorm2d(5)), IMAGE),
    "batchnorm1d": (layer(lambda: nn.BatchNorm1d(6)), (4, 6)),
    "batchnorm1d-plain": (layer(lambda: nn.BatchNorm1d(4, affine=False)), SIGNAL),
    "batchnorm2d": (layer(lambda: nn.BatchNorm2d(4)), IMAGE),
    "layernorm": (layer(lambda: nn.LayerNorm(6)), SEQUENCE),
    "layernorm-two-axes": (layer(lambda: nn.LayerNorm((7, 6))), SEQUENCE),
    "relu": (same(F.relu), SEQUENCE),
    "leaky-relu": (same(lambda x: F.leaky_relu(x, 0.2)), SEQUENCE),
    "elu": (same(F.elu), SEQUENCE),
    "sigmoid": (same(torch.sigmoid), SEQUENCE),
    "tanh": (same(torch.tanh), SEQUENCE),
    "gelu": (same(F.gelu), SEQUENCE),
    "silu": (same(F.silu), SEQUENCE),
    "hard-sigmoid": (same(lambda x: F.hardsigmoid(4 * x)), SEQUENCE),
    "hard-swish": (same(lambda x: F.hardswish(4 * x)), SEQUENCE),
    "softmax": (same(lambda x: F.softmax(x, 1)), SEQUENCE),
    "log-softmax": (same(lambda x: F.log_softmax(x, -1)), SEQUENCE),
    "normalise-length": (same(lambda x: F.normalize(x, dim=1)), SEQUENCE),
    "arithmetic": (same(lambda x: torch.sqrt(x.abs() + 2) / torch.exp(-x).clamp(0.5, 2) - torch.log(x * x + 1) + torch.maximum(x, -x * 3)), SEQUENCE),
    "max-pool1d": (same(lambda x: F.max_pool1d(x, 3, 2, 1)), SIGNAL),
    "max-pool2d": (same(lambda x: F.max_pool2d(x, (2, 4))), IMAGE),
    "avg-pool1d": (same(lambda x: F.avg_pool1d(x, 4, 3, 2)), SIGNAL),
    "avg-pool2d": (same(lambda x: F.avg_pool2d(x, 3, 2, 1)), IMAGE),
    "adaptive-avg1d": (same(lambda x: F.adaptive_avg_pool1d(x, 5)), SIGNAL),
    "adaptive-avg2d": (same(lambda x: F.adaptive_avg_pool2d(x, (4, 5))), IMAGE),
    "adaptive-avg2d-one": (same(lambda x: F.adaptive_avg_pool2d(x, 1)), IMAGE),
    "adaptive-max2d": (same(lambda x: F.adaptive_max_pool2d(x, (3, 7))), IMAGE),
    "adaptive-max1d-one": (same(lambda x: F.adaptive_max_pool1d(x, 1)), SIGNAL),
    "reductions": (same(lambda x: x.mean(1, True) + x.amax(2, True) * x.amin((1, 2), True) + x.sum(1, True)), SEQUENCE),
    "shapes": (same(lambda x: torch.cat([x[:, 1:-2].transpose(1, 2), x[:, ::1].transpose(1, 2)], 2).flatten(1)), SEQUENCE),
    "padding": (same(lambda x: torch.cat([F.pad(x, (2, 3), value=0.5), F.pad(x, (3, 2), mode="reflect")], 1)), SIGNAL),
    "embedding": (lambda: Net(lambda net, x: net.layer(x.long()), layer=nn.Embedding(11, 6)), "indices"),
    "lstm": (layer(lambda: nn.LSTM(6, 8, batch_first=True), lambda net, x: net.layer(x)[0]), SEQUENCE),
    "lstm-hidden": (layer(lambda: nn.LSTM(6, 8, 2, batch_first=True), lambda net, x: torch.cat(net.layer(x)[1])), SEQUENCE),
    "lstm-stacked-both": (layer(lambda: nn.LSTM(6, 8, 3, bidirectional=True, batch_first=True), lambda net, x: net.layer(x)[0]), SEQUENCE),
    "lstm-both-hidden": (layer(lambda: nn.LSTM(6, 8, 2, bidirectional=True, batch_first=True), lambda net, x: torch.cat(net.layer(x)[1])), SEQUENCE),
    "lstm-time-first": (layer(lambda: nn.LSTM(6, 8, bias=False), lambda net, x: net.layer(x)[0]), SEQUENCE),
    "lstm-from-state": (layer(lambda: nn.LSTM(6, 8, 2, batch_first=True),
                              lambda net, x: net.layer(x, (torch.full((2, 2, 8), 0.25), torch.full((2, 2, 8), -0.5)))[0]), SEQUENCE),
    "gru": (layer(lambda: nn.GRU(6, 8, batch_first=True), lambda net, x: net.layer(x)[0]), SEQUENCE),
    "gru-stacked-both": (layer(lambda: nn.GRU(6, 8, 2, bidirectional=True, batch_first=True), lambda net, x: net.layer(x)[0]), SEQUENCE),
    "rnn": (layer(lambda: nn.RNN(6, 8, 2, batch_first=True), lambda net, x: net.layer(x)[0]), SEQUENCE),
    "rnn-relu": (layer(lambda: nn.RNN(6, 8, nonlinearity="relu", bidirectional=True, batch_first=True), lambda net, x: net.layer(x)[0]), SEQUENCE),
    "attention": (layer(lambda: nn.MultiheadAttention(16, 4, batch_first=True), lambda net, x: net.layer(x, x, x)[0]), (2, 7, 16)),
    "attention-masked": (lambda: Net(attended, layer=nn.MultiheadAttention(16, 4, batch_first=True)), "masked"),
    "encoder-layer": (encoder(), (2, 7, 16)),
    "encoder-layer-norm-first-gelu": (encoder(norm_first=True, activation="gelu"), (2, 7, 16)),
    "encoder": (layer(lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 40, batch_first=True), 3, nn.LayerNorm(16))), (2, 7, 16)),
    "positions": (same(lambda x: x + code(x.shape[1], x.shape[2])), (2, 700, 16)),
    "cbam": (layer(lambda: Cbam(8, 4, 7)), (2, 8, 9, 14)),
    "tcn-block": (layer(lambda: Tcn(3, 8, 3, 5, 2)), (2, 3, 3, 20)),
    "normalise": (same(lambda x: (x - torch.arange(6) / 3) / (torch.arange(6) + 0.5)), SEQUENCE),
    "logmel-sleep-events": (lambda: LogMel(512, 400, 160, 64, "db-of-max"), "sound"),
    "logmel-urban": (lambda: LogMel(2048, 2048, 512, 128, "db-of-max", rate=22050, low=0.0), "sound"),
    "logmel-operator": (lambda: LogMel(512, 400, 160, 64, "db-of-max"), "sound"),
    "logmel-reflect-natural": (lambda: LogMel(512, 400, 160, 40, "natural", "reflect", 1), "sound"),
    "logmel-open-decibels": (lambda: LogMel(512, 400, 160, 40, "db", None), "sound"),
    "urban-cnn": (Urban, (3, 128, 173)),
    "tinycnn-cbam": (TinyCbam, (2, 1, 64, 101)),
    "crnn": (Crnn, (2, 1, 64, 101)),
    "sleep-rnn": (lambda: Sleep("rnn"), (3, 30, 5)),
    "sleep-gru": (lambda: Sleep("gru"), (3, 30, 5)),
    "sleep-lstm": (lambda: Sleep("lstm"), (3, 30, 5)),
    "sleep-transformer": (Transformer, (3, 30, 5)),
}


def randomise(net, generator):
    """Weights and statistics no default value could stand in for."""
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            if name.endswith("running_var"):
                tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.3)
            elif name.endswith("running_mean") or (tensor.dim() == 1 and "norm" in name or ".bn." in name or name == "layer.weight" and tensor.dim() == 1):
                if tensor.is_floating_point():
                    tensor.add_(torch.randn(tensor.shape, generator=generator) * 0.3)


def inputs(shape, generator):
    if shape == "indices":
        return [torch.randint(0, 11, (3, 5), generator=generator).float()]
    if shape == "masked":
        ignored = torch.zeros(2, 7)
        ignored[0, 5:], ignored[1, 2] = 1, 1
        return [torch.randn(2, 7, 16, generator=generator), ignored]
    if shape == "sound":
        time = torch.arange(16000) / 16000
        tone = 0.5 * torch.sin(2 * np.pi * 1000 * time) * (time < 0.6)
        return [torch.stack([tone, 0.1 * torch.randn(16000, generator=generator), torch.zeros(16000)])]
    return [torch.randn(shape, generator=generator)]


def main(folder):
    for number, (name, (make, shape)) in enumerate(CASES.items()):
        torch.manual_seed(number)
        generator = torch.Generator().manual_seed(1000 + number)
        net = make().float()
        randomise(net, generator)
        net.eval()
        given = inputs(shape, generator)
        with torch.no_grad():
            output = net(*given)
        case = os.path.join(folder, name)
        os.makedirs(case)
        for i, one in enumerate(given):
            np.save(os.path.join(case, f"input{i}.npy"), one.detach().numpy())
        np.save(os.path.join(case, "output.npy"), np.ascontiguousarray(output.detach().numpy()))
        for key, tensor in net.state_dict().items():
            if tensor.is_floating_point():
                np.save(os.path.join(case, f"weight {key}.npy"), np.ascontiguousarray(tensor.numpy()))


main(sys.argv[1])
