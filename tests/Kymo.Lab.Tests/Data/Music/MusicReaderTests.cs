using System.Text.Json;
using Kymo.Lab.Data.Music;
using Kymo.Signals;
using Kymo.Signals.Music;

namespace Kymo.Lab.Tests.Data.Music;

public sealed class MusicReaderTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static DataException Fault(Action act) => Assert.Throws<DataException>(act);

    MusicSet Read(MusicKind kind, LabelOptions? options = null, string name = "auto") => MusicFolders.Read(name, kind, _folder.Path, options ?? new());

    [Fact]
    public void Groove_reads_the_original_table_and_reports_the_absent_test_part()
    {
        var set = GrooveMidi.Read(Repository.Shared("data", "groove-midi"));
        Assert.Equal((1021, 129), (set.Items.Count, set.Exclusions.Count));
        Assert.Equal([("train", 897), ("validation", 124)], set.Items.CountBy(item => item.Split!).Select(count => (count.Key, count.Value)).Order());
        Assert.Equal("the test split is absent", Assert.Single(set.Notes));
        Assert.Equal(Conditions.Styles, set.Items.Select(item => item.Drums!.Style.Split('/')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.All(set.Items, item => Assert.Equal(64, Conditions.OfStyle(item.Drums!.Style, item.Drums.IsBeat, item.Drums.Metre, item.Drums.Bpm).Length));
    }

    [Fact]
    public void Pop909_reads_chords_and_keys_of_every_song()
    {
        var set = Pop909.Read(Repository.Shared("data", "pop909"), MusicKind.Harmony);
        Assert.Equal(267, set.Items.Count);
        Assert.Equal(37_001, set.Items.Sum(item => Pop909.Chords(item).Count));
        var keys = Pop909.Keys(set.Items[0]);
        Assert.Equal(new Key(6, false), Pop909.KeyAt(keys, 0));
        // Merged chords of the split that the specification counts.
        var examples = set.Items.Sum(item => Pop909.Chords(item).Select(chord => chord.Slot).Aggregate(
            (Last: -1, Count: -1), (state, slot) => slot == state.Last ? state : (slot, state.Count + 1)).Count);
        Assert.Equal(24_814 + 6_256, examples);
    }

    [Fact]
    public void Deam_means_are_those_of_the_published_tables()
    {
        var table = Repository.Shared("data", "emotion-annotations", "deam_static.csv");
        var target = Directory.CreateDirectory(_folder["annotations"]).FullName;
        // The published tree has two files and blanks before the names.
        var lines = File.ReadAllLines(table);
        var header = lines[0].Replace(",", ", ", StringComparison.Ordinal);
        File.WriteAllLines(Path.Combine(target, "static_annotations_averaged_songs_1_2000.csv"), lines[1..].Where(line => int.Parse(line.Split(',')[0]) < 2001).Prepend(header));
        File.WriteAllLines(Path.Combine(target, "static_annotations_averaged_songs_2000_2058.csv"), lines[1..].Where(line => int.Parse(line.Split(',')[0]) >= 2001).Prepend(header));
        var labels = Deam.ReadStatic(_folder.Path);
        Assert.Equal(1802, labels.Count);
        Assert.Equal((4.9041 - 5) / 4, labels.Values.Average(label => label.Valence), 1e-4);
        Assert.Equal((4.8140 - 1) / 8, labels.Values.Average(label => label.Arousal), 1e-4);
        Assert.Contains("holds DEAM's annotations but no folder MEMD_audio", Fault(() => Deam.Read(_folder.Path, new())).Message);
    }

    [Fact]
    public void Deam_tree_is_read_from_both_tables_and_unlabelled_audio_is_an_error_or_skipped()
    {
        MusicTrees.Deam(_folder.Path, 20, seconds: 0.1);
        var set = Read(MusicKind.Emotion);
        Assert.Equal(("deam", 20, true), (set.Name, set.Items.Count, set.IsNonCommercial));
        Assert.Contains(set.Items, item => item.Group == "2019");
        Assert.Equal((2 * 37 % 800 / 100.0 - 4) / 4, set.Items.Single(item => item.Group == "2").Emotion!.Value.Valence, 1e-12);
        MusicTrees.Tone(Path.Combine(_folder.Path, "DEAM_audio", "MEMD_audio", "77.wav"), 0.1, 440, 0.5);
        Assert.Contains("data.unlabelled=skip", Fault(() => Read(MusicKind.Emotion)).Message);
        Assert.Contains(Read(MusicKind.Emotion, new(SkipUnlabelled: true)).Exclusions, exclusion => exclusion.Id == "77.wav");
    }

    [Fact]
    public void Deam_dynamic_tables_are_ragged()
    {
        File.WriteAllText(_folder["arousal.csv"], "song_id,sample_15000ms,sample_15500ms,sample_16000ms\n2,-0.5,0.5,1\n3,0\n");
        var songs = Deam.ReadDynamic(_folder["arousal.csv"], arousal: true);
        Assert.Equal([(15000, 0.25), (15500, 0.75), (16000, 1)], songs[2]);
        Assert.Equal([(15000, 0.5)], songs[3]);
        File.WriteAllText(_folder["valence.csv"], "song_id,sample_15000ms\n2,1.5\n");
        Assert.Contains("line 2: sample_15000ms is 1.5", Fault(() => Deam.ReadDynamic(_folder["valence.csv"], false)).Message);
        File.WriteAllText(_folder["valence.csv"], "song_id,second_15\n2,1.5\n");
        Assert.Contains("column 'second_15'", Fault(() => Deam.ReadDynamic(_folder["valence.csv"], false)).Message);
    }

    [Theory]
    [InlineData("training/audio"), InlineData("audio")]
    public void Simple_emotion_layout_is_read_from_either_place(string folder)
    {
        var audio = Directory.CreateDirectory(_folder[folder]).FullName;
        foreach (var name in new[] { "a.wav", "b.wav" }) MusicTrees.Tone(Path.Combine(audio, name), 0.1, 440, 0.5);
        File.WriteAllText(Path.Combine(audio, "labels.csv"), "\uFEFF# made by hand\n Filename ,\"Valence_Mean\", ar\na.wav, 0.8,0.9\n\"b.wav\",-0.6,0.3\nc.wav,0,0\n");
        var set = Read(MusicKind.Emotion);
        Assert.Equal([("a.wav", new Emotion(0.8, 0.9)), ("b.wav", new Emotion(-0.6, 0.3))], set.Items.Select(item => (item.Id, item.Emotion!.Value)));
        Assert.Equal(("c.wav", "labelled, but there is no such file"), (set.Exclusions[0].Id, set.Exclusions[0].Reason));
    }

    [Theory]
    [InlineData("filename,valence\na.wav,1\n", "line 1: no column arousal or arousal_mean or ar; the columns are filename, valence")]
    [InlineData("filename,valence,arousal\na.wav,0.5,1.2\n", "line 2: arousal is 1.2, expected 0 to 1")]
    [InlineData("filename,valence,arousal\na.wav,x,1\n", "line 2: valence is 'x', expected a number")]
    [InlineData("filename,valence,arousal\na.wav,7.3,5\nb.wav,0.5,5\n", "line 3: valence is 0.5, expected 1 to 9")]
    [InlineData("filename,valence,arousal\na.wav,0,0\na.wav,0,0\n", "line 3: 'a.wav' is labelled twice")]
    [InlineData("filename,valence,arousal\na.wav,0\n", "line 2: 2 cells where the header has 3")]
    [InlineData("filename,valence,arousal\n\"a.wav,0,0\n", "line 2: a quote is not closed")]
    [InlineData("", "line 1: is empty")]
    public void Damaged_labels_name_file_and_line(string text, string expected)
    {
        var audio = Directory.CreateDirectory(_folder["audio"]).FullName;
        MusicTrees.Tone(Path.Combine(audio, "a.wav"), 0.1, 440, 0.5);
        File.WriteAllText(Path.Combine(audio, "labels.csv"), text);
        Assert.Contains($"labels.csv: {expected}", Fault(() => Read(MusicKind.Emotion)).Message);
    }

    [Fact]
    public void Label_of_the_scale_1_to_9_in_a_file_of_the_unit_scale_is_an_error()
    {
        var audio = Directory.CreateDirectory(_folder["audio"]).FullName;
        MusicTrees.Tone(Path.Combine(audio, "a.wav"), 0.1, 440, 0.5);
        File.WriteAllText(Path.Combine(audio, "labels.csv"), "filename,valence,arousal\na.wav,7.3,0.5\n");
        Assert.Contains("valence is 7.3, expected -1 to 1", Fault(() => Read(MusicKind.Emotion, new("unit"))).Message);
    }

    [Fact]
    public void Json_labels_have_three_forms_and_bare_names_must_be_of_one_file()
    {
        foreach (var name in new[] { "x/a.mid", "y/a.mid", "b.MID", "c.midi" }) MusicTrees.Midi(_folder["training/midi/" + name], 1, 60, 62);
        var labels = _folder["training/midi/emotion_labels.json"];
        File.WriteAllText(labels, """{"x/a.mid": {"valence": 0.7, "arousal": 0.6, "genre": "pop"}, "y/a.mid": [0.1, 0.2], "b.MID": {"emotion": {"valence": -1, "arousal": 0}}, "c.midi": [0, 1]}""");
        var set = Read(MusicKind.Melody);
        Assert.Equal(["b.MID", "c.midi", "x/a.mid", "y/a.mid"], set.Items.Select(item => item.Id));
        Assert.Equal(new Emotion(-1, 0), set.Items[0].Emotion);
        File.WriteAllText(labels, """{"a.mid": [0, 0]}""");
        Assert.Contains("'a.mid' names x/a.mid and y/a.mid", Fault(() => Read(MusicKind.Melody)).Message);
        File.WriteAllText(labels, """{"x/a.mid": {"valence": 0.7}}""");
        Assert.Contains("'x/a.mid' has no numbers valence and arousal", Fault(() => Read(MusicKind.Melody)).Message);
        File.WriteAllText(labels, "{\n\"x\": }");
        Assert.Contains("is not JSON at line 2", Fault(() => Read(MusicKind.Melody)).Message);
    }

    [Fact]
    public void Maestro_is_read_as_table_as_columns_and_as_records()
    {
        MusicTrees.Midi(_folder["2004/a.midi"], 1, 60);
        MusicTrees.Midi(_folder["2004/b, c.midi"], 1, 60);
        const string Header = "canonical_composer,canonical_title,split,year,midi_filename,audio_filename,duration\n";
        File.WriteAllText(_folder["maestro-v3.0.0.csv"], Header + "Bach,\"Fugue, in C\",train,2004,2004/a.midi,a.wav,1\nBach,\"Fugue, in D\",test,2004,\"2004/b, c.midi\",a.wav,1\nBach,Gone,validation,2004,2004/d.midi,d.wav,1\n");
        Check(Read(MusicKind.Dynamics));
        File.Delete(_folder["maestro-v3.0.0.csv"]);
        File.WriteAllText(_folder["maestro-v3.0.0.json"], """
            {"canonical_composer": {"0": "Bach", "1": "Bach", "2": "Bach"}, "canonical_title": {"0": "Fugue, in C", "1": "Fugue, in D", "2": "Gone"},
             "split": {"0": "train", "1": "test", "2": "validation"}, "midi_filename": {"0": "2004/a.midi", "1": "2004/b, c.midi", "2": "2004/d.midi"}}
            """);
        Check(Read(MusicKind.Dynamics));
        File.WriteAllText(_folder["maestro-v3.0.0.json"], """
            [{"canonical_composer": "Bach", "canonical_title": "Fugue, in C", "split": "train", "midi_filename": "2004/a.midi"},
             {"canonical_composer": "Bach", "canonical_title": "Fugue, in D", "split": "test", "midi_filename": "2004/b, c.midi"},
             {"canonical_composer": "Bach", "canonical_title": "Gone", "split": "validation", "midi_filename": "2004/d.midi"}]
            """);
        Check(Read(MusicKind.Dynamics));
        File.WriteAllText(_folder["maestro-v3.0.0.json"], """[{"canonical_composer": "Bach", "canonical_title": "x", "split": "train", "midi_filename": "../a.midi"}]""");
        Assert.Contains("leads outside the folder", Fault(() => Read(MusicKind.Dynamics)).Message);

        static void Check(MusicSet set)
        {
            Assert.Equal([("2004/a.midi", "Bach|Fugue, in C", "train"), ("2004/b, c.midi", "Bach|Fugue, in D", "test")], set.Items.Select(item => (item.Id, item.Group, item.Split!)));
            Assert.Equal("2004/d.midi", Assert.Single(set.Exclusions).Id);
            Assert.True(set.IsNonCommercial);
        }
    }

    [Fact]
    public void Lakh_groups_what_hangs_together_by_song_or_by_content()
    {
        string[] md5 = ["0", "1", "2"];
        string Name(string digit) => new string(digit[0], 32) + ".mid";
        foreach (var path in new[] { $"A/B/C/TRABC1/{Name(md5[0])}", $"A/B/C/TRABC1/{Name(md5[1])}", $"A/B/D/TRABD2/{Name(md5[1])}", $"A/B/E/TRABE3/{Name(md5[2])}" })
            MusicTrees.Midi(_folder["lmd_matched/" + path], 1, 60, 64);
        var set = Read(MusicKind.Melody);
        Assert.Equal("lakh", set.Name);
        Assert.Equal(2, set.Items.Select(item => item.Group).Distinct().Count());
        Assert.Single(set.Items.Take(3).Select(item => item.Group).Distinct());
        File.WriteAllText(_folder["match_scores.json"], """{"TRABC1": {"00": 0.7}}""");
        Assert.Equal(0.7, Lakh.ReadMatchScores(_folder["match_scores.json"])[("TRABC1", "00")]);
        File.WriteAllText(_folder["match_scores.json"], """{"TRABC1": {"00": 7}}""");
        Assert.Contains("'TRABC1', '00': 7", Fault(() => Lakh.ReadMatchScores(_folder["match_scores.json"])).Message);
    }

    [Fact]
    public void Organize_links_or_copies_under_unique_names_and_changes_nothing_the_second_time()
    {
        MusicTrees.Deam(_folder["native"], 10, seconds: 0.1);
        var target = _folder["organised"];
        var first = MusicOrganizer.Organize("deam", _folder["native"], target, copy: false, (_, _) => { }, default);
        Assert.Equal((10, 0), (first.Added, first.Present));
        Assert.Contains("10 items are few", Assert.Single(first.Warnings, warning => warning.Contains("few", StringComparison.Ordinal)));
        var before = Directory.GetFiles(first.Folder).ToDictionary(path => path, File.ReadAllBytes);
        var second = MusicOrganizer.Organize("deam", _folder["native"], target, copy: true, (_, _) => { }, default);
        Assert.Equal((0, 10), (second.Added, second.Present));
        Assert.All(Directory.GetFiles(first.Folder), path => Assert.Equal(before[path], File.ReadAllBytes(path)));
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(first.Folder, "manifest.json")));
        Assert.Equal(["path", "source", "sha256", "bytes", "split", "group", "label_source", "licence"], manifest.RootElement[0].EnumerateObject().Select(entry => entry.Name));
        var set = MusicFolders.Read("auto", MusicKind.Emotion, target, new());
        Assert.Equal(("simple", 10, Deam.Licence), (set.Name, set.Items.Count, set.Licence));
        Assert.Equal(Deam.ReadStatic(_folder["native"]).Values.Select(label => label.Valence).Order(), set.Items.Select(item => item.Emotion!.Value.Valence).Order());
    }

    [Fact]
    public void Organize_tells_paths_apart_that_become_one_name_and_never_replaces_a_file()
    {
        foreach (var path in new[] { "a/b_c.mid", "a_b/c.mid" }) MusicTrees.Midi(_folder["clean_midi/" + path], 1, path.Length, 60);
        var organised = MusicOrganizer.Organize("lakh", _folder.Path, _folder["out"], copy: true, (_, _) => { }, default);
        Assert.Equal(2, Directory.GetFiles(organised.Folder, "*.mid").Distinct().Count());
        var one = Directory.GetFiles(organised.Folder, "*.mid")[0];
        File.WriteAllText(one, "mine");
        Assert.Contains("nothing is replaced", Fault(() => MusicOrganizer.Organize("lakh", _folder.Path, _folder["out"], copy: true, (_, _) => { }, default)).Message);
        Assert.Equal("mine", File.ReadAllText(one));
    }

    [Fact]
    public void MidiSet_counts_bad_files_and_stops_at_too_many()
    {
        for (var i = 0; i < 18; i++) MusicTrees.Midi(_folder[$"midi/{i:00}.mid"], 1, 60, 62);
        File.WriteAllBytes(_folder["midi/98.mid"], [1, 2, 3]);
        File.WriteAllBytes(_folder["midi/99.mid"], MusicTrees.MidiBytes(1, 60, 62, 64)[..30]);
        var set = MusicFolders.Read("simple", MusicKind.Melody, _folder.Path, new());
        var read = MidiSet.ForEach(set.Items, (_, midi) => midi.Notes.Count < 2 ? "has too few notes" : null, 0.06);
        Assert.Equal("98.mid", Assert.Single(read.Unreadable).Id);
        Assert.Equal("99.mid", Assert.Single(read.Unsuited).Id);
        var error = Fault(() => MidiSet.ForEach(set.Items, (_, _) => null, 0.04));
        Assert.Contains("1 cannot be read (98.mid: is no MIDI file", error.Message);
        Assert.Contains("data.max_bad_fraction", error.Message);
    }

    [Fact]
    public void Nothing_here_says_what_was_expected()
    {
        Assert.Contains("expected training/drums/ with drum_labels.json, or a native tree named with data=groove", Fault(() => Read(MusicKind.Groove)).Message);
        Assert.Contains("data.root=DIR", Fault(() => MusicFolders.Read("auto", MusicKind.Groove, _folder["none"], new())).Message);
    }
}
