"""What PyTorch's layers give: initial weights after manual_seed(7), output and all gradients for a fixed input and upstream gradient.
usage: torch_layers.py > data/torch_layers.json"""
import json
import torch
import torch.nn as nn
from torch_shared import numbers, wave


class LastStates(nn.Module):
    """Output of every step with the last states behind it along time, so that one tensor shows all."""

    def __init__(self, rnn):
        super().__init__()
        self.rnn = rnn

    def forward(self, x):
        output, states = self.rnn(x)
        states = states if isinstance(states, tuple) else (states,)
        return torch.cat([output.flatten()] + [s.flatten() for s in states])


class SelfAttention(nn.Module):
    def __init__(self, *arguments):
        super().__init__()
        self.inner = nn.MultiheadAttention(*arguments, batch_first=True)

    def forward(self, x):
        return self.inner(x, x, x, need_weights=False)[0]


CASES = {
    "linear": (lambda: nn.Linear(5, 3), wave(4, 5)),
    "linear_no_bias": (lambda: nn.Linear(5, 3, bias=False), wave(2, 4, 5)),
    "conv1d": (lambda: nn.Conv1d(3, 4, 3, padding=1), wave(2, 3, 9)),
    "conv1d_strided": (lambda: nn.Conv1d(4, 4, 3, stride=2, padding=2, dilation=2, groups=2, bias=False), wave(2, 4, 11)),
    "conv2d": (lambda: nn.Conv2d(2, 3, 3, padding=1), wave(2, 2, 5, 6)),
    "conv2d_strided": (lambda: nn.Conv2d(2, 4, (3, 5), stride=(2, 1), padding=(1, 2), groups=2), wave(2, 2, 7, 6)),
    "conv2d_dilated": (lambda: nn.Conv2d(2, 3, 2, dilation=(1, 2), bias=False), wave(2, 2, 5, 6)),
    "batchnorm1d": (lambda: nn.BatchNorm1d(4), wave(5, 4)),
    "batchnorm1d_time": (lambda: nn.BatchNorm1d(3, eps=1e-3, momentum=0.3), wave(4, 3, 5)),
    "batchnorm2d": (lambda: nn.BatchNorm2d(3), wave(2, 3, 4, 5)),
    "layernorm": (lambda: nn.LayerNorm(6), wave(3, 4, 6)),
    "layernorm_two": (lambda: nn.LayerNorm([4, 6], eps=1e-3), wave(3, 4, 6)),
    "embedding": (lambda: nn.Embedding(7, 3), torch.tensor([[1, 2, 6], [0, 2, 2]])),
    "embedding_padded": (lambda: nn.Embedding(7, 3, padding_idx=2), torch.tensor([[1, 2, 6], [0, 2, 2]])),
    "maxpool1d": (lambda: nn.MaxPool1d(3, 2, 1), wave(2, 3, 10)),
    "maxpool2d": (lambda: nn.MaxPool2d(2), wave(2, 3, 5, 7)),
    "maxpool2d_uneven": (lambda: nn.MaxPool2d((2, 4)), wave(2, 3, 6, 9)),
    "maxpool2d_ceil": (lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True), wave(2, 2, 6, 8)),
    "avgpool1d": (lambda: nn.AvgPool1d(3, 2, 1), wave(2, 3, 10)),
    "avgpool2d": (lambda: nn.AvgPool2d((2, 3), padding=(1, 0)), wave(2, 3, 5, 7)),
    "adaptive_avg1d": (lambda: nn.AdaptiveAvgPool1d(3), wave(2, 3, 10)),
    "adaptive_avg2d": (lambda: nn.AdaptiveAvgPool2d((2, 3)), wave(2, 3, 5, 7)),
    "adaptive_avg2d_one": (lambda: nn.AdaptiveAvgPool2d(1), wave(2, 3, 5, 7)),
    "adaptive_max1d": (lambda: nn.AdaptiveMaxPool1d(3), wave(2, 3, 10)),
    "adaptive_max2d": (lambda: nn.AdaptiveMaxPool2d((2, 3)), wave(2, 3, 5, 7)),
    "relu": (lambda: nn.ReLU(), wave(3, 5)),
    "leaky_relu": (lambda: nn.LeakyReLU(0.2), wave(3, 5)),
    "elu": (lambda: nn.ELU(0.7), wave(3, 5)),
    "gelu": (lambda: nn.GELU(), wave(3, 5)),
    "silu": (lambda: nn.SiLU(), wave(3, 5)),
    "sigmoid": (lambda: nn.Sigmoid(), wave(3, 5, scale=3)),
    "tanh": (lambda: nn.Tanh(), wave(3, 5)),
    "softmax": (lambda: nn.Softmax(-1), wave(3, 5)),
    "flatten": (lambda: nn.Flatten(), wave(2, 3, 4)),
    "sequential": (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(12, 3)),
                   wave(2, 1, 6, 8)),
    "rnn_tanh": (lambda: LastStates(nn.RNN(3, 4, batch_first=True)), wave(2, 5, 3)),
    "rnn_relu": (lambda: LastStates(nn.RNN(3, 4, 2, nonlinearity="relu", bias=False, batch_first=True)), wave(2, 5, 3)),
    "gru": (lambda: LastStates(nn.GRU(3, 4, batch_first=True)), wave(2, 5, 3)),
    "gru_two": (lambda: LastStates(nn.GRU(3, 4, 2, batch_first=True)), wave(2, 5, 3)),
    "gru_both_ways": (lambda: LastStates(nn.GRU(3, 4, 2, bidirectional=True, batch_first=True)), wave(2, 5, 3)),
    "lstm": (lambda: LastStates(nn.LSTM(3, 4, batch_first=True)), wave(2, 5, 3)),
    "lstm_two_no_bias": (lambda: LastStates(nn.LSTM(3, 4, 2, bias=False, batch_first=True)), wave(2, 5, 3)),
    "lstm_both_ways": (lambda: LastStates(nn.LSTM(3, 4, 2, bidirectional=True, batch_first=True)), wave(2, 5, 3)),
    "attention": (lambda: SelfAttention(6, 2), wave(2, 5, 6)),
    "transformer_layer": (lambda: nn.TransformerEncoderLayer(6, 2, 10, 0.0, batch_first=True), wave(2, 5, 6)),
    "transformer_layer_norm_first": (lambda: nn.TransformerEncoderLayer(6, 3, 10, 0.0, "gelu", norm_first=True, batch_first=True), wave(2, 5, 6)),
    "transformer": (lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(6, 2, 10, 0.0, batch_first=True), 2), wave(2, 4, 6)),
}


def run(make, x):
    torch.manual_seed(7)
    module = make()
    before = {name: numbers(value) for name, value in module.state_dict().items()}
    parameters = dict(module.named_parameters())
    if x.is_floating_point():
        x.requires_grad_()
    output = module(x)
    upstream = wave(*output.shape, scale=0.5)
    output.backward(upstream)
    after = {name: numbers(value) for name, value in module.state_dict().items() if name not in parameters}
    module.eval()
    return {
        "state": before, "input": numbers(x), "output": numbers(output), "upstream": numbers(upstream),
        "inputGrad": numbers(x.grad) if x.grad is not None else None,
        "grads": {name: numbers(p.grad) for name, p in parameters.items()},
        "buffersAfter": after, "evalOutput": numbers(module(x)),
    }


print(json.dumps({name: run(make, x) for name, (make, x) in CASES.items()}))
