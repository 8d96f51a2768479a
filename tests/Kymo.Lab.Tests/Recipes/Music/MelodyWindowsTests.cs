using Kymo.Lab.Data.Music;
using Kymo.Lab.Recipes.Music;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;

namespace Kymo.Lab.Tests.Recipes.Music;

[Collection(nameof(Training.Alone))]
public sealed class MelodyWindowsTests
{
    static readonly MusicItem s_item = new("a/b.mid", "b.mid", "a");

    // A scale of quarters, 480 ticks each.
    static MidiNote[] Melody(int notes, int from) =>
        [.. Enumerable.Range(0, notes).Select(i => new MidiNote(i / 2.0, (i + 1) / 2.0, from + (i % 24), 90, 1, 0, 480L * i, 480L * (i + 1)))];

    [Fact]
    public void Windows_come_back_as_they_were_cut()
    {
        var windows = new MelodyWindows();
        var key = Key.TryParse("D:maj")!.Value;
        // 300 windows: some in the file, some not yet.
        for (var i = 0; i < 100; i++) windows.Add(s_item with { Id = $"{i}" }, Melody(300, 40 + (i % 20)), 480, key);
        Assert.Equal(300, windows.Count);
        foreach (var index in new[] { 0, 1, 200, 255, 256, 299 })
        {
            var (melody, start) = (Melody(300, 40 + (index / 3 % 20)), index % 3 * MelodyWindows.Steps);
            var window = windows[index];
            Assert.Equal($"{index / 3}#{start}", window.Id);
            Assert.Equal("a", window.Group);
            for (var step = 0; step < MelodyWindows.Steps; step++)
            {
                var row = window.Input.AsSpan(step * MelodyWindows.Inputs, MelodyWindows.Inputs).ToArray();
                if (start + step + 1 >= melody.Length)
                {
                    Assert.Equal(-1, window.Labels[step]);
                    Assert.DoesNotContain(1f, row);
                    continue;
                }
                Assert.Equal(melody[start + step + 1].Pitch + key.ToNeutral, window.Labels[step]);
                int[] expected =
                [
                    melody[start + step].Pitch + key.ToNeutral, 128 + key.Index, 152 + (start + step == 0 ? 0 : 5),
                    152 + MelodyWindows.StepBins + (4 * (start + step + 1) % 16),
                ];
                Assert.Equal(expected, row.Index().Where(entry => entry.Item == 1).Select(entry => entry.Index));
                Assert.Equal(key.ToNeutral, window.Shifts[step]);
            }
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => windows[300]);
        Assert.Equal(Enumerable.Repeat(("a", (string?)null), 100), windows.Pieces);
    }

    [Fact]
    public void Of_a_melody_only_the_names_stay_in_memory()
    {
        const int files = 20_000;
        var melody = Melody(300, 50);
        var (windows, items) = (new MelodyWindows(), new LakhItems("/data/lmd_full"));
        void Add(int from, int count)
        {
            for (var i = from; i < from + count; i++)
            {
                var name = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(BitConverter.GetBytes(i)));
                items.Add($"{name[0]}/{name}.mid", "md5 " + name, null);
                windows.Add(items[items.Count - 1], melody, 480, null);
            }
        }
        Add(0, 1_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Add(1_000, files);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        // As inputs they would take 5.4 GB, as pitches and times 30 MB; the names are 2 × 74 bytes, and lists grow in twos.
        Assert.Equal(63_000, windows.Count);
        Assert.InRange(grown, long.MinValue, 400 * files);
        Assert.Equal("/data/lmd_full/" + items[700].Id, items[700].Path);
        Assert.Equal((items[700].Id + "#128", items[700].Group), (windows[2101].Id, windows[2101].Group));
        Assert.Equal(63_000, windows.Count(window => window.Labels[0] > 0));
    }
}
