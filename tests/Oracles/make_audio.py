"""Writes the small sound files of tests/Oracles/data/audio with python-soundfile (libsndfile 1.2.0):

/usr/bin/python3 tests/Oracles/make_audio.py tests/Oracles/data/audio

Left is a 440 Hz sine of amplitude 0.5, right one of 1000 Hz and 0.25; a quarter of a second at 22,050 Hz.
"""
import os
import sys
import numpy as np
import soundfile

folder = sys.argv[1]
n = np.arange(5512)
left = 0.5 * np.sin(2 * np.pi * 440 * n / 22050)
right = 0.25 * np.sin(2 * np.pi * 1000 * n / 22050)
stereo = np.stack([left, right], axis=1)
for name, samples, form, subtype in [
    ("mono-ms-adpcm.wav", left, "WAV", "MS_ADPCM"),
    ("mono-ima-adpcm.wav", left, "WAV", "IMA_ADPCM"),
    ("mono-mu-law.wav", left, "WAV", "ULAW"),
    ("mono-pcm16.flac", left, "FLAC", "PCM_16"),
    ("stereo-pcm24.flac", stereo, "FLAC", "PCM_24"),
    ("stereo-vorbis.ogg", stereo, "OGG", "VORBIS"),
    ("mono.mp3", left, "MP3", "MPEG_LAYER_III"),
    ("mono-pcm16.aiff", left, "AIFF", "PCM_16"),
    ("mono-pcm16.au", left, "AU", "PCM_16"),
    ("mono-pcm16.caf", left, "CAF", "PCM_16"),
    ("mono-pcm16.w64", left, "W64", "PCM_16"),
    ("mono-pcm16.rf64", left, "RF64", "PCM_16"),
]:
    soundfile.write(os.path.join(folder, name), samples, 22050, format=form, subtype=subtype)
