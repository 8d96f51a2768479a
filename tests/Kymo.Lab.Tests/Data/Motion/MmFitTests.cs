using Kymo.Lab.Data.Motion;
using Kymo.Signals;
using Kymo.Signals.Arrays;

namespace Kymo.Lab.Tests.Data.Motion;

/// <summary>MM-Fit's layout on a generated tree: what is read, both recipes, what is refused.</summary>
public sealed class MmFitTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Tree_is_read_aligned_and_standardised()
    {
        var set = MmFit.ReadRaw(Tree(), Options());
        Assert.Equal(["0", "1", "5"], set.Recordings.Select(recording => recording.Participant));
        var train = set.Recordings[0];
        // 100 rows a second of 30 frames a second.
        Assert.InRange(train.Rows, 2000, 4000);
        for (var axis = 0; axis < 3; axis++)
        {
            var column = train.Target.Skip(axis * train.Rows).Take(train.Rows).Select(value => (double)value).ToArray();
            Assert.Equal(0, column.Average(), 2);
            Assert.Equal(1, Math.Sqrt(column.Average(value => value * value)), 2);
        }
        // Sets of classes 0, 1, 2 in turn, rest between them.
        Assert.Equal([0, 1, 2, 0], train.Spans!.Select(span => span.Label));
        Assert.Equal([0, 1, 2, 10], train.Labels.Distinct().Order());
        Assert.Null(train.Masked is { } masked && masked.Any(row => row) ? "gaps" : null);
    }

    [Fact]
    public void Planted_relation_is_there()
    {
        // The second difference of the wrist explains the watch, so a linear predictor with half a second around beats the mean.
        var set = MmFit.ReadRaw(Tree(), Options());
        var ridge = RidgePredictor.Fit([set.Recordings[0]], set, 10);
        var predicted = ridge.Predict(set.Recordings[2]);
        Assert.InRange(predicted.Zip(set.Recordings[2].Target, (a, b) => (a - b) * (double)(a - b)).Average(), 0, 0.7);
    }

    [Theory]
    [InlineData(MotionRecipe.OriginalA)]
    [InlineData(MotionRecipe.OriginalB)]
    [InlineData(MotionRecipe.Frame)]
    public void Other_recipes_align_rows_one_to_one(MotionRecipe recipe)
    {
        var root = Tree();
        var aligned = MmFitPreparation.Align(root, "w01", new MotionPreparationOptions(recipe));
        Assert.Equal(aligned.Frames.Length, aligned.Acceleration[0].Length);
        Assert.All(aligned.Joints, joint => Assert.Equal(aligned.Frames.Length, joint[2].Length));
        if (recipe != MotionRecipe.OriginalA)
        {
            var raw = MmFitArrays.ReadSensor(MmFitLayout.Find(root, "w01", "sw_l_acc")!);
            Assert.Equal(raw.Rows, aligned.Frames.Length);
            // Millimetres stay: the neck is 500 above the hip.
            Assert.Equal(500, aligned.Joints[9][1][100], 3);
        }
        else
        {
            Assert.All(aligned.Joints[0], axis => Assert.All(axis, value => Assert.Equal(0, value)));
            // Twice the distance over the torso's length, minus 1.
            Assert.Equal(1, aligned.Joints[9][1][100], 6);
            Assert.Equal(0, aligned.Seconds[0]);
            // (end - start) * 100 points include both ends, so a step is a little over 10 ms.
            Assert.InRange(aligned.Seconds[1], 0.0100001, 0.0101);
        }
    }

    [Fact]
    public void Statistics_are_pooled_or_means_of_workouts()
    {
        double[][][] tracks = [[[0, 0], [0, 0], [0, 0]], [[3, 3, 3, 5], [1, 1, 1, 1], [1, 1, 1, 1]]];
        Assert.Equal((14 / 6.0, 1.75), (MmFitPreparation.Statistics(tracks, false).Mean[0], MmFitPreparation.Statistics(tracks, true).Mean[0]));
        Assert.Equal(Math.Sqrt(0.75) / 2, MmFitPreparation.Statistics(tracks, true).Deviation[0], 6);
    }

    [Fact]
    public void Prepared_files_give_the_same_recordings()
    {
        var (root, options) = (Tree(), Options());
        TakeOut(root, "w15", 200, 320);
        MmFitPrepared.Write(root, _folder["prepared"], options, new PreparedNames());
        var (raw, prepared) = (MmFit.ReadRaw(root, options).Recordings, MmFit.ReadPrepared(_folder["prepared"], options, new PreparedNames()).Recordings);
        for (var i = 0; i < raw.Count; i++)
        {
            Assert.Equal(raw[i].Input, prepared[i].Input);
            Assert.InRange(raw[i].Target.Zip(prepared[i].Target, (a, b) => Math.Abs(a - b)).Max(), 0, 1e-5);
            Assert.Equal(raw[i].Labels, prepared[i].Labels);
            // Four seconds without a camera are masked in both; the files of workouts without a gap are as the original's.
            Assert.Equal(raw[i].Id == "w15", raw[i].Masked!.Contains(true));
            if (raw[i].Id == "w15") Assert.Equal(raw[i].Masked, prepared[i].Masked);
            else Assert.Null(prepared[i].Masked);
        }
        NpyFile.Write(_folder["prepared/w15/w15_camera_gaps.npy"], [0.0, 1.0], 2);
        Assert.Contains("w15_camera_gaps.npy", Fault(() => MmFit.ReadPrepared(_folder["prepared"], options, new PreparedNames())).Message);
        Assert.Contains("\"train_subjects\"", File.ReadAllText(_folder["prepared/mmfit_preprocess_stats.json"]));
    }

    [Fact]
    public void Missing_files_are_named()
    {
        var root = Tree(missing: ["sw_r_hr", "sp_l_mag"]);
        Assert.Equal(["w01/w01_sw_r_hr.npy", "w01/w01_sp_l_mag.npy"], MmFitLayout.Missing(root).Take(2));
        File.Move(MmFitLayout.Find(root, "w01", "sp_l_acc")!, Path.Combine(root, "w01", "w01_sp_l_acc_7.npy"));
        Assert.EndsWith("w01_sp_l_acc_7.npy", MmFitLayout.Find(root, "w01", "sp_l_acc"));
        File.Delete(Path.Combine(root, "w15", "w15_sw_l_acc.npy"));
        Assert.Contains("w15_sw_l_acc.npy", Fault(() => MmFit.ReadRaw(root, Options())).Message);
        var skipped = MmFit.ReadRaw(root, Options() with { SkipMissing = true, Workouts = ["w01", "w15", "w16", "w20"] });
        Assert.Equal(["w20", "w15"], skipped.Exclusions.Select(exclusion => exclusion.Id));
        Assert.Contains("w20", Fault(() => MmFit.ReadRaw(root, Options() with { Workouts = ["w20"] })).Message);
    }

    [Theory]
    [InlineData("sw_l_acc.npy", true)]
    [InlineData("pose_3d.npy", true)]
    [InlineData("labels.csv", true)]
    [InlineData("sw_r_acc.npy", false)]
    public void Fingerprint_is_of_what_is_read(string file, bool isRead)
    {
        var root = Tree();
        var first = MmFit.ReadRaw(root, Options()).Fingerprint;
        var path = Path.Combine(root, "w15", "w15_" + file);
        if (file == "labels.csv") File.AppendAllText(path, "9999,10000,3,squats\n");
        else
        {
            // The lowest but one byte of the last number.
            var bytes = File.ReadAllBytes(path);
            bytes[^7] ^= 1;
            File.WriteAllBytes(path, bytes);
        }
        Assert.Equal(isRead, first != MmFit.ReadRaw(root, Options()).Fingerprint);
    }

    [Theory]
    [InlineData("10,20,3,squats\n5,8,3,squats\n", "line 2", "in order")]
    [InlineData("10,20,3,squats\n20,30,3,squats\n", "line 2", "inside the one above")]
    [InlineData("20,10,3,squats\n", "line 1", "before it starts")]
    [InlineData("10,20,3,yoga\n", "line 1", "unknown activity 'yoga'")]
    [InlineData("10,20,squats\n", "line 1", "3 fields")]
    [InlineData("a,20,3,squats\n", "line 1", "three whole numbers")]
    [InlineData("", "no set", "expected rows")]
    public void Damaged_labels_are_named_with_their_line(string text, string place, string problem)
    {
        File.WriteAllText(_folder["labels.csv"], text);
        var error = Assert.Throws<DataException>(() => MmFitLayout.ReadLabels(_folder["labels.csv"]));
        Assert.Contains(place, error.Message);
        Assert.Contains(problem, error.Message);
    }

    [Fact]
    public void Arrays_that_cannot_be_used_are_refused()
    {
        string Sensor(double[] values, params long[] shape)
        {
            NpyFile.Write(_folder["a.npy"], values, shape);
            return Assert.Throws<DataException>(() => MmFitArrays.ReadSensor(_folder["a.npy"])).Message;
        }
        Assert.Contains("expected (rows, 5)", Sensor([1, 2, 3, 4], 1, 4));
        Assert.Contains("1 rows", Sensor([1, 2, 3, 4, 5], 1, 5));
        Assert.Contains("element 7", Sensor([1, 1, 0, 0, 0, 1, 2, double.NaN, 0, 0], 2, 5));
        Assert.Contains("row 1: the time falls", Sensor([1, 2, 0, 0, 0, 1, 1, 0, 0, 0], 2, 5));
        Assert.Contains("row 1: the frame falls", Sensor([2, 1, 0, 0, 0, 1, 2, 0, 0, 0], 2, 5));
        Assert.Contains("row 29: the time is 24.2 h after", Sensor([.. Enumerable.Range(0, 40).SelectMany(row => new double[] { row, row * 3_000_000, 0, 0, 0 })], 40, 5));
        NpyFile.Write(_folder["p.npy"], new double[3 * 4 * 17], 3, 4, 17);
        Assert.Contains("expected (3, rows, 18)", Assert.Throws<DataException>(() => MmFitArrays.ReadPose(_folder["p.npy"])).Message);
        // Whole numbers and columns first are numbers too.
        NpyFile.Write(_folder["i.npy"], [1, 1000, 5, 6, 7, 2, 2000, 5, 6, 7], 2, 5);
        Assert.Equal([1.0, 2.0], MmFitArrays.ReadSensor(_folder["i.npy"]).Seconds);
    }

    [Fact]
    public void Fortran_order_is_read()
    {
        File.WriteAllBytes(_folder["f.npy"], Fortran());
        var track = MmFitArrays.ReadSensor(_folder["f.npy"]);
        Assert.Equal([1.0, 2.0], track.Frames);
        Assert.Equal([7.0, 8.0], track.Axes[0]);
    }

    [Fact]
    public void Gap_of_the_camera_masks_its_rows()
    {
        var root = Tree();
        TakeOut(root, "w01", 300, 345);
        var masked = MmFit.ReadRaw(root, Options()).Recordings[0].Masked!;
        Assert.InRange(masked.Count(row => row), 140, 155);
    }

    [Fact]
    public void Skeletons_and_clips_of_other_sets_are_read()
    {
        Directory.CreateDirectory(_folder["s1"]);
        var skeleton = new double[20 * 3 * 10];
        for (var i = 0; i < skeleton.Length; i++) skeleton[i] = Math.Sin(i);
        NpyFile.Write(_folder["s1/a10_s1_t1_skeleton.npy"], skeleton, 20, 3, 10);
        NpyFile.Write(_folder["s1/a10_s1_t1_inertial.npy"], new double[40 * 6], 40, 6);
        NpyFile.Write(_folder["s1/a2_s1_t1_skeleton.npy"], skeleton, 20, 3, 10);
        NpyFile.Write(_folder["s1/a2_s1_t1_inertial.npy"], new double[120 * 6], 120, 6);
        var set = UtdMhad.Read(_folder.Path, [8, 9, 10]);
        // Actions in the order of their codes' letters; clips as long as their inertial file.
        Assert.Equal(["a10", "a2"], set.Classes);
        Assert.Equal([40, 120], set.Recordings.Select(recording => recording.Rows));
        NpyFile.Write(_folder["s1/a2_s1_t1_skeleton.npy"], [.. skeleton.Select(value => -value)], 20, 3, 10);
        Assert.NotEqual(set.Fingerprint, UtdMhad.Read(_folder.Path, [8, 9, 10]).Fingerprint);
        File.Delete(_folder["s1/a2_s1_t1_skeleton.npy"]);
        Assert.Equal(new("a2_s1_t1", "no a2_s1_t1_skeleton.npy"), Assert.Single(UtdMhad.Read(_folder.Path, [8], skipMissing: true).Exclusions));
        Assert.Contains("a2_s1_t1_skeleton.npy", Assert.Throws<DataException>(() => UtdMhad.Read(_folder.Path, [8])).Message);
        Assert.Contains("holds no .skeleton", Assert.Throws<DataException>(() => NtuSkeletons.Read(_folder.Path, [4, 5, 6], 100, 100, 60)).Message);
        File.WriteAllText(_folder["S001C001P001R001A001.skeleton"], "1\n1\n0 0\n25\n1 2\n");
        Assert.Contains("line 5", Assert.Throws<DataException>(() => NtuSkeletons.Read(_folder.Path, [4, 5, 6], 100, 100, 60)).Message);
    }

    string Tree(IReadOnlyList<string>? missing = null)
    {
        var root = _folder["tree"];
        MmFitTree.Write(root, new MmFitTreeOptions(["w01", "w15", "w16"], Sets: 4, SetSeconds: 4, RestSeconds: 2, Missing: missing));
        return root;
    }

    /// <summary>Takes camera frames out of a workout: a gap.</summary>
    internal static void TakeOut(string root, string workout, int first, int end)
    {
        var path = MmFitLayout.Find(root, workout, "pose_3d")!;
        var pose = NpyFile.Read(path);
        var (rows, kept) = ((int)pose.Shape[1], Enumerable.Range(0, (int)pose.Shape[1]).Where(row => row < first || row >= end).ToArray());
        var values = pose.AsFloat64();
        NpyFile.Write(path, [.. Enumerable.Range(0, 3).SelectMany(axis => kept.SelectMany(row => values[(((axis * rows) + row) * 18)..(((axis * rows) + row + 1) * 18)]))], 3, kept.Length, 18);
    }

    static MmFitOptions Options() => new(new MotionPreparationOptions(), [14, 15, 16], ["w01", "w15", "w16"], ["w01"]);

    static DataException Fault(Action act) => Assert.Throws<DataException>(act);

    // Two rows of five columns, column after column.
    static byte[] Fortran()
    {
        var header = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 5), }".PadRight(117) + "\n";
        double[] values = [1, 2, 1000, 2000, 7, 8, 0, 0, 0, 0];
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. System.Text.Encoding.ASCII.GetBytes(header), .. System.Runtime.InteropServices.MemoryMarshal.AsBytes<double>(values)];
    }
}
