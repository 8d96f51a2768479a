using Kymo.Signals.Native;

namespace Kymo.Signals.Audio;

/// <summary>Words for libsndfile's format numbers.</summary>
static class SoundFormats
{
    public static string Container(int format) => (format & SndFile.TypeMask) switch
    {
        0x010000 or 0x130000 => "WAV",
        0x020000 => "AIFF",
        0x030000 => "AU",
        0x0B0000 => "W64",
        0x170000 => "FLAC",
        0x180000 => "CAF",
        0x200000 => "OGG",
        0x220000 => "RF64",
        0x230000 => "MP3",
        var other => $"format 0x{other:X}",
    };

    public static string Encoding(int format) => (format & SndFile.EncodingMask) switch
    {
        0x01 => "PCM 8 signed",
        0x02 => "PCM 16",
        0x03 => "PCM 24",
        0x04 => "PCM 32",
        0x05 => "PCM 8",
        0x06 => "float 32",
        0x07 => "float 64",
        0x10 => "mu-law",
        0x11 => "A-law",
        0x12 => "IMA ADPCM",
        0x13 => "MS ADPCM",
        0x20 => "GSM 6.10",
        0x30 => "G721 ADPCM",
        0x60 => "Vorbis",
        0x64 => "Opus",
        0x70 or 0x71 or 0x72 or 0x73 => "ALAC",
        0x80 or 0x81 or 0x82 => "MPEG layer " + "123"[(format & SndFile.EncodingMask) - 0x80],
        var other => $"encoding 0x{other:X}",
    };
}
