using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Kymo.Signals.Midi;

namespace Kymo.Signals.Tests.Midi;

/// <summary>
/// Notes, tempi and controls of every real file against what python3-mido read of it, and of two damaged copies of each where mido
/// reads those. The digests were made by tests/Oracles/midi_digests.py and are compared with what mido reads now: of every 40th file, or of
/// all with KYMO_MIDO=all.
/// </summary>
public sealed class MidoDigestTests
{
    static string Root => Repository.Shared("data");

    static string[][] Rows => [.. File.ReadLines(Repository.PathOf("tests", "Oracles", "data", "midi_digests.tsv")).Select(line => line.Split('\t'))];

    [Fact]
    public void Read_of_every_real_file_equals_mido()
    {
        var root = Root;
        var differing = Rows.Where(row => Digest(File.ReadAllBytes(Path.Combine(root, row[0])), new()) != (int.Parse(row[1], CultureInfo.InvariantCulture), row[2]));
        Assert.Empty(differing.Select(row => row[0]));
    }

    [Fact]
    public void Read_of_damaged_copies_equals_mido_where_mido_reads_them()
    {
        var root = Root;
        int equal = 0, unread = 0;
        var differing = new List<string>();
        foreach (var (number, row) in Rows.Index())
        {
            var content = File.ReadAllBytes(Path.Combine(root, row[0]));
            foreach (var (copy, expected) in Damaged(content, number).Zip(row[3..]))
            {
                // Damage makes neither reader fall over; where mido gives up there is nothing to compare with.
                var digest = Read(copy);
                if (expected == "unread") unread++;
                else if (digest == expected) equal++;
                else differing.Add($"{row[0]} copy {number}: mido {expected}, here {digest}");
            }
        }
        Assert.True(differing.Count == 0, $"{equal} equal, {unread} not read by mido, differing:\n{string.Join('\n', differing)}");
        Assert.InRange(equal, 500, 2 * 1288);
    }

    [Fact]
    public void Digests_are_what_mido_reads_here()
    {
        var step = Environment.GetEnvironmentVariable("KYMO_MIDO") == "all" ? 1 : 40;
        using var folder = new TempFolder();
        File.WriteAllLines(folder["list"], Rows.Select(row => row[0]));
        var lines = Oracle.Ask("midi_digests.py", ["mido"], Root, folder["list"], step.ToString(CultureInfo.InvariantCulture)).TrimEnd().Split('\n');
        Assert.Equal(Rows.Where((_, number) => number % step == 0).Select(row => string.Join('\t', row)), lines);
    }

    static string Read(byte[] copy)
    {
        try
        {
            return Digest(copy, new() { AllowDamage = true, AllowFormat2 = true }).Digest;
        }
        catch (DataException)
        {
            return "unread";
        }
    }

    static IEnumerable<byte[]> Damaged(byte[] content, int number)
    {
        var flipped = (byte[])content.Clone();
        for (var k = 0; k < 3; k++) flipped[14 + (((number * 7919L) + (k * 104729L)) % (content.Length - 14))] ^= (byte)(1 << ((number + k) % 8));
        return [flipped, content[..(content.Length - 1 - (number * 37 % (content.Length / 2)))]];
    }

    static (int Notes, string Digest) Digest(byte[] content, MidiReadOptions options)
    {
        var midi = MidiFile.Parse(content, "file.mid", options);
        var text = new StringBuilder(FormattableString.Invariant($"D {midi.TicksPerQuarter}"));
        var notes = midi.Notes.OrderBy(note => note.StartTick).ThenBy(note => note.Pitch).ThenBy(note => note.Channel)
            .ThenBy(note => note.Track).ThenBy(note => note.Velocity).ThenBy(note => note.EndTick);
        foreach (var note in notes)
            text.Append(CultureInfo.InvariantCulture, $"\nN {note.StartTick} {note.Pitch} {note.Channel} {note.Track} {note.Velocity} {note.EndTick}");
        foreach (var change in midi.TempoChanges) text.Append(CultureInfo.InvariantCulture, $"\nT {change.Tick} {change.MicrosecondsPerQuarter}");
        foreach (var control in midi.Controls)
            text.Append(CultureInfo.InvariantCulture, $"\nC {control.Tick} {control.Track} {control.Controller} {control.Value} {control.Channel}");
        return (midi.Notes.Count, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16]);
    }
}
