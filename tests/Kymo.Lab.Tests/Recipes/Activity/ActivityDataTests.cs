using Kymo.Config;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.Activity;
using Kymo.Lab.Runs;
using Kymo.Lab.Tests.Data.Motion;
using Kymo.Signals;
using Kymo.Signals.Arrays;

namespace Kymo.Lab.Tests.Recipes.Activity;

/// <summary>From a folder to the windows of each part: what is real, what is left out, what the run is told of it.</summary>
public sealed class ActivityDataTests : IDisposable
{
    static readonly string[] s_workouts = ["w01", "w15", "w16"];

    readonly TempFolder _folder = new();

    public ActivityDataTests() => MmFitTree.Write(Raw, new MmFitTreeOptions(s_workouts, Sets: 3, SetSeconds: 2, RestSeconds: 1));

    string Raw => _folder["mm-fit"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Simulated_signals_teach_and_never_pick_or_report()
    {
        var folder = Prepared();
        foreach (var workout in s_workouts)
        {
            var real = NpyFile.Read(PathOf(folder, workout, "sw_l_acc_std.npy"));
            var values = real.AsFloat64();
            for (var i = 0; i < values.Length; i++)
                if (i % 5 >= 2) values[i] = 1000;
            NpyFile.Write(PathOf(folder, workout, "sw_l_sim_acc.npy"), values, real.Shape[0], 5);
        }
        var data = Read(folder, "data.source=preprocessed", "data.use_simulated_data=true", "data.simulated_subjects=[w01,w15,w16]");
        Assert.All(data.Split.Train, recording => Assert.All(recording.Target, value => Assert.Equal(1000, value)));
        foreach (var recording in data.Split.Validation.Concat(data.Split.Test)) Assert.DoesNotContain(1000, recording.Target);
        Assert.Contains(data.Warnings, text => text.Contains("w15, w16 are not in training alone"));
        Assert.DoesNotContain(Read(folder, "data.source=preprocessed").Warnings, text => text.Contains("simulated"));
    }

    [Fact]
    public void Prepared_files_give_the_windows_of_raw_ones_with_a_gap_too()
    {
        MmFitTests.TakeOut(Raw, "w15", 100, 160);
        var (raw, prepared) = (Read(Raw), Read(Prepared(), "data.source=preprocessed"));
        Assert.Contains(raw.Exclusions, exclusion => exclusion.Id == "val" && exclusion.Reason.Contains("touch a gap of the camera"));
        Assert.Equal(raw.Exclusions, prepared.Exclusions);
        Assert.Equal(raw.Windows.Select(window => window.Id), prepared.Windows.Select(window => window.Id));
    }

    [Fact]
    public void Short_clips_end_in_zeros_of_the_standardised_scale_that_count_for_no_mean()
    {
        var random = new Kymo.Lab.Training.RandomStream(0, "utd");
        double[] Noise(int count, double mean) => [.. Enumerable.Range(0, count).Select(_ => mean + random.Normal())];
        for (var person = 1; person <= 8; person++)
            foreach (var action in new[] { "a1", "a2" })
            {
                Directory.CreateDirectory(_folder[$"utd/s{person}"]);
                NpyFile.Write(_folder[$"utd/s{person}/{action}_s{person}_t1_skeleton.npy"], Noise(20 * 3 * 30, 0), 20, 3, 30);
                NpyFile.Write(_folder[$"utd/s{person}/{action}_s{person}_t1_inertial.npy"], Noise(40 * 6, 9), 40, 6);
            }
        string[] typed = ["data=utd_mhad", $"data.data_dir={_folder["utd"]}", "data.n_classes=2"];
        var data = ActivityData.Read(Config(typed));
        Assert.All(data.TargetScale.Mean, mean => Assert.Equal(9, mean, 0.2));
        Assert.All(data.TargetScale.Deviation, deviation => Assert.Equal(1, deviation, 0.2));
        foreach (var recording in data.Set.Recordings)
        {
            Assert.Equal(100, recording.Rows);
            for (var channel = 0; channel < 3; channel++)
            {
                Assert.DoesNotContain(0f, recording.Target[(channel * 100)..((channel * 100) + 40)]);
                Assert.All(recording.Target[((channel * 100) + 40)..((channel + 1) * 100)], value => Assert.Equal(0, value));
            }
        }

        // The second task beside it has the right arm at the same rate: 60 frames of 30 a second are 2 s; joint 8 stands 0.8 beside the spine's base, the spine is 2 long.
        Directory.CreateDirectory(_folder["ntu"]);
        var joints = string.Concat(Enumerable.Range(0, 25).Select(joint => FormattableString.Invariant($"{(joint == 20 ? 2 : 0.1 * joint)} 0 3 0 0 0 0 0 0 0 0 2\n")));
        File.WriteAllText(_folder["ntu/S001C001P001R001A001.skeleton"], "60\n" + string.Concat(Enumerable.Repeat("1\n7 0 1 1 1 1 0 0 0 2\n25\n" + joints, 60)));
        var second = ActivityData.Read(Config([.. typed, "scenario=scenario3", $"data.secondary_dir={_folder["ntu"]}"])).Secondary;
        Assert.Equal(100, second[0].Recording.Rows);
        Assert.Equal(0.4f, second[0].Recording.Input[0], 5);
        Assert.Equal([4, 5, 6], ActivityData.SecondJoints(100));
    }

    [Fact]
    public void Signals_of_unknown_scale_train_and_neither_predict_nor_export_guesses_it()
    {
        var folder = Prepared();
        File.Delete(Path.Combine(folder, "mmfit_preprocess_stats.json"));
        var told = new List<string>();
        var run = ActivityTree.Run(_folder.Path, "run",
            ["data=mmfit_debug", $"data.data_dir={folder}", "data.source=preprocessed", "data.sensor_window_length=100", "trainer.fast_dev_run=true"], told);
        Assert.Contains(told, text => text.Contains("there is no mmfit_preprocess_stats.json"));
        Assert.Contains("there is no mmfit_preprocess_stats.json", run.Metrics["warnings"]!.ToJsonString());
        var recipe = Registry.Of(run.Folder);
        Assert.Contains("train again", Assert.Throws<DataException>(() => recipe.OpenPredictor!(run.Folder, 0)).Message);
        Assert.Contains("train again", Assert.Throws<DataException>(() => recipe.Export!(run.Folder, 0, "onnx", _folder["model.onnx"])).Message);
        Assert.False(File.Exists(_folder["model.onnx"]));
        // The extractor alone takes standardised signals.
        recipe.Export!(run.Folder, 0, "onnx", _folder["model.extractor.onnx"]);
        Assert.True(File.Exists(_folder["model.extractor.onnx"]));
    }

    [Fact]
    public void Statistics_of_other_workouts_than_those_of_training_are_told_and_stop_a_person_by_person_run()
    {
        string[] typed = ["data.source=preprocessed", "data.train_subjects=[w15]", "data.val_subjects=[w01]", "data.test_subjects=[w16]"];
        var folder = Prepared();
        Assert.Contains("leak: the signal was prepared with mean and deviation of w01 too", Assert.Single(Read(folder, typed).Warnings));
        Assert.Empty(Read(folder, "data.source=preprocessed").Warnings);
        // The person of w01 is the first of three: held out in fold 0, picking the epoch in fold 2, taught in fold 1.
        Assert.Empty(Read(folder, [.. typed, "data.split=loso", "data.fold=1"]).Warnings);
        Assert.Contains("data.source=raw", Assert.Throws<DataException>(() => Read(folder, [.. typed, "data.split=loso", "data.fold=0"])).Message);
        var path = Path.Combine(folder, "mmfit_preprocess_stats.json");
        var text = File.ReadAllText(path);
        File.WriteAllText(path, text.Replace("\"train_subjects\"", "\"other\""));
        Assert.Contains("has no train_subjects", Assert.Single(Read(folder, typed).Warnings));
        File.WriteAllText(path, text.Replace("\"train_subjects\": [", "\"train_subjects\": 7, \"other\": ["));
        Assert.Contains("is damaged", Assert.Throws<DataException>(() => Read(folder, typed)).Message);
    }

    [Fact]
    public void Sets_are_read_from_the_file_that_is_named()
    {
        foreach (var workout in s_workouts) File.WriteAllText(PathOf(Raw, workout, "mine.csv"), "1030,1060,3,lateral_shoulder_raises\n");
        string[] named = ["data.labels_file=mine.csv"];
        Assert.Equal([9, 10], Read(Raw, named).Windows.Select(window => window.Label).Distinct().Order());
        Assert.DoesNotContain(9, Read(Raw).Windows.Select(window => window.Label));
        var folder = Prepared("mine.csv");
        Assert.Equal([9, 10], Read(folder, [.. named, "data.source=preprocessed"]).Windows.Select(window => window.Label).Distinct().Order());
        Assert.Contains("w01_labels.csv", Assert.Throws<DataException>(() => Read(folder, "data.source=preprocessed")).Message);
    }

    [Fact]
    public void Workout_that_lacks_a_file_is_left_out_and_counted_raw_prepared_and_while_it_is_prepared()
    {
        string[] skip = ["data.missing=skip", "data.test_subjects=[w16,w18]", "data.val_subjects=[w15]"], prepared = [.. skip, "data.source=preprocessed"];
        MmFitTree.Write(Raw, new MmFitTreeOptions(["w18"], Sets: 3, SetSeconds: 2, RestSeconds: 1));
        File.Delete(PathOf(Raw, "w18", "pose_3d.npy"));
        Assert.Contains(new("w18", "no w18_pose_3d.npy"), Read(Raw, skip).Exclusions);
        var told = new List<string>();
        string[] typed = ["data=mmfit_debug", $"data.data_dir={Raw}", $"run.root={_folder["results"]}", .. skip];
        var composition = ActivityTree.Compose(typed);
        var job = (MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config);
        var folder = ActivityRecipe.Prepare(job, new RunContext(
            composition.Config, composition.Hydra, typed, null, false, happening => told.Add(happening.ToString()), TimeProvider.System, CancellationToken.None));
        Assert.Contains(told, text => text.Contains("w18 is left out: no w18_pose_3d.npy"));
        Assert.DoesNotContain("w18", File.ReadAllText(Path.Combine(folder, "mmfit_preprocess_stats.json")));
        Assert.Contains(new("w18", "not there"), Read(folder, prepared).Exclusions);
        Directory.CreateDirectory(Path.Combine(folder, "w18"));
        Assert.Contains(new("w18", "no w18_pose_3d_upsample_normal.npy"), Read(folder, prepared).Exclusions);
        Assert.Contains("data.missing=skip", Assert.Throws<DataException>(() => Read(folder, [.. prepared[1..], "data.missing=error"])).Message);
    }

    string Prepared(string labels = "labels.csv")
    {
        MmFitPrepared.Write(Raw, _folder["prepared"], new MmFitOptions(new MotionPreparationOptions(), [14, 15, 16], s_workouts, ["w01"], Labels: labels), new PreparedNames());
        return _folder["prepared"];
    }

    static string PathOf(string root, string workout, string name) => Path.Combine(root, workout, $"{workout}_{name}");

    static ActivityData Read(string folder, params string[] typed) => ActivityData.Read(Config(["data=mmfit_debug", $"data.data_dir={folder}", .. typed]));

    static ActivityConfig Config(IReadOnlyList<string> typed)
    {
        var composition = ActivityTree.Compose(["data.sensor_window_length=100", .. typed]);
        return ActivityRecipe.WithCompat(ConfigBinder.Bind<ActivityConfig>((MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config)));
    }
}
