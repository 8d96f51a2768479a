"""What PyTorch makes of splits and checkpoints.

usage: loop_utilities.py split COUNT SEED     indices of random_split with a fifth for validation, both parts after each other
       loop_utilities.py checkpoint PATH      epoch, score, first and last weight of a file of CheckpointManager
"""
import sys

import torch

if sys.argv[1] == "split":
    count, seed = map(int, sys.argv[2:])
    held = int(count * 0.2 + 1e-9)
    parts = torch.utils.data.random_split(range(count), [count - held, held], torch.Generator().manual_seed(seed))
    print(*[index for part in parts for index in part.indices])
else:
    payload = torch.load(sys.argv[2])
    state = payload["model_state"]
    (first, a), (last, b) = list(state.items())[0], list(state.items())[-1]
    print(payload["epoch"], payload["score"], first, tuple(a.shape), last, tuple(b.shape))
