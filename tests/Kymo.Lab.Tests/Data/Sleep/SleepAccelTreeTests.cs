using Kymo.Lab.Data.Sleep;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data.Sleep;

public sealed class SleepAccelTreeTests : IDisposable
{
    readonly TempFolder _folder = new();

    public SleepAccelTreeTests() => SyntheticNights.WriteTree(_folder.Path, 2, 1, new SyntheticNightOptions { Seconds = 600 });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Written_nights_are_read_back_number_for_number()
    {
        Assert.Equal(["100001", "100002"], SleepAccelTree.People(_folder.Path));
        var expected = SyntheticNights.Make("100001", 1, new SyntheticNightOptions { Seconds = 600 });
        var (streams, check) = SleepAccelTree.ReadClean(_folder.Path, "100001", 0.05, true);
        Assert.Null(check.Failure);
        foreach (var (read, made) in streams!.All.Zip(expected.All))
        {
            Assert.Equal(made.Series.Times, read.Series.Times);
            Assert.Equal(made.Series.Channels, read.Series.Channels);
        }
    }

    [Fact]
    public void Missing_stream_is_named()
    {
        File.Delete(Path(StreamKind.Motion));
        Assert.Equal("Subject 100001 failed: missing file: motion/100001_acceleration.txt", Check().Line);
        Assert.Equal(2, SleepAccelTree.People(_folder.Path).Count);
    }

    [Fact]
    public void Empty_file_is_an_empty_source()
    {
        File.WriteAllText(Path(StreamKind.Motion), "");
        var (streams, _) = SleepAccelTree.ReadClean(_folder.Path, "100001", 0.05, true);
        Assert.Equal("empty sources: motion", SleepRows.Make(streams!, new SleepRowOptions()).Failure);
    }

    [Fact]
    public void Text_in_a_number_is_dropped_and_counted_with_its_line()
    {
        Change(StreamKind.HeartRate, lines => lines[6] = "12.5,sixty");
        var check = Check();
        Assert.Null(check.Failure);
        var faults = check.Faults[0];
        Assert.Equal((1, 7), (faults.Counts["unreadable line"], faults.FirstBadLine));
        Assert.Contains(":7: '12.5,sixty': expected 2 numbers separated by a comma", faults.Examples[0]);
    }

    [Fact]
    public void Too_many_bad_rows_fail_the_night_with_file_and_line()
    {
        Change(StreamKind.HeartRate, lines =>
        {
            for (var i = 10; i < 30; i++) lines[i] = "x";
        });
        Assert.Contains("unreadable: " + Path(StreamKind.HeartRate) + ":11", Check().Failure);
    }

    [Theory]
    [InlineData("100.5,300", "out of range", "heart_rate 300; expected 25 to 250")]
    [InlineData("100.5,nan", "unreadable line", "expected 2 numbers")]
    [InlineData("100.5", "unreadable line", "expected 2 numbers")]
    [InlineData("100.5,60,60", "unreadable line", "expected 2 numbers")]
    [InlineData("1e999,60", "unreadable line", "expected 2 numbers")]
    public void Bad_heart_rate_rows(string line, string fault, string said)
    {
        Change(StreamKind.HeartRate, lines => lines[3] = line);
        var faults = Check().Faults[0];
        Assert.Equal(1, faults.Counts[fault]);
        Assert.Contains(":4: ", faults.Examples[0]);
        Assert.Contains(said, faults.Examples[0]);
    }

    [Fact]
    public void Unknown_label_code_is_dropped_and_named()
    {
        Change(StreamKind.Labels, lines => lines[2] = "60 9");
        var (streams, check) = SleepAccelTree.ReadClean(_folder.Path, "100001", 0.06, true);
        Assert.Contains(":3: label code 9; the codes are -1, 0, 1, 2, 3, 4, 5, 6", check.Faults[3].Examples[0]);
        Assert.Equal(19, streams!.Labels.Count);
        Assert.Equal(30, SleepRows.Make(streams, new SleepRowOptions()).Night!.Dropped["labels"]);
    }

    [Fact]
    public void Unsorted_and_repeated_times_are_put_right_and_counted()
    {
        var before = SleepAccelTree.ReadClean(_folder.Path, "100001", 0.05, true).Streams!.HeartRate;
        Change(StreamKind.HeartRate, lines =>
        {
            (lines[4], lines[5]) = (lines[5], lines[4]);
            lines.Add(lines[9]);
        });
        var (streams, check) = SleepAccelTree.ReadClean(_folder.Path, "100001", 0.05, true);
        Assert.Equal(before.Times, streams!.HeartRate.Times);
        Assert.Equal(before.Channels[0], streams.HeartRate.Channels[0]);
        Assert.Equal((2, 1), (check.Faults[0].Counts["unsorted"], check.Faults[0].Counts["duplicate row"]));
    }

    [Fact]
    public void Equal_times_with_other_values_are_averaged()
    {
        var faults = new SeriesFaults("f");
        var clean = SeriesReader.Clean(new SensorSeries("f", [0, 5, 5, 5, 10], [[60, 70, 80, 70, 90]]), faults);
        Assert.Equal([0, 5, 10], clean.Times);
        Assert.Equal([60, 75, 90], clean.Channels[0]);
        Assert.Equal((1, 1), (faults.Counts["duplicate row"], faults.Counts["repeated time"]));
    }

    [Theory]
    [InlineData("heart_rate")]
    [InlineData("motion")]
    [InlineData("labels")]
    public void Times_in_milliseconds_are_recognised(string stream)
    {
        var kind = StreamKind.All.First(one => one.Name == stream);
        Change(kind, lines =>
        {
            for (var i = 0; i < lines.Count; i++)
            {
                var parts = lines[i].Split(kind.Separator);
                parts[0] = (1000 * double.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture)).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
                lines[i] = string.Join(kind.Separator, parts);
            }
        });
        var failure = Check().Failure;
        Assert.Contains("wrong unit: " + Path(kind), failure);
        Assert.Contains("milliseconds", failure);
    }

    [Fact]
    public void Acceleration_in_metres_per_second_squared_is_recognised()
    {
        Change(StreamKind.Motion, lines =>
        {
            for (var i = 0; i < lines.Count; i++) lines[i] = lines[i].Split(' ')[0] + " 0.1 0.2 9.8";
        });
        Assert.Contains("m/s2", Check().Failure);
    }

    [Fact]
    public void A_person_under_two_names_is_found()
    {
        File.Copy(Path(StreamKind.HeartRate), System.IO.Path.Combine(_folder.Path, "heart_rate", "999_heartrate.txt"));
        var copies = SleepAccelTree.Copies(_folder.Path, SleepAccelTree.People(_folder.Path));
        Assert.Equal("100001", copies["999"]);
        Assert.Single(copies);
    }

    [Fact]
    public void A_folder_without_recordings_says_what_was_expected()
    {
        Assert.Contains("data.dataset_dir=DIR", Assert.Throws<DataException>(() => SleepAccelTree.People(_folder["absent"])).Message);
        Directory.CreateDirectory(_folder["void"]);
        Assert.Contains("1066528_heartrate.txt", Assert.Throws<DataException>(() => SleepAccelTree.People(_folder["void"])).Message);
    }

    [Fact]
    public void Row_order_of_a_file_changes_nothing()
    {
        var before = SleepRows.Make(SleepAccelTree.ReadClean(_folder.Path, "100001", 0.05, true).Streams!, new SleepRowOptions()).Night!;
        foreach (var kind in StreamKind.All) Change(kind, lines => lines.Reverse());
        var after = SleepRows.Make(SleepAccelTree.ReadClean(_folder.Path, "100001", 0.05, true).Streams!, new SleepRowOptions()).Night!;
        Assert.Equal(before.Values, after.Values);
        Assert.Equal(before.Stages, after.Stages);
    }

    string Path(StreamKind kind) => SleepAccelTree.FileOf(_folder.Path, "100001", kind);

    NightCheck Check() => SleepAccelTree.ReadClean(_folder.Path, "100001", 0.05, true).Check;

    void Change(StreamKind kind, Action<List<string>> change)
    {
        var lines = File.ReadAllLines(Path(kind)).ToList();
        change(lines);
        File.WriteAllLines(Path(kind), lines);
    }
}
