"""Spectral operations by numpy, scipy and torchaudio, on noise that the tests make alike.

python3 spectra.py   reads lines "OPERATION TARGET [ARGUMENTS...]", tab-separated; for each writes the values as little-endian
float64 to the file TARGET and prints "done", or "missing MODULE", or "failed REASON".
"""
import sys
import numpy as np


def noise(count, seed=0):
    """The tests' noise: a hash of the index, so that both sides hold the same single-precision samples."""
    i = np.arange(count, dtype=np.uint64) + np.uint64(seed * 1000003)
    h = (i * np.uint64(2654435761)) % np.uint64(1 << 32)
    h = ((h ^ (h >> np.uint64(15))) * np.uint64(2246822519)) % np.uint64(1 << 32)
    h = h ^ (h >> np.uint64(13))
    return ((h >> np.uint64(8)).astype(np.float64) / (1 << 24) - 0.5).astype(np.float32)


def rfft(*lengths):
    parts = []
    for n in map(int, lengths):
        spectrum = np.fft.rfft(noise(n, n).astype(np.float64))
        parts += [spectrum.real, spectrum.imag]
    return np.concatenate(parts)


def windows(kind, periodic):
    from scipy.signal import get_window
    return np.concatenate([get_window(kind, n, fftbins=periodic == "periodic") for n in range(1, 257)])


def stft(samples, n_fft, win_length, hop, center):
    import torch
    window = torch.hann_window(int(win_length), periodic=True, dtype=torch.float64)
    x = torch.from_numpy(noise(int(samples)).astype(np.float64))
    out = torch.stft(x, int(n_fft), int(hop), int(win_length), window, center == "true", "constant", False, True, True)
    return np.concatenate([out.real.numpy().ravel(), out.imag.numpy().ravel()])


def filters(rate, n_fft, n_mels, f_min, f_max, scale, norm):
    import torchaudio
    bank = torchaudio.functional.melscale_fbanks(
        int(n_fft) // 2 + 1, float(f_min), float(f_max), int(n_mels), int(rate), None if norm == "none" else norm, scale)
    return bank.numpy().T.astype(np.float64).ravel()


def dct(length, count):
    from scipy.fft import dct as transform
    columns = noise(int(length) * 7).reshape(int(length), 7).astype(np.float64)
    return transform(columns, type=2, norm="ortho", axis=0)[:int(count)].ravel()


def mel_transform(rate, n_fft, win_length, hop, n_mels, f_min, f_max):
    import torchaudio
    return dict(sample_rate=int(rate), n_fft=int(n_fft), win_length=int(win_length), hop_length=int(hop), n_mels=int(n_mels),
                f_min=float(f_min), f_max=float(f_max), norm="slaney", mel_scale="slaney", pad_mode="constant")


def logmel(path, duration, *arguments):
    """Of a file at its own rate: mel power by torchaudio in double precision, decibels re the clip's maximum by the formula."""
    import soundfile, torch, torchaudio
    samples, rate = soundfile.read(path, dtype="float32")
    options = mel_transform(rate, *arguments)
    length = round(float(duration) * rate)
    clip = np.zeros(length)
    clip[:min(length, len(samples))] = samples[:length]
    power = torchaudio.transforms.MelSpectrogram(**options).double()(torch.from_numpy(clip)).numpy()
    level = 10 * np.log10(np.maximum(1e-10, power)) - 10 * np.log10(max(1e-10, power.max()))
    return np.maximum(level, level.max() - 80).ravel()


def mfcc(samples, count, *arguments):
    import torch, torchaudio
    options = mel_transform(*arguments)
    rate = options.pop("sample_rate")
    transform = torchaudio.transforms.MFCC(rate, int(count), 2, "ortho", False, options).double()
    return transform(torch.from_numpy(noise(int(samples)).astype(np.float64))).numpy().ravel()


if __name__ == "__main__":
    for line in sys.stdin:
        operation, target, *rest = line.rstrip("\n").split("\t")
        try:
            globals()[operation](*rest).astype("<f8").tofile(target)
            print("done", flush=True)
        except ImportError as error:
            print(f"missing {error.name or error}", flush=True)
        except Exception as error:
            print(f"failed {operation}: {error!r}", flush=True)
