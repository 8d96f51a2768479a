using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.SleepEvents;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Signals.Arrays;
using Kymo.Torch;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Tests.Recipes.SleepEvents;

/// <summary><c>compat=original</c> learns what a PyTorch script learns from the same initial weights in the same order.</summary>
public sealed class OriginalCurveTests : IDisposable
{
    const string Weights = "1.0,1.5,5.5,2.0";

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("tinycnn", 0, 5)]
    [InlineData("crnn", 0, 5)]
    [InlineData("tinycnn", 0.7, 5)]
    [InlineData("tinycnn", 0.3, 3)]
    public void Three_epochs_have_the_losses_of_pytorch(string model, double alpha, double temperature)
    {
        const int Batch = 10;
        var config = Bind($"model={model}", $"trainer.batch_size={Batch}", $"trainer.eval_batch_size={Batch}", string.Create(CultureInfo.InvariantCulture, $"distill.temperature={temperature}"));
        config = config with { Distill = config.Distill with { Alpha = alpha } };
        using var store = EventStore.Open(config, Context());
        var (examples, split) = (store.Examples, SleepEventsData.Cut(store.Set, config.Split));
        var random = new RandomStream(5, "logits");
        float[][]? teacher = alpha == 0 ? null : [.. store.Set.Recordings.Select(_ => Enumerable.Range(0, 4).Select(_ => (float)(3 * random.Normal())).ToArray())];
        using var streams = new RandomStreams(config.Seed, "student");
        var objective = new EventObjective(config, examples, split.Train, teacher, Device.Cpu, streams);
        using var network = objective.Network;
        TorchFile.WriteStateDict(_folder["initial.pth"], [.. network.SaveState().Select(entry => (entry.Key, entry.Value))]);
        var plan = objective.Plan(streams, split.Train, split.Validation);
        var order = new List<int>();
        using var fit = new Fit(plan with
        {
            Prepare = indices =>
            {
                order.AddRange(indices.ToArray());
                return plan.Prepare(indices);
            },
        }, config.Trainer, config.Optim, TimeProvider.System);
        var ours = Enumerable.Range(0, 3).Select(_ => fit.RunEpoch(_ => { }, () => false, CancellationToken.None)).Select(row => (row.Train["loss"], row.Validation["loss"])).ToArray();

        var all = new float[store.Set.Recordings.Count * examples.Length];
        for (var i = 0; i < store.Set.Recordings.Count; i++) examples.CopyTo(i, all.AsSpan(i * examples.Length, examples.Length));
        NpyFile.Write(_folder["x.npy"], all, store.Set.Recordings.Count, examples.Bands, examples.Frames);
        Save("y", examples.Labels(Enumerable.Range(0, store.Set.Recordings.Count)));
        Save("order", order);
        Save("epochs", [3]);
        Save("train", split.Train);
        Save("val", split.Validation);
        if (teacher is not null) NpyFile.Write(_folder["teacher.npy"], (float[])[.. teacher.SelectMany(row => row)], teacher.Length, 4);
        var said = Oracle.Ask("sleep_events.py", ["torch", "numpy"], model, _folder.Path, Weights, alpha.ToString(CultureInfo.InvariantCulture), temperature.ToString(CultureInfo.InvariantCulture), $"{Batch}");

        var theirs = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray()).ToArray();
        Assert.Equal(3, theirs.Length);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            Assert.Equal(theirs[epoch][0], ours[epoch].Item1, 1e-4 * theirs[epoch][0]);
            Assert.Equal(theirs[epoch][1], ours[epoch].Item2, 1e-4 * theirs[epoch][1]);
        }
    }

    [Fact]
    public void Original_preset_is_the_originals_training()
    {
        var config = Bind("model=crnn");
        Assert.Equal(("adam", 1e-3, 1e-5), (config.Optim.Name, config.Optim.Lr, config.Optim.WeightDecay));
        Assert.Equal(("none", "loudest", "zero", false), (config.Features.Standardize, config.Features.Silence, config.Features.ShortClips, config.Features.Trim));
        Assert.Equal((true, 5, "val_f1_macro"), (config.Trainer.EarlyStopping.Enabled, config.Trainer.EarlyStopping.Patience, config.Trainer.EarlyStopping.Monitor));
    }

    void Save(string name, IReadOnlyCollection<int> values)
    {
        long[] numbers = [.. values.Select(value => (long)value)];
        NpyFile.Write(_folder[name + ".npy"], numbers, numbers.Length);
    }

    SleepEventsConfig Bind(params string[] more)
    {
        var recipe = Registry.Find("sleep-events");
        var composition = new ConfigComposer().Compose(new ComposeRequest
        {
            SearchPath = [new SearchPathEntry(SearchPathEntry.Main, recipe.ConfFolder)],
            ConfigName = "config",
            Overrides = Override.ParseAll(["compat=original", "data=synthetic", $"run.root={_folder.Path}", "features.duration=1", $"objective.class_weights='[{Weights}]'",
                "trainer.epochs=3", "trainer.threads=1", "trainer.micro_batch=off", .. more]),
        });
        return ConfigBinder.Bind<SleepEventsConfig>((MapNode)ConfigResolver.Of(composition.Config).ResolveAll(composition.Config));
    }

    static RunContext Context() => new([], [], [], null, false, _ => { }, TimeProvider.System, CancellationToken.None);
}
