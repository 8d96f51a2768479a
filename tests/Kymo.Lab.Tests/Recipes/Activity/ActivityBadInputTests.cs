using Kymo.Lab.Data.Motion;
using Kymo.Signals;
using Kymo.Signals.Arrays;

namespace Kymo.Lab.Tests.Recipes.Activity;

/// <summary>Damaged MM-Fit trees through the whole recipe: an error that names file and place, or a counted exclusion.</summary>
public sealed class ActivityBadInputTests : IDisposable
{
    static readonly string[] s_quick = ["data=mmfit_debug", "data.sensor_window_length=100", "trainer.fast_dev_run=true"];

    readonly TempFolder _folder = new();

    public ActivityBadInputTests() => MmFitTree.Write(_folder["mm-fit"], new MmFitTreeOptions(["w01", "w15", "w16"], Sets: 3, SetSeconds: 2, RestSeconds: 1));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Missing_modality_is_named() => AssertFault("w15_sw_l_acc.npy", () => File.Delete(PathOf("w15", "sw_l_acc.npy")));

    [Fact]
    public void Ragged_array_is_refused() => AssertFault("expected (rows, 5)", () => NpyFile.Write(PathOf("w01", "sw_l_acc.npy"), new double[40], 10, 4));

    [Fact]
    public void Array_of_truth_values_is_refused() => AssertFault("expected numbers", () => File.WriteAllBytes(PathOf("w01", "sw_l_acc.npy"), Array("|b1", "(2, 5)", new byte[10])));

    [Fact]
    public void Array_of_objects_is_refused() => AssertFault("w01_sw_l_acc.npy", () => File.WriteAllBytes(PathOf("w01", "sw_l_acc.npy"), Array("|O", "(2, 5)", new byte[80])));

    [Fact]
    public void Array_that_ends_early_is_refused() => AssertFault("w01_sw_l_acc.npy", () => File.WriteAllBytes(PathOf("w01", "sw_l_acc.npy"), Array("<f8", "(9, 5)", new byte[80])));

    [Fact]
    public void Number_that_is_none_is_named_with_its_place() => AssertFault("element 7", () => Change("w01", values => values[7] = double.NaN));

    [Fact]
    public void Time_that_falls_is_named_with_its_row() => AssertFault("row 3: the time falls", () => Change("w01", values => values[(3 * 5) + 1] = 0));

    [Fact]
    public void Clock_that_is_set_while_it_records_is_named_with_its_row() => AssertFault("row 3: the time jumps from 0.020 s to 16", () => Change("w01", values =>
    {
        for (var row = 0; row < 3; row++) values[(row * 5) + 1] = 10 * row;
    }));

    [Fact]
    public void Recording_of_one_row_is_refused() => AssertFault("1 rows", () => NpyFile.Write(PathOf("w16", "sw_l_acc.npy"), [1000, 0, 0, 0, 0], 1, 5));

    [Fact]
    public void Set_out_of_order_is_named_with_its_line() => AssertFault("line 2", () => File.WriteAllText(PathOf("w01", "labels.csv"), "1100,1150,3,squats\n1010,1050,3,squats\n"));

    [Fact]
    public void Sets_that_overlap_are_named_with_their_line() => AssertFault("line 2", () => File.WriteAllText(PathOf("w01", "labels.csv"), "1010,1050,3,squats\n1040,1080,3,squats\n"));

    [Fact]
    public void Activity_without_a_name_is_refused() => AssertFault("unknown activity 'yoga'", () => File.WriteAllText(PathOf("w01", "labels.csv"), "1010,1050,3,yoga\n"));

    [Fact]
    public void Part_without_a_window_is_refused() => Assert.Contains("no window of 5000 rows is left for train",
        Assert.Throws<DataException>(() => Run("data.sensor_window_length=5000")).Message);

    [Fact]
    public void Part_without_a_recording_is_refused() => Assert.Contains("leaves nothing for val",
        Assert.Throws<DataException>(() => Run("data.val_subjects=[w18]", "data.missing=skip")).Message);

    [Fact]
    public void Workout_that_is_not_there_may_be_left_out_and_is_counted()
    {
        Assert.Contains("w18", Assert.Throws<DataException>(() => Run("data.test_subjects=[w16,w18]")).Message);
        var result = Run("data.test_subjects=[w16,w18]", "data.missing=skip");
        Assert.Contains("w18", File.ReadAllText(Path.Combine(result.Folder, "excluded_items.csv")));
    }

    [Fact]
    public void Class_that_training_lacks_is_told_and_scored_as_missed()
    {
        File.WriteAllText(PathOf("w01", "labels.csv"), "1030,1090,3,squats\n");
        var told = new List<string>();
        var result = Run(told);
        Assert.Contains(told, text => text.Contains("class lunges does not occur in training"));
        // Eleven classes and a header, whatever occurs.
        Assert.Equal(12, File.ReadAllLines(Path.Combine(result.Folder, "test_confusion_matrix.csv")).Length);
    }

    [Fact]
    public void Set_of_one_frame_is_a_set()
    {
        File.WriteAllText(PathOf("w01", "labels.csv"), "1030,1030,1,squats\n1040,1090,3,lunges\n");
        Assert.NotEqual("", Run().Folder);
    }

    [Fact]
    public void Whole_numbers_column_by_column_train_like_any_others()
    {
        var path = PathOf("w01", "sw_l_acc.npy");
        var array = NpyFile.Read(path);
        var (rows, values) = ((int)array.Shape[0], array.AsFloat64());
        var turned = new long[values.Length];
        for (var row = 0; row < rows; row++)
            for (var column = 0; column < 5; column++) turned[(column * rows) + row] = (long)Math.Round(values[(row * 5) + column]);
        var header = $"{{'descr': '<i8', 'fortran_order': True, 'shape': ({rows}, 5), }}".PadRight(117) + "\n";
        File.WriteAllBytes(path, [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. System.Runtime.InteropServices.MemoryMarshal.AsBytes<long>(turned)]);
        Assert.NotEqual("", Run().Folder);
    }

    [Fact]
    public void Clips_of_skeletons_and_one_sensor_train_and_damaged_ones_are_named()
    {
        var random = new Kymo.Lab.Training.RandomStream(0, "utd");
        double[] Noise(int count) => [.. Enumerable.Range(0, count).Select(_ => random.Normal())];
        string Clip(int person, string action, string ending) => _folder[$"utd/s{person}/{action}_s{person}_t1_{ending}.npy"];
        for (var person = 1; person <= 8; person++)
            foreach (var action in new[] { "a1", "a10" })
            {
                Directory.CreateDirectory(_folder[$"utd/s{person}"]);
                NpyFile.Write(Clip(person, action, "skeleton"), Noise(20 * 3 * 70), 20, 3, 70);
                NpyFile.Write(Clip(person, action, "inertial"), Noise(120 * 6), 120, 6);
            }
        string[] typed = ["data=utd_mhad", $"data.data_dir={_folder["utd"]}", "data.n_classes=2", "trainer.fast_dev_run=true"];
        var run = ActivityTree.Run(_folder.Path, "utd", typed);
        Assert.Equal(["s7", "s8"], run.Metrics["participants"]!.AsObject().Select(person => person.Key));
        Assert.Contains("type data.n_classes=2", Assert.Throws<Kymo.Config.ConfigException>(() => ActivityTree.Run(_folder.Path, "three", [.. typed, "data.n_classes=3"])).Message);
        NpyFile.Write(Clip(2, "a1", "inertial"), [1.0, 2, double.NaN, 4, 5, 6, 1, 2, 3, 4, 5, 6], 2, 6);
        Assert.Contains("element 2", Assert.Throws<DataException>(() => ActivityTree.Run(_folder.Path, "damaged", typed)).Message);
        NpyFile.Write(Clip(2, "a1", "inertial"), [1.0, 2, 3, 4, 5, 6], 1, 6);
        Assert.Contains("expected (rows, 6)", Assert.Throws<DataException>(() => ActivityTree.Run(_folder.Path, "short", typed)).Message);
        NpyFile.Write(Clip(2, "a1", "inertial"), Noise(120 * 6), 120, 6);
        NpyFile.Write(Clip(2, "a1", "skeleton"), Noise(19 * 3 * 70), 19, 3, 70);
        Assert.Contains("a1_s2_t1_skeleton.npy", Assert.Throws<DataException>(() => ActivityTree.Run(_folder.Path, "ragged", typed)).Message);
    }

    [Fact]
    public void Skeletons_of_a_second_task_train_and_damaged_ones_are_named_with_their_line()
    {
        string[] typed = ["scenario=scenario3", $"data.secondary_dir={_folder["ntu"]}"];
        Assert.Contains("holds no .skeleton file", Assert.Throws<DataException>(() => Run(typed)).Message);
        Directory.CreateDirectory(_folder["ntu"]);
        File.WriteAllText(_folder["ntu/S001C001P001R001A002.skeleton"], Skeleton("0.5"));
        var told = new List<string>();
        Assert.NotEqual("", Run(told, typed).Folder);
        File.WriteAllText(_folder["ntu/S001C001P001R001A002.skeleton"], Skeleton("nan"));
        Assert.Contains("line 5", Assert.Throws<DataException>(() => ActivityTree.Run(_folder.Path, "damaged", [.. s_quick, $"env.data_dir={_folder.Path}", .. typed])).Message);
        File.WriteAllText(_folder["ntu/S001C001P001R001A002.skeleton"], Skeleton("0.5")[..^40]);
        Assert.Throws<DataException>(() => ActivityTree.Run(_folder.Path, "cut", [.. s_quick, $"env.data_dir={_folder.Path}", .. typed]));

        static string Skeleton(string first) => "40\n" + string.Concat(Enumerable.Range(0, 40).Select(frame =>
            "1\n72057594037931101 0 1 1 1 1 0 0.02 0.03 2\n25\n" + string.Concat(Enumerable.Range(0, 25).Select(joint => FormattableString.Invariant(
                $"{(frame == 0 && joint == 0 ? first : "0.1")} {0.02 * joint} {3 + (0.01 * frame)} 0 0 0 0 0 0 0 0 2\n")))));
    }

    Kymo.Lab.Runs.RunResult Run(params string[] more) => Run([], more);

    Kymo.Lab.Runs.RunResult Run(List<string> told, params string[] more) => ActivityTree.Run(_folder.Path, "run", [.. s_quick, $"env.data_dir={_folder.Path}", .. more], told);

    void AssertFault(string expected, Action damage)
    {
        damage();
        Assert.Contains(expected, Assert.Throws<DataException>(() => Run()).Message);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "runs", "run")));
    }

    string PathOf(string workout, string name) => Path.Combine(_folder.Path, "mm-fit", workout, $"{workout}_{name}");

    void Change(string workout, Action<double[]> change)
    {
        var array = NpyFile.Read(PathOf(workout, "sw_l_acc.npy"));
        var values = array.AsFloat64();
        change(values);
        NpyFile.Write(PathOf(workout, "sw_l_acc.npy"), values, array.Shape[0], 5);
    }

    static byte[] Array(string type, string shape, byte[] data)
    {
        var header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. data];
    }
}
