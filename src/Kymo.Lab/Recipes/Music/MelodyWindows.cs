using System.Buffers.Binary;
using System.Collections;
using System.Globalization;
using Kymo.Lab.Data.Music;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;
using Microsoft.Win32.SafeHandles;

namespace Kymo.Lab.Recipes.Music;

/// <summary>
/// Melodies in windows of 128 notes, half a kilobyte each in a file without a name that goes with the program, so that memory does not grow
/// with their length: of the 176,000 files of Lakh only the names are kept. An item is made when it is asked for, its inputs when they are.
/// </summary>
sealed class MelodyWindows : IReadOnlyList<MusicExample>
{
    /// <summary>Notes of a window.</summary>
    public const int Steps = 128;

    /// <summary>Bins of the time since the note before.</summary>
    public const int StepBins = 9;

    /// <summary>Numbers of a note: pitch, key, time since the note before, place of the next one in the bar.</summary>
    public const int Inputs = 128 + 24 + StepBins + 16;

    // Item, start, notes, key from 1 on, shift; then pitch, time, place of the next and the next pitch, each for all notes.
    const int Head = 11, Record = Head + (4 * Steps), PageRecords = 256;

    readonly CompactTexts _ids = [], _groups = [];
    readonly List<string?> _parts = [];
    readonly byte[] _page = new byte[PageRecords * Record];
    readonly SafeFileHandle _file;

    /// <summary>No windows yet.</summary>
    public MelodyWindows()
    {
        var path = Path.Combine(Path.GetTempPath(), $"kymo-melodies-{Guid.NewGuid():N}");
        _file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete);
        // The file lives as long as it is open, whatever ends the program.
        File.Delete(path);
    }

    /// <inheritdoc/>
    public int Count { get; private set; }

    /// <summary>Group and published part of each melody.</summary>
    public IEnumerable<(string Group, string? Split)> Pieces => _groups.Zip(_parts);

    /// <summary>Cuts a melody in windows, moved to C major or A minor.</summary>
    /// <param name="item">The piece.</param>
    /// <param name="notes">The melody, one note at a time.</param>
    /// <param name="ticks">Ticks of a quarter.</param>
    /// <param name="key">Its key; null where it is not known.</param>
    public void Add(MusicItem item, IReadOnlyList<MidiNote> notes, int ticks, Key? key)
    {
        var shift = key?.ToNeutral ?? 0;
        _ids.Add(item.Id);
        _groups.Add(item.Group);
        _parts.Add(item.Split is { } part ? string.Intern(part) : null);
        for (var start = 0; start + 1 < notes.Count; start += Steps)
        {
            var record = _page.AsSpan(Count % PageRecords * Record, Record);
            record.Clear();
            BinaryPrimitives.WriteInt32LittleEndian(record, _ids.Count - 1);
            BinaryPrimitives.WriteInt32LittleEndian(record[4..], start);
            record[8] = (byte)Math.Min(Steps, notes.Count - start - 1);
            record[9] = (byte)(key is { } known ? known.Index + 1 : 0);
            record[10] = (byte)(sbyte)shift;
            for (var step = 0; step < record[8]; step++)
            {
                var (at, next) = (start + step, notes[start + step + 1]);
                record[Head + step] = (byte)Clamp(notes[at].Pitch + shift);
                record[Head + Steps + step] = (byte)(at == 0 ? 0 : StepBin((notes[at].StartTick - notes[at - 1].StartTick) / (double)ticks));
                record[Head + (2 * Steps) + step] = (byte)(Math.Round(4.0 * next.StartTick / ticks) % 16);
                record[Head + (3 * Steps) + step] = (byte)Clamp(next.Pitch + shift);
            }
            Count++;
            if (Count % PageRecords == 0) RandomAccess.Write(_file, _page, (long)(Count - PageRecords) * Record);
        }
    }

    /// <inheritdoc/>
    public MusicExample this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var record = new byte[Record];
            if (index >= Count - (Count % PageRecords)) _page.AsSpan(index % PageRecords * Record, Record).CopyTo(record);
            else if (RandomAccess.Read(_file, record, (long)index * Record) != Record)
                throw new IOException("the file of melodies ends too early");
            return Example(record);
        }
    }

    /// <inheritdoc/>
    public IEnumerator<MusicExample> GetEnumerator()
    {
        for (var index = 0; index < Count; index++) yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>A pitch at the very edge of MIDI's range is moved by an octave less.</summary>
    public static int Clamp(int pitch) => pitch < 0 ? pitch + 12 : pitch > 127 ? pitch - 12 : pitch;

    /// <summary>The pitch of a note of a window in C major or A minor.</summary>
    public static int PitchOf(MusicExample window, int step) => window.Source.Span[Head + step];

    // Octaves of time: a sixteenth of a beat is bin 1, a beat bin 5, four beats and more 8 (rounded to the nearest).
    static int StepBin(double beats) => beats <= 0 ? 0 : Math.Clamp((int)Math.Round(Math.Log2(beats)) + 5, 1, StepBins - 1);

    MusicExample Example(byte[] record)
    {
        var piece = BinaryPrimitives.ReadInt32LittleEndian(record);
        var start = BinaryPrimitives.ReadInt32LittleEndian(record.AsSpan(4));
        var (labels, shifts) = (new int[Steps], new int[Steps]);
        Array.Fill(labels, -1);
        Array.Fill(shifts, (sbyte)record[10]);
        for (var step = 0; step < record[8]; step++) labels[step] = record[Head + (3 * Steps) + step];
        var id = string.Create(CultureInfo.InvariantCulture, $"{_ids[piece]}#{start}");
        return new(id, _groups[piece], () => InputsOf(record)) { Labels = labels, Shifts = shifts, Source = record };
    }

    static float[] InputsOf(byte[] record)
    {
        var input = new float[Steps * Inputs];
        for (var step = 0; step < record[8]; step++)
        {
            var row = input.AsSpan(step * Inputs, Inputs);
            row[record[Head + step]] = 1;
            if (record[9] > 0) row[128 + record[9] - 1] = 1;
            row[152 + record[Head + Steps + step]] = 1;
            row[152 + StepBins + record[Head + (2 * Steps) + step]] = 1;
        }
        return input;
    }
}
