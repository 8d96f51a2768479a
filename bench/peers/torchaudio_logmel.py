"""The peer of bench/Kymo.Bench.Features: torchaudio's MelSpectrogram and AmplitudeToDB, soundfile to decode.

Reads tab-separated requests from standard input, answers each with one line of JSON:
  memory  OPTIONS SAMPLES OUTPUT REPEATS   times REPEATS extractions of the float32 samples in a file on one thread, keeps the last
  folder  OPTIONS WORKERS LIST             times decoding and extracting the files named in LIST with WORKERS processes
OPTIONS is JSON: sampleRate, nFft, winLength, hopLength, nMels, fMin, fMax, topDb, samples.
The processes are started and have imported everything before the clock runs.
"""
import json
import multiprocessing
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import soundfile
import torch
import torchaudio

torch.set_num_threads(1)
transforms = {}


def transform(options):
    key = json.dumps(options, sort_keys=True)
    if key not in transforms:
        mel = torchaudio.transforms.MelSpectrogram(
            options["sampleRate"], n_fft=options["nFft"], win_length=options["winLength"], hop_length=options["hopLength"],
            f_min=options["fMin"], f_max=options["fMax"], n_mels=options["nMels"], norm="slaney", mel_scale="slaney",
            pad_mode="constant")
        transforms[key] = torch.nn.Sequential(mel, torchaudio.transforms.AmplitudeToDB("power", options["topDb"]))
    return transforms[key]


def memory(options, samples, output, repeats):
    run = transform(json.loads(options))
    clip = torch.from_numpy(np.fromfile(samples, dtype="<f4"))
    seconds = []
    with torch.inference_mode():
        for _ in range(int(repeats)):
            start = time.perf_counter()
            levels = run(clip)
            seconds.append(time.perf_counter() - start)
    levels.numpy().astype("<f4").tofile(output)
    return {"seconds": seconds}


def one_file(arguments):
    options, path = arguments
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = torch.from_numpy(samples.T.copy()).mean(0)
    if rate != options["sampleRate"]:
        mono = torchaudio.functional.resample(mono, rate, options["sampleRate"])
    clip = torch.zeros(options["samples"])
    count = min(len(clip), len(mono))
    clip[:count] = mono[:count]
    with torch.inference_mode():
        return transform(options)(clip).numpy().sum().item()


pools = {}


def folder(options, workers, listing):
    options = json.loads(options)
    with open(listing, encoding="utf-8") as lines:
        paths = lines.read().splitlines()
    workers = int(workers)
    if workers not in pools:
        pools[workers] = multiprocessing.Pool(workers)
        pools[workers].map(one_file, [(options, paths[0])] * (4 * workers), chunksize=1)
    start = time.perf_counter()
    pools[workers].map(one_file, [(options, path) for path in paths], chunksize=8)
    return {"seconds": [time.perf_counter() - start], "files": len(paths)}


if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    for line in sys.stdin:
        operation, *rest = line.rstrip("\n").split("\t")
        print(json.dumps({"memory": memory, "folder": folder}[operation](*rest)), flush=True)
    for pool in pools.values():
        pool.terminate()
