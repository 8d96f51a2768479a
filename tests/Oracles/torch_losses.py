"""What PyTorch's losses give: value and gradient of the first input, reduced by the mean, the sum, or not at all.
usage: torch_losses.py > data/torch_losses.json"""
import json
import torch
import torch.nn.functional as F
from torch_shared import numbers, wave

LOGITS = torch.tensor([[2, -1, .5], [0, 1, -2], [1, 1, 1], [-.5, .25, 3]])
CLASSES = torch.tensor([0, 1, 2, 2])
WEIGHTS = torch.tensor([1.0, 1.5, 5.5])
SOFT = torch.softmax(wave(4, 3), 1)
LOG = torch.log_softmax(wave(4, 3, scale=2), 1)
PROBABILITIES = torch.sigmoid(wave(4, 3))

CASES = {
    "cross_entropy": lambda x: F.cross_entropy(x, CLASSES),
    "cross_entropy_weighted": lambda x: F.cross_entropy(x, CLASSES, WEIGHTS),
    "cross_entropy_smoothed": lambda x: F.cross_entropy(x, CLASSES, WEIGHTS, label_smoothing=0.1),
    "cross_entropy_none": lambda x: F.cross_entropy(x, CLASSES, WEIGHTS, reduction="none"),
    "cross_entropy_sum": lambda x: F.cross_entropy(x, CLASSES, reduction="sum"),
    "cross_entropy_soft": lambda x: F.cross_entropy(x, SOFT, WEIGHTS, label_smoothing=0.05),
    "mse": lambda x: F.mse_loss(x, SOFT),
    "mse_sum": lambda x: F.mse_loss(x, SOFT, reduction="sum"),
    "bce": lambda x: F.binary_cross_entropy(torch.sigmoid(x), PROBABILITIES),
    "bce_logits": lambda x: F.binary_cross_entropy_with_logits(x, PROBABILITIES),
    "bce_logits_weighted": lambda x: F.binary_cross_entropy_with_logits(x, PROBABILITIES, WEIGHTS, pos_weight=WEIGHTS * 2),
    "kl": lambda x: F.kl_div(torch.log_softmax(x, 1), SOFT, reduction="batchmean"),
    "kl_log": lambda x: F.kl_div(torch.log_softmax(x, 1), LOG, reduction="batchmean", log_target=True),
    "cosine": lambda x: F.cosine_embedding_loss(x, SOFT, torch.tensor([1, -1, 1, -1]), 0.2),
}


def run(loss):
    x = LOGITS.clone().requires_grad_()
    value = loss(x)
    value.sum().backward()
    return {"value": numbers(value), "grad": numbers(x.grad)}


print(json.dumps({name: run(loss) for name, loss in CASES.items()}))
