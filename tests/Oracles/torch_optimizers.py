"""Weights after every one of 12 steps, and what the optimiser remembers after the last; and learning rates of the schedulers.
usage: torch_optimizers.py > data/torch_optimizers.json"""
import json
import torch
import torch.optim as optim
import torch.optim.lr_scheduler as schedule
from torch_shared import numbers, wave

OPTIMIZERS = {
    "adam": lambda p: optim.Adam(p, lr=0.01),
    "adam_decay": lambda p: optim.Adam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
    "adamw": lambda p: optim.AdamW(p, lr=0.02, weight_decay=0.1),
    "sgd": lambda p: optim.SGD(p, lr=0.1),
    "sgd_decay": lambda p: optim.SGD(p, lr=0.1, weight_decay=0.05),
    "sgd_momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.2, weight_decay=0.05),
    "sgd_nesterov": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True),
}


def train(make):
    """Two tensors pulled to fixed targets; the second has a gradient only in every third step."""
    a, b = wave(3, 4).requires_grad_(), wave(5, scale=2).requires_grad_()
    optimizer, steps = make([a, b]), []
    for step in range(12):
        optimizer.zero_grad(set_to_none=True)
        loss = ((a - 0.5) ** 2).sum() * (1 + 0.1 * step)
        if step % 3 == 0:
            loss = loss + ((b + 0.25) ** 4).sum()
        loss.backward()
        optimizer.step()
        steps.append([numbers(a), numbers(b)])
    state = {f"{name}.{kind}": numbers(torch.as_tensor(value)) for name, p in (("a", a), ("b", b))
             for kind, value in optimizer.state[p].items() if value is not None}
    return {"steps": steps, "state": state}


def rates(make, count=25, metrics=None):
    optimizer = optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.4, momentum=0.9)
    optimizer.step()
    scheduler, found = make(optimizer), []
    for step in range(count):
        found.append([optimizer.param_groups[0]["lr"], optimizer.param_groups[0]["momentum"]])
        scheduler.step(*([] if metrics is None else [metrics[step]]))
    return found


METRICS = [1, .9, .8, .8, .81, .79999, .8, .8, .7, .7, .7, .7, .7, .7, .7, .7, .7, .7, .6, .6, .6, .6, .6, .6, .6]
SCHEDULERS = {
    "step": rates(lambda o: schedule.StepLR(o, 4, 0.5)),
    "cosine": rates(lambda o: schedule.CosineAnnealingLR(o, 10, 0.01)),
    "one_cycle": rates(lambda o: schedule.OneCycleLR(o, 1.0, total_steps=25)),
    "one_cycle_linear": rates(lambda o: schedule.OneCycleLR(o, 1.0, total_steps=25, pct_start=0.4, anneal_strategy="linear",
                                                            cycle_momentum=False, div_factor=10, final_div_factor=100)),
    "warm_up": rates(lambda o: schedule.LinearLR(o, 0.1, 1.0, 5)),
    "warm_up_cosine": rates(lambda o: schedule.SequentialLR(
        o, [schedule.LinearLR(o, 0.25, 1.0, 5), schedule.CosineAnnealingLR(o, 10)], [5]), 15),
    "plateau": rates(lambda o: schedule.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1), 25, METRICS),
    "plateau_max": rates(lambda o: schedule.ReduceLROnPlateau(o, "max", 0.3, 1, 0.01, "abs", 0, 0.02), 25, [1 - m for m in METRICS]),
}


def clipping():
    found = {}
    for name, order, limit in (("two", 2.0, 0.7), ("one", 1.0, 3.0), ("infinity", float("inf"), 0.5), ("loose", 2.0, 1e3)):
        a, b = wave(3, 4).requires_grad_(), wave(5).requires_grad_()
        ((a ** 2).sum() + (b ** 3).sum()).backward()
        norm = torch.nn.utils.clip_grad_norm_([a, b], limit, order)
        found[name] = {"norm": float(norm), "a": numbers(a.grad), "b": numbers(b.grad)}
    a = wave(3, 4).requires_grad_()
    (a ** 2).sum().backward()
    torch.nn.utils.clip_grad_value_([a], 0.3)
    found["value"] = {"a": numbers(a.grad)}
    return found


print(json.dumps({"optimizers": {name: train(make) for name, make in OPTIMIZERS.items()}, "schedulers": SCHEDULERS,
                  "metrics": METRICS, "clipping": clipping()}))
