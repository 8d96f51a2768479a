using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Verbs;

/// <summary>What the program does with music trees: brings them into the simple layout, describes them, checks them, trains and scores again.</summary>
public sealed class MusicVerbTests : IDisposable
{
    readonly TempFolder _folder = new();

    public MusicVerbTests()
    {
        Directory.CreateDirectory(_folder["groove/drummer1/session1"]);
        var rows = new List<string> { "drummer,session,id,style,bpm,beat_type,time_signature,midi_filename,audio_filename,duration,split" };
        foreach (var (name, style, split) in new[] { ("1_funk_120_beat_4-4", "funk/groove1", "train"), ("2_rock_120_fill_4-4", "rock", "validation"), ("3_jazz_120_beat_4-4", "jazz", "test") })
        {
            File.WriteAllBytes(_folder[$"groove/drummer1/session1/{name}.mid"], Drums());
            rows.Add($"drummer1,drummer1/session1,drummer1/session1/{name[0]},{style},120,{name.Split('_')[3]},4-4,drummer1/session1/{name}.mid,,3.0,{split}");
        }
        File.WriteAllLines(_folder["groove/info.csv"], rows);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Native_tree_is_organised_once_with_a_manifest_and_nothing_is_deleted()
    {
        Assert.Equal(3, (int)KymoProgram.Succeed(_folder.Path, "data", "organize", "groove", "--root", "groove", "--to", "datasets", "--mode", "copy", "--json").Json["added"]!);
        var again = KymoProgram.Succeed(_folder.Path, "data", "organize", "groove", "--root", "groove", "--to", "datasets", "--mode", "copy", "--json").Json;
        Assert.Equal((0, 3), ((int)again["added"]!, (int)again["present"]!));
        var manifest = JsonNode.Parse(File.ReadAllText(_folder["datasets/training/drums/manifest.json"]))!.AsArray();
        Assert.Equal(["train", "validation", "test"], manifest.Select(entry => (string)entry!["split"]!));
        Assert.All(manifest, entry => Assert.Equal("CC BY 4.0", (string)entry!["licence"]!));
        Assert.Equal(3, Directory.GetFiles(_folder["groove"], "*.mid", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public void Tree_is_described_and_its_differences_to_the_published_one_are_listed()
    {
        Assert.Contains("groove: 3 pieces of 3 groups", KymoProgram.Succeed(_folder.Path, "data", "describe", "groove", "--root", "groove").Output);
        File.WriteAllBytes(_folder["groove/drummer1/session1/2_rock_120_fill_4-4.mid"], "MT"u8.ToArray());
        var verified = KymoProgram.Run(_folder.Path, "data", "verify", "groove", "--root", "groove", "--json");
        Assert.Equal(1, verified.Code);
        var findings = verified.Json["findings"]!.AsArray().Select(finding => (string)finding!).ToArray();
        Assert.Contains("train: 1 files; published are 897", findings);
        Assert.Contains(findings, finding => finding.Contains("2_rock_120_fill_4-4.mid: is no MIDI file"));
        Assert.Equal(3, KymoProgram.Run(_folder.Path, "data", "describe", "groove", "--root", "nowhere").Code);
    }

    [Fact]
    public void Trained_run_is_scored_again_by_the_program()
    {
        KymoProgram.Succeed(_folder.Path, "train", "music-groove", "data=synthetic", "model=original", "data.synthetic_items=100", "trainer.epochs=1", "run.name=first");
        Assert.Contains("95 % interval", KymoProgram.Succeed(_folder.Path, "evaluate", "first").Output);
        Assert.Equal(2, KymoProgram.Run(_folder.Path, "evaluate", "first", "model.name=improved").Code);
        // What its answers would not heed is refused, and who would is named.
        foreach (var option in new[] { "--smooth", "--hop", "--fold" })
        {
            var refused = KymoProgram.Run(_folder.Path, "predict", "first", "any.mid", option, "2");
            Assert.Equal(2, refused.Code);
            Assert.Contains($"{option}: networks of music-groove do not heed it, those of urban-sounds, ", refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Networks_of_one_step_are_written_for_RTNeural_and_read_back()
    {
        KymoProgram.Succeed(_folder.Path, "train", "music-groove", "data=synthetic", "model=original", "data.synthetic_items=100", "trainer.epochs=1", "run.name=drums");
        var export = KymoProgram.Succeed(_folder.Path, "export", "drums", "--format", "rtneural", "--json").Json;
        Assert.Equal("drums.json", (string)export["out"]!);
        Assert.InRange((double)export["largest_difference"]!, 0, 1e-5);
        var layers = JsonNode.Parse(File.ReadAllText(_folder["drums.json"]))!["layers"]!.AsArray();
        Assert.Equal(["dense", "dense", "dense"], layers.Select(layer => (string)layer!["type"]!));
    }

    // Twelve strokes a quarter apart.
    static byte[] Drums()
    {
        byte[] track =
        [
            .. Enumerable.Range(0, 12).SelectMany(i => new byte[] { (byte)(i == 0 ? 0 : 60), 0x99, (byte)(i % 2 == 0 ? 36 : 38), (byte)(60 + i), 30, 0x89, (byte)(i % 2 == 0 ? 36 : 38), 0 }),
            0, 0xFF, 0x2F, 0,
        ];
        return [.. "MThd"u8, 0, 0, 0, 6, 0, 0, 0, 1, 0, 120, .. "MTrk"u8, 0, 0, 0, (byte)track.Length, .. track];
    }
}
