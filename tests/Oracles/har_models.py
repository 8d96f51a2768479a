"""The activity networks in PyTorch, from their published description.

usage: har_models.py train FOLDER        R, F, C: weights, batches, outputs, three steps of the joint objective (no dropout)
       har_models.py critic FOLDER       the signal discriminator: outputs, gradient penalty and its gradients
       har_models.py later FOLDER        the later encoder, head and feature discriminator: outputs
       har_models.py objectives          the maximum mean discrepancy and the contrastive loss of a few vectors
"""
import json
import sys

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F


class Block(nn.Module):
    def __init__(self, inputs, outputs, joints, kernel, dilation, norm):
        super().__init__()
        size = (1, 1) if kernel == 1 else (joints, kernel)
        self.conv0 = nn.Conv2d(inputs, outputs, 1)
        self.conv1 = nn.Conv2d(inputs, outputs, size, padding="same", dilation=dilation)
        self.conv2 = nn.Conv2d(outputs, outputs, size, padding="same", dilation=dilation)
        self.norm1 = nn.BatchNorm2d(outputs) if norm else nn.Identity()
        self.norm2 = nn.BatchNorm2d(outputs) if norm else nn.Identity()

    def forward(self, x):
        y = F.leaky_relu(self.norm1(self.conv1(x)))
        return F.leaky_relu(self.norm2(self.conv2(y))) + self.conv0(x)


class Regressor(nn.Module):
    def __init__(self, joints, window, channels, kernels, dilations, temporal, hidden):
        super().__init__()
        blocks, inputs = [], 3
        for outputs, kernel, dilation in zip(channels, kernels, dilations):
            blocks.append(Block(inputs, outputs, joints, kernel, dilation, True))
            inputs = outputs
        self.joint_blocks = nn.ModuleList(blocks)
        self.temporal_block = Block(inputs * joints, temporal, 1, 5, 1, True)
        self.fc = nn.Sequential(nn.Linear(temporal * window, hidden), nn.LeakyReLU(), nn.Linear(hidden, 3 * window))

    def forward(self, x):
        for block in self.joint_blocks:
            x = block(x)
        x = self.temporal_block(x.reshape(x.shape[0], -1, 1, x.shape[3]))
        return self.fc(x.flatten(1)).view(x.shape[0], 3, -1)


class Extractor(nn.Module):
    def __init__(self, window, filters, kernel, dense):
        super().__init__()
        stage = lambda i: nn.Sequential(nn.Conv1d(i, filters, kernel, padding=kernel // 2), nn.LeakyReLU(), nn.BatchNorm1d(filters))
        self.conv1, self.conv2, self.conv3 = stage(3), stage(filters), stage(filters)
        self.fc = nn.Sequential(nn.Linear(filters * (window // 4), dense), nn.LeakyReLU())

    def forward(self, x):
        x = F.max_pool1d(self.conv1(x), 2)
        x = F.max_pool1d(self.conv2(x), 2)
        return self.fc(self.conv3(x).flatten(1))


class Classifier(nn.Module):
    def __init__(self, dense, classes):
        super().__init__()
        self.classifier = nn.Linear(dense, classes)

    def forward(self, x):
        return self.classifier(x)


class Critic(nn.Module):
    def __init__(self, window, classes):
        super().__init__()
        self.conv_net = nn.Sequential(
            nn.Conv1d(3, 8, 5, stride=2, padding=2), nn.LeakyReLU(0.2), nn.Identity(),
            nn.Conv1d(8, 12, 5, stride=2, padding=2), nn.LeakyReLU(0.2), nn.Identity())
        flat = 12 * (((window - 1) // 2) // 2 + 1)
        self.classes = classes
        if classes:
            self.class_embed = nn.Embedding(classes, 32)
            self.fc_shared = nn.Sequential(nn.Linear(flat + 32, 16), nn.LeakyReLU(0.2))
            self.fc_adv, self.fc_aux = nn.Linear(16, 1), nn.Linear(16, classes)
        else:
            self.fc = nn.Sequential(nn.Linear(flat, 16), nn.LeakyReLU(0.2), nn.Identity(), nn.Linear(16, 1))

    def forward(self, x, labels):
        x = self.conv_net(x).flatten(1)
        if not self.classes:
            return self.fc(x).squeeze(1), None
        hidden = self.fc_shared(torch.cat([x, self.class_embed(labels)], 1))
        return self.fc_adv(hidden).squeeze(1), self.fc_aux(hidden)


def save(folder, name, value):
    value = value.detach() if torch.is_tensor(value) else torch.tensor(value)
    np.save(f"{folder}/{name}.npy", value.numpy())


def shake(model):
    """Normalisation layers away from their start, so that a wrong one is seen."""
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.endswith("running_mean"):
                tensor.normal_(0, 0.2)
            elif name.endswith("running_var"):
                tensor.uniform_(0.5, 2)


def train(folder):
    torch.manual_seed(5)
    settings = dict(joints=3, window=20, channels=[8, 8, 4], kernels=[5, 3, 1], dilations=[1, 3, 2], temporal=6, hidden=10)
    parts = {"r": Regressor(**settings), "f": Extractor(20, 6, 3, 9), "c": Classifier(9, 4)}
    for name, part in parts.items():
        shake(part)
        torch.save(part.state_dict(), f"{folder}/{name}.pth")
    r, f, c = parts.values()
    poses, signals = torch.randn(3, 16, 3, 3, 20), torch.randn(3, 16, 3, 20)
    labels = torch.randint(0, 4, (3, 16))
    for part in parts.values():
        part.eval()
    with torch.no_grad():
        save(folder, "sim", r(poses[0]))
        save(folder, "z", f(signals[0]))
        save(folder, "logits", c(f(signals[0])))
    for part in parts.values():
        part.train()
    optimizer = torch.optim.Adam([p for part in parts.values() for p in part.parameters()], lr=1e-3, weight_decay=7e-4)
    terms = []
    for pose, signal, label in zip(poses, signals, labels):
        sim = r(pose)
        zr, zs = f(signal), f(sim)
        mse = F.mse_loss(sim, signal)
        cls = F.cross_entropy(c(zr), label) + F.cross_entropy(c(zs), label)
        similarity = (1 - F.cosine_similarity(zs, zr)).mean()
        total = 1.5 * mse + 2.0 * cls + 0.5 * similarity
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        terms.append([total.item(), mse.item(), cls.item(), similarity.item()])
    save(folder, "poses", poses), save(folder, "signals", signals), save(folder, "labels", labels)
    save(folder, "terms", terms)
    for name, part in parts.items():
        torch.save(part.state_dict(), f"{folder}/{name}_after.pth")


def critic(folder):
    torch.manual_seed(6)
    x, real, labels = torch.randn(4, 3, 22), torch.randn(4, 3, 22), torch.tensor([0, 2, 1, 2])
    save(folder, "x", x), save(folder, "labels", labels)
    for name, classes in (("plain", 0), ("classes", 3)):
        model = Critic(22, classes)
        torch.save(model.state_dict(), f"{folder}/{name}.pth")
        judged, aux = model(x, labels)
        save(folder, f"{name}.real", judged)
        if aux is not None:
            save(folder, f"{name}.aux", aux)
        given = x.clone().requires_grad_()
        gradient, = torch.autograd.grad(model(given, labels)[0].sum(), given, create_graph=True)
        save(folder, f"{name}.gradient", gradient)
        penalty = ((gradient.flatten(1).norm(dim=1) - 1) ** 2).mean()
        penalty.backward()
        save(folder, f"{name}.penalty", penalty)
        for key, parameter in model.named_parameters():
            save(folder, f"{name}.grad.{key}", parameter.grad if parameter.grad is not None else torch.zeros_like(parameter))


def later(folder):
    torch.manual_seed(7)
    x = torch.randn(3, 3, 120)

    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            sizes = [(3, 9, 3), (9, 15, 3), (15, 24, 1)]
            self.convs = nn.ModuleList(nn.Conv1d(i, o, 11, stride=2, padding=5, groups=g) for i, o, g in sizes)
            self.norms = nn.ModuleList(nn.BatchNorm1d(o) for _, o, _ in sizes)
            self.fc = nn.Linear(24 * 2, 20)

        def forward(self, x):
            for conv, norm in zip(self.convs, self.norms):
                x = F.max_pool1d(F.leaky_relu(norm(conv(x))), 2)
            return self.fc(x.flatten(1))

    class Head(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(nn.Linear(20, 7), nn.ReLU(), nn.Dropout(0.2), nn.Linear(7, 4))

    class Judge(nn.Module):
        def __init__(self):
            super().__init__()
            self.class_embed = nn.Embedding(4, 32)
            self.net = nn.Sequential(nn.Linear(52, 8), nn.LeakyReLU(0.2), nn.Dropout(0.3))
            self.fc_adv, self.fc_aux = nn.Linear(8, 1), nn.Linear(8, 4)

        def forward(self, z, labels):
            hidden = self.net(torch.cat([F.normalize(z, dim=1), self.class_embed(labels)], 1))
            return self.fc_adv(hidden).squeeze(1), self.fc_aux(hidden)

    encoder, head, judge = Encoder(), Head(), Judge()
    shake(encoder)
    for name, part in (("encoder", encoder), ("head", head), ("judge", judge)):
        part.eval()
        torch.save(part.state_dict(), f"{folder}/{name}.pth")
    with torch.no_grad():
        z = encoder(x)
        real, aux = judge(z, torch.tensor([3, 0, 1]))
    for name, value in (("x", x), ("z", z), ("logits", head.net(z)), ("real", real), ("aux", aux)):
        save(folder, name, value)


def objectives():
    torch.manual_seed(8)
    real, sim = torch.randn(5, 6, dtype=torch.double), torch.randn(5, 6, dtype=torch.double)
    labels = torch.tensor([0, 1, 0, 2, 3])
    rows = torch.cat([real, sim])
    n = len(rows)
    distances = ((rows[None] - rows[:, None]) ** 2).sum(2)
    bandwidth = distances.sum() / (n * n - n + 1e-8) / 2 ** 2
    kernel = sum(torch.exp(-distances / (bandwidth * 2 ** i + 1e-8)) for i in range(5))
    b = len(real)
    mmd = kernel[:b, :b].mean() + kernel[b:, b:].mean() - kernel[:b, b:].mean() - kernel[b:, :b].mean()
    z, y = F.normalize(rows, dim=1), torch.cat([labels, labels])
    scores = z @ z.T / 0.5
    others = ~torch.eye(n, dtype=torch.bool)
    log = scores - torch.log((torch.exp(scores) * others).sum(1, keepdim=True))
    same = (y[None] == y[:, None]) & others
    contrastive = -((log * same).sum(1) / same.sum(1).clamp(min=1)).mean()
    print(json.dumps({"real": real.flatten().tolist(), "sim": sim.flatten().tolist(), "labels": labels.tolist(),
                      "mmd": mmd.item(), "contrastive": contrastive.item()}))


{"train": train, "critic": critic, "later": later, "objectives": objectives}[sys.argv[1]](*sys.argv[2:])
