"""HDF5 caches of spectrograms through h5py.

usage: spectrogram_files.py read FILE X.npy     prints attributes, compares the numbers with X.npy and prints the largest difference
       spectrogram_files.py write FOLDER X.npy Y.npy COMPRESSION     writes the three splits as the original's script does (none, lzf, gzip)
       spectrogram_files.py torchaudio WAV X.npy    prints the mean absolute difference in dB from torchaudio's own log-mel
"""
import json
import os
import sys

import numpy as np

# The test's own process may be starting another one, which holds every lock for a moment.
os.environ["HDF5_USE_FILE_LOCKING"] = "FALSE"


def read(path, expected):
    import h5py
    with h5py.File(path, "r") as file:
        data, labels = file["spectrograms"], file["labels"]
        values = data[...].astype(np.float64) * data.attrs.get("scale_factor", 1.0) + data.attrs.get("add_offset", 0.0)
        print(json.dumps({
            "dtype": str(data.dtype), "labels_dtype": str(labels.dtype), "labels": [int(v) for v in labels[...]], "chunks": data.chunks, "shape": data.shape,
            "difference": float(np.abs(values - np.load(expected)).max()),
            "attributes": {k: (v if isinstance(v, str) else float(v)) for k, v in file.attrs.items()}}))


def write(folder, x, y, compression):
    import h5py
    x, y = np.load(x), np.load(y)
    compression = None if compression == "none" else compression
    for split in ("train", "validation", "test"):
        with h5py.File(f"{folder}/{split}.h5", "w") as file:
            chunks = (min(4, len(x)),) + x.shape[1:]
            data = file.create_dataset("spectrograms", x.shape, "float32", chunks=chunks, compression=compression, shuffle=compression is not None)
            labels = file.create_dataset("labels", (len(y),), "int32")
            data[...] = x
            labels[...] = y
            file.attrs.update(n_samples=len(x), n_mels=64, max_time=x.shape[2], sample_rate=16000, clip_seconds=5.0, invalid_audio_policy="skip", dataset_commit="abc",
                              split=split, n_classes=3, classes="quiet,breathe,snore", max_samples=0, next_index=len(x))


def torchaudio_levels(wav, expected):
    import torch
    import torchaudio
    import soundfile
    samples, rate = soundfile.read(wav, dtype="float32")
    assert rate == 16000
    signal = torch.zeros(80000)
    signal[: len(samples)] = torch.from_numpy(samples)[:80000]
    mel = torchaudio.transforms.MelSpectrogram(16000, n_fft=512, win_length=400, hop_length=160, f_min=20, f_max=8000, n_mels=64, power=2.0, center=True,
                                               pad_mode="constant", norm="slaney", mel_scale="slaney")(signal)
    level = 10 * torch.log10(torch.clamp(mel, min=1e-10))
    level = torch.clamp(level - level.max(), min=-80)
    print(float((level - torch.from_numpy(np.load(expected))).abs().max()))


{"read": read, "write": write, "torchaudio": torchaudio_levels}[sys.argv[1]](*sys.argv[2:])
