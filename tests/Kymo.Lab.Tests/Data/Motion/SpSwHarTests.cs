using Kymo.Lab.Data.Motion;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data.Motion;

/// <summary>Phone and watch on one grid, and files that are not as they should be.</summary>
public sealed class SpSwHarTests : IDisposable
{
    const string Header = "x_acc,y_acc,z_acc,x_gyro,y_gyro,z_gyro,timestamp,label\n";

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Shared_copy_has_the_known_rows_and_windows()
    {
        var set = SpSwHar.Read(Repository.Shared("data", "sp-sw-har"));
        Assert.Equal((175, 18, 198_164), (set.Recordings.Count, set.Participants.Count, set.Recordings.Sum(recording => recording.Rows)));
        (int All, int Pure) Count(int length, params string[] people)
        {
            var windows = MotionWindows.Cut(set.Recordings.Where(recording => people.Contains(recording.Participant)), new WindowOptions(length, 25)).Windows;
            return (windows.Count, windows.Count(window => window.Pure));
        }
        string[] train = [.. Enumerable.Range(1, 12).Select(i => $"s{i:00}")], test = ["s16", "s17", "s18"];
        Assert.Equal((4813, 1988), Count(100, train));
        Assert.Equal((1335, 561), Count(100, test));
        Assert.Equal((5043, 3550), Count(50, train));
        Assert.Equal((1395, 988), Count(50, test));
    }

    [Fact]
    public void Rows_are_interpolated_repeats_dropped_and_labels_taken_from_the_watch()
    {
        // The phone's second row of 110 counts; the grid is 105, 115; the watch ends at 125, which is not reached.
        Write("s01_01_sp.csv", Header + "0,0,0,0,0,0,100,WALKING\n9,9,9,9,9,9,110,WALKING\n1,2,3,4,5,6,110,WALKING\n3,2,3,4,5,6,130,WALKING\n");
        Write("s01_01_sw.csv", Header + "0,0,0,0,0,0,105,SEATED\n1,0,0,0,0,0,114,TURNING\n2,1,1,1,1,1,125,SEATED\n");
        var recording = Assert.Single(SpSwHar.Read(_folder.Path, gyroTarget: true).Recordings);
        Assert.Equal(2, recording.Rows);
        Assert.Equal([0.5f, 1.5f], recording.Input[..2]);
        // (axis, joint, row): the second joint of the first axis is the rate of turn about x.
        Assert.Equal([2f, 4f], recording.Input[2..4]);
        Assert.Equal([0, 3], recording.Labels);
        Assert.Equal(1 + (1 / 11f), recording.Target[1], 5);
    }

    [Theory]
    [InlineData("x,y\n", "line 1")]
    [InlineData(Header, "no rows")]
    [InlineData(Header + "1,2,3,4,5,6,100,WALKING\n1,2,3,4,5,6,99,WALKING\n", "line 3: the time goes back from 100 to 99")]
    [InlineData(Header + "1,2,3,4,5,6,0,WALKING\n1,2,3,4,5,6,1600000000000,WALKING\n", "line 3: the time jumps from 0.000 s to 1600000000.000 s")]
    [InlineData(Header + "1,2,nan,4,5,6,100,WALKING\n", "line 2: column z_acc is 'nan'; expected a finite number")]
    [InlineData(Header + "1,2,3,4,5,6,100,RUNNING\n", "line 2: label 'RUNNING'")]
    [InlineData(Header + "1,2,3,4,5\n", "line 2: 5 fields")]
    [InlineData(Header + "1,2,3,4,5,6,soon,WALKING\n", "line 2: column timestamp is 'soon'")]
    [InlineData(Header + "1,2,,4,5,6,100,WALKING\n", "line 2: column z_acc is ''")]
    public void Damaged_file_is_named_with_its_line(string text, string expected)
    {
        Write("s01_01_sp.csv", text);
        Write("s01_01_sw.csv", Header + "1,2,3,4,5,6,100,WALKING\n1,2,3,4,5,6,200,WALKING\n");
        var data = Assert.Throws<DataException>(() => SpSwHar.Read(_folder.Path));
        Assert.Contains(expected, data.Message);
        Assert.EndsWith("s01_01_sp.csv", data.Path);
    }

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("-0.0110", -0.011)]
    [InlineData("1e-3", 0.001)]
    [InlineData("+2", 2)]
    [InlineData("0.12345678901234567", 0.12345678901234567)]
    [InlineData("123456789.123456", 123456789.123456)]
    public void Numbers_are_the_nearest_doubles(string text, double expected)
    {
        Write("a.csv", Header + $"{text},0,0,0,0,0,100,WALKING\n");
        Assert.Equal(expected, SensorCsv.Read(Path.Combine(_folder.Path, "s01", "a.csv"), SpSwHar.Classes).Values[0]);
    }

    [Fact]
    public void Half_a_pair_is_refused_and_a_pair_without_common_time_counted()
    {
        Write("s01_01_sp.csv", Header + "1,2,3,4,5,6,100,WALKING\n1,2,3,4,5,6,200,WALKING\n");
        Assert.Contains("s01_01_sw.csv", Assert.Throws<DataException>(() => SpSwHar.Read(_folder.Path)).Message);
        Write("s01_02_sw.csv", Header + "1,2,3,4,5,6,900,WALKING\n1,2,3,4,5,6,950,WALKING\n");
        Assert.Equal([new("s01_01", "no s01_01_sw.csv"), new("s01_02", "no s01_02_sp.csv")], SpSwHar.Read(_folder.Path, skipMissing: true).Exclusions);
        File.Delete(_folder["s01/s01_02_sw.csv"]);
        Write("s01_01_sw.csv", Header + "1,2,3,4,5,6,900,WALKING\n1,2,3,4,5,6,950,WALKING\n");
        Assert.Equal("s01_01", Assert.Single(SpSwHar.Read(_folder.Path).Exclusions).Id);
        Assert.Contains("no such folder", Assert.Throws<DataException>(() => SpSwHar.Read(_folder["nowhere"])).Message);
    }

    [Fact]
    public void Fingerprint_is_of_the_content_of_both_files_wherever_they_lie()
    {
        const string phone = Header + "0,0,0,0,0,0,100,WALKING\n1,2,3,4,5,6,200,WALKING\n", watch = Header + "1,0,0,0,0,0,100,WALKING\n1,2,3,4,5,6,200,WALKING\n";
        string Of(string sp, string sw)
        {
            Write("s01_01_sp.csv", sp);
            Write("s01_01_sw.csv", sw);
            return SpSwHar.Read(_folder.Path).Fingerprint;
        }
        var first = Of(phone, watch);
        Assert.Matches("^[0-9a-f]{64}$", first);
        Assert.NotEqual(first, Of(phone, watch.Replace("\n1,0", "\n1,1")));
        Assert.NotEqual(first, Of(phone.Replace("\n0,0", "\n0,1"), watch));
        Assert.Equal(first, Of(phone, watch));
        using var elsewhere = new TempFolder();
        Directory.CreateDirectory(elsewhere["s01"]);
        foreach (var file in Directory.GetFiles(_folder["s01"])) File.Copy(file, Path.Combine(elsewhere["s01"], Path.GetFileName(file)));
        Assert.Equal(first, SpSwHar.Read(elsewhere.Path).Fingerprint);
    }

    void Write(string name, string text)
    {
        Directory.CreateDirectory(_folder["s01"]);
        File.WriteAllText(Path.Combine(_folder.Path, "s01", name), text);
    }
}
