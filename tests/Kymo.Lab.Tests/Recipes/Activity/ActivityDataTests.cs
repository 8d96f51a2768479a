using Kymo.Config;
using Kymo.Lab.Data.Motion;
using Kymo.Lab.Recipes.Activity;
using Kymo.Lab.Tests.Data.Motion;
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

    string Prepared()
    {
        MmFitPrepared.Write(Raw, _folder["prepared"], new MmFitOptions(new MotionPreparationOptions(), [14, 15, 16], s_workouts, ["w01"]), new PreparedNames());
        return _folder["prepared"];
    }

    static string PathOf(string root, string workout, string name) => Path.Combine(root, workout, $"{workout}_{name}");

    static ActivityData Read(string folder, params string[] typed) => ActivityData.Read(Config([$"data.data_dir={folder}", .. typed]));

    static ActivityConfig Config(IReadOnlyList<string> typed)
    {
        var composition = ActivityTree.Compose(["data=mmfit_debug", "data.sensor_window_length=100", .. typed]);
        return ActivityRecipe.WithCompat(ConfigBinder.Bind<ActivityConfig>((MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config)));
    }
}
