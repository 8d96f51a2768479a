using Kymo.Lab.Data.Sleep;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data.Sleep;

public sealed class SleepAccelEpochsTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Counts_of_the_shared_nights()
    {
        var root = Repository.Shared("data", "sleep-accel");
        var people = SleepAccelEpochs.People(root);
        var nights = people.Select(id => SleepAccelEpochs.Read(root, id, 0.05)).ToArray();
        Assert.Equal(25, nights.Length);
        Assert.All(nights, night => Assert.Null(night.Check.Failure));
        var perStage = Enumerable.Range(0, 5).Select(stage => nights.Sum(night => night.Night!.Stages.Count(s => s == stage)));
        Assert.Equal([1_682, 1_474, 10_023, 2_630, 4_521], perStage);
        Assert.Equal(20_330, nights.Sum(night => night.Night!.Targets));
        Assert.Equal(212_362, nights.Sum(night => night.Check.Faults[0].Rows));
        Assert.Equal(33_524, nights.Sum(night => night.Check.Faults[0].Counts.GetValueOrDefault("duplicate row")));
        Assert.Equal(["1066528", "781756", "9961348"], nights.Where(night => night.Check.Faults[0].Counts.ContainsKey("unsorted")).Select(night => night.Check.Id));
        Assert.Equal(["3509524", "759667"], nights.Where(night => night.Check.Faults[0].Counts.ContainsKey("repeated time")).Select(night => night.Check.Id).Order());
        Assert.All(nights, night => Assert.All(night.Night!.Values, value => Assert.True(float.IsFinite(value))));
    }

    [Fact]
    public void Codes_of_the_shared_labels()
    {
        var root = Repository.Shared("data", "sleep-accel");
        var codes = Directory.GetFiles(Path.Combine(root, "labels")).Order(StringComparer.Ordinal)
            .Select(path => SeriesReader.Read(path, StreamKind.Labels, new SeriesFaults(path), true)).ToArray();
        Assert.Equal(21_980, codes.Sum(night => night.Count));
        int[] expected = [327, 1_979, 1_534, 10_493, 2_414, 356, 4_877];
        Assert.Equal(expected, Enumerable.Range(-1, 7).Select(code => codes.Sum(night => night.Channels[0].Count(value => value == code))));
        Assert.Equal(3, codes.Count(night => night.Channels[0].Contains(4)));
        Assert.Equal(15, codes.Count(night => night.Channels[0].Contains(-1)));
        Assert.All(codes, night => Assert.Equal(Enumerable.Range(0, night.Count).Select(i => 30.0 * i), night.Times));
    }

    [Fact]
    public void Five_folds_of_the_shared_nights()
    {
        var root = Repository.Shared("data", "sleep-accel");
        var rows = SleepAccelEpochs.People(root).ToDictionary(id => id, id => SleepAccelEpochs.Read(root, id, 0.05).Night!.Targets);
        var folds = PersonSplits.Folds(rows, 5);
        Assert.Equal([4_146, 3_833, 4_129, 4_075, 4_147], Enumerable.Range(0, 5).Select(fold => rows.Keys.Where(id => folds[id] == fold).Sum(id => rows[id])));
        Assert.Equal(["1449548", "4426783", "5797046", "759667", "8000685"], rows.Keys.Where(id => folds[id] == 0).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_row_that_is_absent_is_context_without_a_target()
    {
        var (night, check) = Write("30,0,0.5,0", "60,10,0.6,1", "120,5,0.7,4");
        Assert.Null(check.Failure);
        Assert.Equal([0, 1, SleepStage.Unscored, 3], night!.Stages);
        Assert.Equal((4, 3, 30.0), (night.Count, night.Targets, night.FirstTime));
        Assert.Equal(Math.Log(11), night.Values[8], 1e-6);
        Assert.Equal(0.65, night.Values[2 * 8 + 1], 1e-6);
    }

    [Theory]
    [InlineData("30,0,0.5,0;45,0,0.5,0", "line 3: t is 45; expected a multiple of 30 s")]
    [InlineData("30,0,0.5,0;30,0,0.5,0", "line 3: t is 30 behind 30; expected ascending times")]
    [InlineData("30,0,0.5,0;60,zero,0.5,0", "line 3: activity_count is 'zero'; expected a number")]
    [InlineData("30,0,0.5,8", "line 2: label code 8; the codes are")]
    [InlineData("30,0,0.5,0;60,0,0.5", "line 3: 3 fields where the header has 4")]
    [InlineData("30000,0,0.5,0;60000,0,0.5,0;300000000,0,0.5,0", "milliseconds")]
    public void Damaged_tables_are_told_with_file_and_line(string rows, string said)
    {
        var error = Assert.Throws<DataException>(() => Write(rows.Split(';')));
        Assert.Contains(said, error.Message);
        Assert.EndsWith("7_epochs.csv", error.Path);
    }

    [Fact]
    public void Heart_rate_of_another_time_is_no_overlap()
    {
        Write("30,0,0.5,0");
        File.WriteAllText(_folder["heart_rate/7_heartrate.txt"], "-100,60\n-95,61\n");
        Assert.Equal("insufficient overlapping data", SleepAccelEpochs.Read(_folder.Path, "7", 0.05).Check.Failure);
        File.Delete(_folder["heart_rate/7_heartrate.txt"]);
        Assert.Equal("missing file: heart_rate/7_heartrate.txt", SleepAccelEpochs.Read(_folder.Path, "7", 0.05).Check.Failure);
    }

    (NightEpochs? Night, NightCheck Check) Write(params string[] rows)
    {
        Directory.CreateDirectory(_folder["epochs"]);
        Directory.CreateDirectory(_folder["heart_rate"]);
        File.WriteAllLines(_folder["epochs/7_epochs.csv"], ["t,activity_count,hr_std_feature,label", .. rows]);
        File.WriteAllLines(_folder["heart_rate/7_heartrate.txt"], Enumerable.Range(0, 40).Select(i => $"{i * 5},{60 + i % 7}"));
        return SleepAccelEpochs.Read(_folder.Path, "7", 0.05);
    }
}
