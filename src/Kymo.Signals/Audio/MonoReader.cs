using System.Runtime.InteropServices;
using Kymo.Signals.Native;

namespace Kymo.Signals.Audio;

/// <summary>
/// Reads a sound file of any length as one channel at a rate, block by block: the mean over channels, resampled as <see cref="Resampler"/> does,
/// which is what <see cref="AudioFile.ReadMono(string, int?, AudioReadOptions?)"/> gives but for rounding. Holds a few seconds at a time. For one
/// thread at a time.
/// </summary>
public sealed unsafe class MonoReader : IDisposable
{
    const int BlockFrames = 1 << 16;

    // What the resampler may give at once besides the block's share.
    const int Spare = 1 << 13;

    readonly string _path;
    readonly AudioReader _reader;
    readonly AudioReadOptions _options;
    readonly int _rate;
    readonly float[] _input;
    readonly float[] _mixed;
    readonly float[] _mono;
    nint _resampler;
    int _from, _to;
    long _given;
    bool _isHeard, _isRead, _isFlushed;

    MonoReader(string path, AudioReader reader, int rate, AudioReadOptions options)
    {
        (_path, _reader, _rate, _options) = (path, reader, rate, options);
        var (channels, own) = (Info.Channels, Info.SampleRate);
        _input = new float[BlockFrames * channels];
        _mixed = new float[BlockFrames];
        _mono = own == rate ? _mixed : new float[(int)Math.Min(1 << 24, Math.Ceiling((double)BlockFrames * rate / own)) + Spare];
        if (own == rate) return;
        var quality = Soxr.Quality(new(Soxr.HighQuality), new(0));
        nint error;
        _resampler = Soxr.Create(own, rate, 1, &error, null, &quality, null);
        Check(error);
    }

    /// <summary>The file's own rate, channels, length and format.</summary>
    public AudioInfo Info => _reader.Info;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sampleRate">Samples per second wanted.</param>
    /// <param name="options">What is accepted; the limit of samples does not apply.</param>
    /// <exception cref="DataException">The file is absent, empty, no known sound format, damaged or truncated, or cannot be resampled.</exception>
    /// <exception cref="DllNotFoundException">libsndfile or libsoxr is not installed; the message names the package.</exception>
    public static MonoReader Open(string path, int sampleRate, AudioReadOptions? options = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        options ??= new();
        var reader = AudioReader.Open(path, options);
        try
        {
            return new MonoReader(path, reader, sampleRate, options);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>Reads on.</summary>
    /// <param name="samples">Receives the next samples.</param>
    /// <returns>How many: as many as there is room for, or fewer at the end of the sound, then 0.</returns>
    /// <exception cref="DataException">The file is damaged, ends too early, holds NaN or infinity, or nothing but silence.</exception>
    public int Read(Span<float> samples)
    {
        var filled = 0;
        while (filled < samples.Length)
        {
            if (_from == _to && !Next()) break;
            var count = Math.Min(samples.Length - filled, _to - _from);
            _mono.AsSpan(_from, count).CopyTo(samples[filled..]);
            _from += count;
            filled += count;
        }
        return filled;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_resampler != 0) Soxr.Delete(_resampler);
        _resampler = 0;
        _reader.Dispose();
    }

    // Makes the next block ready in _mono; false at the end.
    bool Next()
    {
        (_from, _to) = (0, 0);
        while (_to == 0)
        {
            if (_isRead && (_resampler == 0 || _isFlushed)) return false;
            var frames = _isRead ? 0 : _reader.Read(_input);
            if (frames == 0) _isRead = true;
            if (_isRead && !_isHeard && !_options.AllowSilence)
                throw new DataException(_path, $"is silent: all {_reader.Position} frames are zero, expected sound");
            _isHeard = _isHeard || !SampleChecks.AreSilent(_input.AsSpan(0, frames * Info.Channels));
            Mix(frames);
            if (_resampler != 0) Resample(frames);
            else _to = frames;
        }
        return true;
    }

    // The whole block goes in: there is room for its share and more.
    void Resample(int frames)
    {
        var (taken, made) = (0, 0);
        do
        {
            nuint used, done;
            fixed (float* input = _mixed, output = _mono)
                Check(Soxr.Process(_resampler, _isRead ? null : input + taken, (nuint)(frames - taken), &used, output + made, (nuint)(_mono.Length - made), &done));
            taken += (int)used;
            made += (int)done;
            if (used == 0 && done == 0) break;
        }
        while (taken < frames || (_isRead && made < _mono.Length));
        if (taken < frames) throw new DataException(_path, $"cannot be resampled: libsoxr took {taken} of {frames} frames");
        _isFlushed = _isRead && made < _mono.Length;
        _to = made;
        // As many samples as the rule says: a few too many are cut off, missing ones are zeros.
        if (_isRead)
        {
            var left = Resampler.OutputFrames(_reader.Position, Info.SampleRate, _rate) - _given;
            if (_isFlushed || left < made) _to = (int)Math.Min(left, _mono.Length);
            if (_to > made) _mono.AsSpan(made, _to - made).Clear();
        }
        _given += _to;
    }

    void Mix(int frames)
    {
        var channels = Info.Channels;
        if (channels == 1) _input.AsSpan(0, frames).CopyTo(_mixed);
        else
        {
            for (int frame = 0, at = 0; frame < frames; frame++)
            {
                var sum = _input[at++];
                for (var channel = 1; channel < channels; channel++) sum += _input[at++];
                _mixed[frame] = sum / channels;
            }
        }
    }

    void Check(nint error)
    {
        if (error != 0) throw new DataException(_path, $"libsoxr cannot resample {Info.SampleRate} Hz to {_rate} Hz: {Marshal.PtrToStringUTF8(error)}");
    }
}
