using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.SleepEvents;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Recipes.SleepEvents;

/// <summary>Tables whose column <c>split</c> names the parts.</summary>
public sealed class SplitColumnTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly List<string> _warnings = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Parts_are_those_of_the_table_in_any_case()
    {
        Table("file,class,split", "0.wav,a,train", "1.wav,b,Train", "2.wav,a,val", "3.wav,b,VALID", "4.wav,a,TEST", "5.wav,b,test", "6.wav,a,Validation", "7.wav,b,TRAIN");
        var (set, split) = Cut();
        Assert.Equal(([0, 1, 7], [2, 3, 6], [4, 5]), (split.Train, split.Validation, split.Test), ArraysEqual);
        Assert.Equal("split", set.SplitColumn);
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("1.wav,b,dev", "labels.csv: line 3: split is 'dev'; expected train, validation (val, valid) or test")]
    [InlineData("1.wav,b,", "labels.csv: line 3: split is ''; expected train")]
    public void Other_words_are_refused_with_their_line(string row, string expected)
    {
        Table("file,class,split", "0.wav,a,train", row);
        Assert.Contains(expected, Assert.Throws<DataException>(() => Cut()).Message);
    }

    [Fact]
    public void Part_without_recordings_or_without_a_class_is_refused()
    {
        Table("file,class,split", "0.wav,a,train", "1.wav,b,train", "2.wav,a,test", "3.wav,b,test");
        Assert.Contains("no usable recording is 'validation' in the column 'split'", Assert.Throws<ConfigException>(() => Cut()).Message);
        Table("file,class,split", "0.wav,a,train", "1.wav,b,train", "2.wav,a,val", "3.wav,b,val", "4.wav,b,test");
        Assert.Contains("the test part has no 'a'; give it one in the column 'split'", Assert.Throws<ConfigException>(() => Cut()).Message);
    }

    [Fact]
    public void Group_in_two_parts_is_refused_as_a_leak()
    {
        string[] rows = ["0.wav,a,train,p1", "1.wav,b,train,p2", "2.wav,a,val,p3", "3.wav,b,val,p3", "4.wav,a,test,p4", "5.wav,b,test,p1"];
        Table("file,class,split,person", rows);
        Assert.Contains("labels.csv: line 7: person 'p1' is in test, but in train on line 2", Assert.Throws<DataException>(() => Cut("data.group_column=person")).Message);
        Table("file,class,split,person", [.. rows[..5], "5.wav,b,test,p4"]);
        Assert.Equal(2, Cut("data.group_column=person").Split.Test.Length);
    }

    [Fact]
    public void Beside_folds_what_is_configured_counts_and_is_said()
    {
        string[] rows = [.. Enumerable.Range(0, 8).Select(i => $"{i}.wav,{"ab"[i % 2]},{(i / 2) + 1},{(i < 2 ? "test" : i < 4 ? "val" : "train")}")];
        Table("file,class,fold,split", rows);
        Assert.Equal([0, 1], Cut().Split.Test);
        Assert.Contains("the parts are those of its column 'split', not of 'fold'", Assert.Single(_warnings));
        Assert.Equal([4, 5], Cut("split.test=[3]").Split.Test);
        Assert.Contains("its column 'split' is not used", _warnings[^1]);
        Assert.Equal([6, 7], Cut("data.split_column=''").Split.Test);
        Assert.Equal(2, _warnings.Count);
        Table("file,class,part", [.. rows.Select(row => row.Split(',')).Select(row => $"{row[0]},{row[1]},{row[3]}")]);
        Assert.Equal([0, 1], Cut("data.split_column=part").Split.Test);
        Assert.Contains("leave them out, or type data.split_column=''", Assert.Throws<ConfigException>(() => Cut("data.split_column=part", "split.test=[3]")).Message);
    }

    [Fact]
    public void Run_trains_and_reports_the_tables_parts()
    {
        var tones = SyntheticTones.Write(_folder.Path, 16_000, 1);
        // The published folds turned round: what would be reported teaches.
        string[] parts = ["test", "valid", "train"];
        Table("file,class,split", [.. tones.Recordings.Select(tone => $"{tone.Id},{tones.Classes[tone.Label]},{parts[tone.Fold - 1]}")]);
        var (job, context) = Composed.Of("sleep-events", [.. Settings, "features.duration=0.5", "model=extremetinycnn", "trainer.epochs=1", "trainer.threads=1", "trainer.logger=null"]);
        var run = Registry.Find("sleep-events").Run(job, context).Folder;
        var reported = File.ReadLines(Path.Combine(run, RunFiles.Predictions)).Skip(1).Select(line => line.Split(',').First(cell => cell.EndsWith(".wav", StringComparison.Ordinal)));
        Assert.Equal(tones.Recordings.Where(tone => tone.Fold == 1).Select(tone => tone.Id).Order(), reported.Order());
        Assert.Contains("The table&#39;s own parts (column split)", File.ReadAllText(Path.Combine(run, "report.html")).Replace("'", "&#39;", StringComparison.Ordinal));
    }

    [Fact]
    public void Urban_sounds_refuses_parts_that_its_folds_would_mix()
    {
        Table("file,class,split", "0.wav,a,train", "1.wav,b,train", "2.wav,a,val", "3.wav,b,val", "4.wav,a,test", "5.wav,b,test");
        (MapNode Job, RunContext Context) composed = Composed.Of("urban-sounds", Settings);
        var error = Assert.Throws<ConfigException>(() => Registry.Find("urban-sounds").Run(composed.Job, composed.Context)).Message;
        Assert.Contains("names training, validation and test parts in its column 'split', which folds would mix; type kymo train sleep-events", error);
        composed = Composed.Of("urban-sounds", [.. Settings, "data.split_column=''"]);
        // Past the table: these recordings hold nothing.
        Assert.Contains("recordings cannot be used", Assert.Throws<DataException>(() => Registry.Find("urban-sounds").Run(composed.Job, composed.Context)).Message);
    }

    static bool ArraysEqual((int[], int[], int[]) one, (int[], int[], int[]) other) =>
        one.Item1.SequenceEqual(other.Item1) && one.Item2.SequenceEqual(other.Item2) && one.Item3.SequenceEqual(other.Item3);

    string[] Settings => ["data=table", "data.root=" + _folder.Path, "run.root=" + _folder["results"]];

    (RecordingSet Set, Split Split) Cut(params string[] settings)
    {
        var (job, _) = Composed.Of("sleep-events", [.. Settings, .. settings]);
        var config = ConfigBinder.Bind<SleepEventsConfig>(job);
        var set = SleepEventsData.Read(config, told => { if (told is RunEvent.Warning warning) _warnings.Add(warning.Text); });
        return (set, SleepEventsData.Cut(set, config.Split));
    }

    void Table(string header, params string[] rows)
    {
        File.WriteAllLines(_folder["labels.csv"], [header, .. rows]);
        foreach (var file in rows.Select(row => row.Split(',')[0]).Where(file => !File.Exists(_folder[file]))) File.WriteAllBytes(_folder[file], []);
    }
}
