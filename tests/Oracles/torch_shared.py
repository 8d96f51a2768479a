"""What the PyTorch scripts share: fixed inputs, and tensors as JSON."""
import torch


def numbers(tensor):
    return {"shape": list(tensor.shape), "values": [float("%.9g" % v) for v in tensor.detach().flatten().tolist()]}


def wave(*shape, scale=1.0):
    """A fixed input without a generator: sin(k^1.5), k from 1."""
    count = torch.Size(shape).numel()
    return (torch.sin(torch.arange(1, count + 1, dtype=torch.float64) ** 1.5) * scale).float().reshape(shape)
