using System.Diagnostics;
using System.Globalization;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.Signals.Tests.Midi;

/// <summary>
/// Damaged MIDI for KYMO_FUZZ_SECONDS seconds (2 without it): only a DataException may come out, memory stays small, and what is read can be described.
/// </summary>
public sealed class MidiFuzzTests
{
    const int MostBytes = 64 << 20;

    static readonly double s_seconds = double.TryParse(Environment.GetEnvironmentVariable("KYMO_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 2;

    static readonly byte[][] s_pieces =
    [
        [0xFF, 0x51, 3, 0, 0, 0], [0xFF, 0x58, 4, 0, 0, 0, 0], [0xFF, 0x2F, 0], [0xF0, 0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF],
        [0x80, 0x00], [0xE7, 0x28], "MTrk"u8.ToArray(), "MThd"u8.ToArray(), [0xF7], [0x90, 60, 100], [0x99, 36, 127],
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Damage_gives_a_DataException_or_notes(bool allowDamage)
    {
        var wholes = new[] { MidiFileTests.GoldenBytes, Drums() };
        var random = new Random(allowDamage ? 31 : 32);
        var clock = Stopwatch.StartNew();
        var (refused, read) = (0, 0);
        while (clock.Elapsed.TotalSeconds < s_seconds / 2)
        {
            var bytes = Damaged(wholes[random.Next(wholes.Length)], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Describe(MidiFile.Parse(bytes, "fuzz.mid", new MidiReadOptions { AllowDamage = allowDamage, AllowFormat2 = allowDamage }));
                read++;
            }
            catch (DataException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"{e.GetType()} from {Convert.ToHexString(bytes)}\n{e}");
            }
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, Convert.ToHexString(bytes));
        }
        Assert.True(refused > 0 && read > 0, $"{refused} refused, {read} read");
    }

    static byte[] Damaged(byte[] whole, Random random)
    {
        var bytes = whole.ToList();
        for (var i = random.Next(1, 5); i > 0 && bytes.Count > 0; i--)
        {
            var at = random.Next(bytes.Count);
            var piece = s_pieces[random.Next(s_pieces.Length)];
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 9)));
                    break;
                case 2:
                    bytes.InsertRange(at, piece);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    for (var k = 0; k < piece.Length && at + k < bytes.Count; k++) bytes[at + k] = piece[k];
                    break;
            }
        }
        return [.. bytes];
    }

    // Whatever is read gives finite numbers.
    static void Describe(MidiFile midi)
    {
        Assert.All(midi.Notes, note => Assert.True(double.IsFinite(note.Start) && note.End >= note.Start && note.Pitch is >= 0 and < 128));
        if (DrumPattern.Read(midi, out _) is { } pattern) Assert.All(Groove.Compute(pattern), value => Assert.True(float.IsFinite(value)));
        PitchHistogram.Compute(midi, new PitchHistogramOptions());
        foreach (var segment in ScoreSegment.Cut(midi, 30).Take(4)) Assert.All(Dynamics.Compute(segment), value => Assert.True(float.IsFinite(value)));
    }

    static byte[] Drums()
    {
        var events = new List<byte>();
        for (var i = 0; i < 32; i++) events.AddRange([(byte)(i == 0 ? 0 : 60), 0x99, (byte)(i % 4 == 0 ? 36 : i % 4 == 2 ? 38 : 42), (byte)(40 + i), 30, 0x89, (byte)(i % 4 == 0 ? 36 : i % 4 == 2 ? 38 : 42), 0]);
        events.AddRange([0, 0xFF, 0x2F, 0]);
        return [.. "MThd"u8, 0, 0, 0, 6, 0, 0, 0, 1, 0, 120, .. "MTrk"u8, 0, 0, (byte)(events.Count >> 8), (byte)events.Count, .. events];
    }
}
