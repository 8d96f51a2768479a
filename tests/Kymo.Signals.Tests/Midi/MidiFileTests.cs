using System.Globalization;
using Kymo.Signals.Midi;

namespace Kymo.Signals.Tests.Midi;

public sealed class MidiFileTests
{
    // Running status, velocity-0 note-offs, a tempo change at tick 960, channel 10, pitch 22.
    const string Golden =
        "4d546864000000060001000301e04d54726b0000001300ff510307a1208740ff510303d09000ff2f00" +
        "4d54726b0000002400903c6483603c0000405a83604000003c508360803c400090437f8740b0407f00ff2f00" +
        "4d54726b000000130099246e81702400817016323c160000ff2f00";

    internal static byte[] GoldenBytes => Convert.FromHexString(Golden);

    static MidiFile Parse(byte[] bytes, MidiReadOptions? options = null) => MidiFile.Parse(bytes, "file.mid", options);

    static byte[] Header(int format, int tracks, int division) =>
        [.. "MThd"u8, 0, 0, 0, 6, 0, (byte)format, 0, (byte)tracks, (byte)(division >> 8), (byte)division];

    static byte[] Track(params byte[] events) =>
        [.. "MTrk"u8, 0, 0, (byte)(events.Length >> 8), (byte)events.Length, .. events];

    static readonly byte[] s_end = [0, 0xFF, 0x2F, 0];

    [Fact]
    public void Parse_of_the_golden_file_gives_the_specified_notes()
    {
        var midi = Parse(GoldenBytes);
        Assert.Equal((1, 480, 3, 1.75), (midi.Format, midi.TicksPerQuarter, midi.Tracks.Count, midi.Length));
        // The last pitched note has no note-off and ends with its track.
        Assert.Equal((1, 0), (midi.HangingNotes, midi.ProblemCount));
        var pitched = midi.Notes.Where(note => !note.IsDrum).Select(note => (note.Pitch, note.Velocity, note.Start, note.End));
        Assert.Equal([(60, 100, 0, 0.5), (64, 90, 0.5, 1), (60, 80, 1, 1.25), (67, 127, 1.25, 1.75)], pitched);
        var drums = midi.Notes.Where(note => note.IsDrum).Select(
            note => (note.Pitch, note.Velocity, note.Start, note.End, note.Track));
        Assert.Equal([(36, 110, 0, 0.25, 2), (22, 50, 0.5, 0.5625, 2)], drums);
    }

    [Fact]
    public void Parse_of_format_0_with_everything_on_one_track()
    {
        byte[] events =
        [
            0, 0xFF, 0x03, 4, .. "Lead"u8, 0, 0xFF, 0x58, 4, 6, 3, 24, 8, 0, 0xFF, 0x59, 2, 0xFD, 1,
            0, 0x90, 60, 100, 96, 60, 0, .. s_end,
        ];
        var midi = Parse([.. Header(0, 1, 96), .. Track(events)]);
        Assert.Equal(new MidiNote(0, 0.5, 60, 100, 1, 0, 0, 96), Assert.Single(midi.Notes));
        Assert.Equal(new MidiTrack("Lead", 1, 96), Assert.Single(midi.Tracks));
        Assert.Equal(new TimeSignature(0, 6, 8), Assert.Single(midi.TimeSignatures));
        Assert.Equal(new KeySignature(0, -3, true), Assert.Single(midi.KeySignatures));
    }

    [Theory]
    [InlineData(24, 24.0), InlineData(25, 25.0), InlineData(29, 30000.0 / 1001), InlineData(30, 30.0)]
    public void Parse_of_SMPTE_time_takes_no_notice_of_tempo(int frames, double rate)
    {
        byte[] events = [0, 0xFF, 0x51, 3, 1, 0, 0, 0x50, 0x90, 60, 1, 40, 0x80, 60, 0, .. s_end];
        var midi = Parse([.. Header(1, 1, (-frames & 0xFF) << 8 | 40), .. Track(events)]);
        Assert.Null(midi.TicksPerQuarter);
        Assert.Equal(2 / rate, midi.Notes[0].Start, 1e-12);
        Assert.Equal(3 / rate, midi.Notes[0].End, 1e-12);
    }

    [Fact]
    public void Parse_ends_hanging_notes_with_their_track_and_pairs_first_in_first_out()
    {
        byte[] events = [0, 0x90, 60, 1, 96, 60, 2, 96, 60, 0, 96, 0x80, 61, 0, 96, 0xB0, 7, 1, .. s_end];
        var midi = Parse([.. Header(0, 1, 96), .. Track(events)]);
        Assert.Equal(
            [(1, 0, 192), (2, 96, 384)], midi.Notes.Select(note => (note.Velocity, (int)note.StartTick, (int)note.EndTick)));
        Assert.Equal(1, midi.HangingNotes);
    }

    [Fact]
    public void Parse_keeps_what_sounds_in_one_track_from_the_next()
    {
        byte[] first = [0, 0x90, 60, 1, 96, 61, 2, .. s_end], second = [10, 0x90, 60, 3, 10, 60, 0, .. s_end];
        var midi = Parse([.. Header(1, 2, 96), .. Track(first), .. Track(second)]);
        Assert.Equal(
            [(1, 0, 96), (3, 10, 20), (2, 96, 96)], midi.Notes.Select(note => (note.Velocity, (int)note.StartTick, (int)note.EndTick)));
        Assert.Equal(2, midi.HangingNotes);
    }

    [Fact]
    public void Parse_brings_notes_into_order_however_many_begin_at_once()
    {
        var random = new Random(8);
        foreach (var largest in new[] { 3, 40, 400 })
        {
            // Chords of random pitches on random channels, in two tracks.
            byte[] Chords() => [.. Enumerable.Range(0, 60).SelectMany(_ => Chord(random.Next(1, largest))), .. s_end];
            IEnumerable<byte> Chord(int size) => Enumerable.Range(0, size).SelectMany(
                i => new byte[] { (byte)(i == 0 ? 5 : 0), (byte)(0x90 | random.Next(16)), (byte)random.Next(128), (byte)random.Next(1, 128) });
            var notes = Parse([.. Header(1, 2, 96), .. Track(Chords()), .. Track(Chords())]).Notes;
            Assert.Equal(
                notes.OrderBy(note => note.StartTick).ThenBy(note => note.Pitch).ThenBy(note => note.Channel).ThenBy(note => note.Track), notes);
        }
    }

    [Fact]
    public void Parse_takes_tempo_from_any_track_and_the_last_at_one_tick()
    {
        byte[] notes = [0, 0x90, 60, 1, 96, 60, 0, 0, 61, 1, 96, 61, 0, .. s_end];
        byte[] late = [96, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40, 0, 0xFF, 0x51, 3, 0x03, 0xD0, 0x90, .. s_end];
        var midi = Parse([.. Header(1, 2, 96), .. Track(notes), .. Track(late)]);
        Assert.Equal([(0, 0.5), (0.5, 0.75)], midi.Notes.Select(note => (note.Start, note.End)));
        Assert.Equal(0.75, midi.Tempo.SecondsAt(192));
        for (var tick = 0; tick < 400; tick++) Assert.Equal(tick, midi.Tempo.TickAt(midi.Tempo.SecondsAt(tick)), 1e-9);
    }

    [Fact]
    public void Parse_passes_over_unknown_chunks_system_exclusive_and_odd_meta_events()
    {
        byte[] events =
        [
            0, 0x90, 60, 1, 0, 0xF0, 3, 1, 2, 0xF7, 0, 0xFF, 0x7F, 2, 9, 9, 0, 0xFF, 0x59, 2, 99, 7, 0, 0xFF, 0x51, 2, 1, 1,
            0, 0xF8, 0, 0xC3, 5, 0, 0xE0, 0, 64, 96, 0x90, 60, 0, .. s_end, 0x90, 1,
        ];
        byte[] longHeader = [.. Header(0, 1, 96), 1, 2, 3];
        longHeader[7] = 9;
        var midi = Parse([.. longHeader, .. "XFIH"u8, 0, 0, 0, 2, 7, 7, .. Track(events)]);
        Assert.Equal(0.5, Assert.Single(midi.Notes).End);
        Assert.Equal(2, midi.ProblemCount);
        Assert.Contains("meta event 0x59 of 2 bytes (6307)", midi.Problems[0].Text);
        Assert.Contains("meta event 0x51 of 2 bytes (0101)", midi.Problems[1].Text);
    }

    [Fact]
    public void Parse_reads_a_last_chunk_that_is_cut_off_to_its_end_and_reports_it()
    {
        for (var length = 63; length < GoldenBytes.Length; length++)
        {
            var midi = Parse(GoldenBytes[..length]);
            Assert.NotEqual(0, midi.ProblemCount);
            Assert.InRange(midi.Notes.Count, 0, 6);
        }
        var cut = Parse(GoldenBytes[..^6]);
        Assert.Contains("a chunk states 19 bytes, 13 are left", cut.Problems[0].Text);
        Assert.Equal((6, 2), (cut.Notes.Count, cut.HangingNotes));
    }

    [Theory]
    [InlineData("", "is no MIDI file: 0 bytes")]
    [InlineData("52494646000000060001000301e0", "begin with 52494646, expected 4D546864 (MThd)")]
    [InlineData("4d546864000000050001000301e0", "byte 4: the header states 5 bytes")]
    [InlineData("4d546864ffffffff0001000301e0", "byte 4: the header states 4294967295 bytes")]
    [InlineData("4d546864000000060003000301e0", "byte 8: format 3")]
    [InlineData("4d546864000000060002000301e0", "has format 2")]
    [InlineData("4d54686400000006000100030000", "byte 12: division 0x0000")]
    [InlineData("4d54686400000006000100039a28", "byte 12: division 0x9A28")]
    public void Parse_refuses_a_header_that_is_none(string hex, string expected)
    {
        var error = Assert.Throws<DataException>(() => Parse(Convert.FromHexString(hex)));
        Assert.Contains(expected, error.Message);
    }

    [Theory]
    [InlineData("00903c6400ff2f0000", null)]
    [InlineData("003c6400ff2f00", "byte 23: data byte 0x3C with no event before")]
    [InlineData("00903c6481818181003c00", "byte 26: a delta time of more than four bytes")]
    [InlineData("00903c6400903ce4", "byte 28: data 0x3C 0xE4 of event 0x90")]
    [InlineData("00903c6400f5", "byte 27: status byte 0xF5")]
    [InlineData("00903c6400ff0105", "byte 30: an event at byte 29 states 5 bytes, 0 are left")]
    [InlineData("00903c64009040", "byte 29: the track ends inside an event")]
    public void Parse_says_where_a_track_is_damaged_or_reads_up_to_there(string events, string? expected)
    {
        byte[] bytes = [.. Header(1, 2, 96), .. Track(Convert.FromHexString(events)), .. Track(
            [0, 0x91, 70, 9, 0, 70, 0, .. s_end])];
        if (expected is not null)
            Assert.Contains("is damaged at " + expected, Assert.Throws<DataException>(() => Parse(bytes)).Message);
        var midi = Parse(bytes, new() { AllowDamage = true });
        Assert.Equal(expected is null ? 0 : 1, midi.ProblemCount);
        Assert.Contains(midi.Notes, note => note.Pitch == 70);
        Assert.Equal(!events.StartsWith("003c", StringComparison.Ordinal), midi.Notes.Any(note => note.Pitch == 60));
    }

    [Fact]
    public void Parse_of_format_2_gives_each_pattern_its_own_tempo_where_allowed()
    {
        byte[] fast = [0, 0xFF, 0x51, 3, 0x03, 0xD0, 0x90, 0, 0x90, 60, 1, 96, 60, 0, .. s_end];
        byte[] plain = [0, 0x90, 61, 1, 96, 61, 0, .. s_end];
        var midi = Parse([.. Header(2, 2, 96), .. Track(fast), .. Track(plain)], new() { AllowFormat2 = true });
        Assert.Equal([0.25, 0.5], midi.Notes.Select(note => note.End));
    }

    [Fact]
    public void Read_refuses_absent_and_large_files()
    {
        using var folder = new TempFolder();
        Assert.Contains("does not exist", Assert.Throws<DataException>(() => MidiFile.Read(folder["none.mid"])).Message);
        File.WriteAllBytes(folder["file.mid"], GoldenBytes);
        Assert.Equal(6, MidiFile.Read(folder["file.mid"]).Notes.Count);
        var error = Assert.Throws<DataException>(() => MidiFile.Read(folder["file.mid"], new() { MaxBytes = 100 }));
        Assert.Contains($"has {GoldenBytes.Length} bytes, expected at most 100", error.Message);
    }

    [Fact]
    public void Read_of_real_files_equals_mido()
    {
        var groove = Directory.GetFiles(Repository.Shared("data", "groove-midi"), "*.mid", SearchOption.AllDirectories);
        var pop = Directory.GetFiles(Repository.Shared("data", "pop909"), "*.mid", SearchOption.AllDirectories);
        Assert.Equal((1021, 267), (groove.Length, pop.Length));
        var files = groove.Order(StringComparer.Ordinal).Where((_, i) => i % 60 == 0)
            .Concat(pop.Order(StringComparer.Ordinal).Where((_, i) => i % 60 == 0)).ToArray();
        using var folder = new TempFolder();
        File.WriteAllLines(folder["list"], files);
        var blocks = Oracle.Ask("midi.py", ["mido"], folder["list"]).Split("FILE\t", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(files.Length, blocks.Length);
        foreach (var (file, block) in files.Zip(blocks))
        {
            var lines = block.TrimEnd().Split('\n');
            var midi = MidiFile.Read(file);
            double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
            Assert.Equal(Number(lines[0].Split('\t')[1]), midi.Length, 1e-6);
            Assert.Equal(lines.Length - 1, midi.Notes.Count);
            foreach (var (line, note) in lines.Skip(1).Zip(midi.Notes))
            {
                var values = line.Split('\t').Select(Number).ToArray();
                Assert.Equal(values[0], note.Start, 1e-9);
                Assert.Equal(values[1], note.End, 1e-9);
                var (pitch, velocity, channel, track) = (values[2], values[3], values[4], values[5]);
                Assert.Equal((pitch, velocity, channel, track), (note.Pitch, note.Velocity, note.Channel, note.Track));
            }
        }
    }

    [Fact]
    public void Read_of_every_real_file_finds_notes_and_no_damage()
    {
        var files = Directory.GetFiles(Repository.Shared("data", "groove-midi"), "*.mid", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Repository.Shared("data", "pop909"), "*.mid", SearchOption.AllDirectories));
        foreach (var file in files)
        {
            var midi = MidiFile.Read(file);
            Assert.NotEmpty(midi.Notes);
            Assert.All(midi.Notes, note => Assert.True(note.End >= note.Start && note.Start >= 0));
            Assert.True(midi.Length >= midi.Notes[^1].Start);
        }
    }

    [Fact]
    public void Parse_of_mutated_bytes_throws_nothing_but_DataException()
    {
        var random = new Random(3);
        var refused = 0;
        for (var round = 0; round < 20000; round++)
        {
            var bytes = GoldenBytes;
            for (var count = random.Next(1, 6); count > 0; count--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (round % 3 == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                var midi = Parse(bytes, new() { AllowDamage = round % 2 == 0, AllowFormat2 = round % 4 == 0 });
                Assert.InRange(midi.Notes.Count, 0, bytes.Length / 3);
                Assert.All(midi.Notes, note => Assert.True(note.End >= note.Start && double.IsFinite(note.End)));
            }
            catch (DataException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 3000, 17000);
    }
}
