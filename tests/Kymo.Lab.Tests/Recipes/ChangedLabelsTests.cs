using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.SleepEvents;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Recipes;

/// <summary>Runs over recordings whose features are cached already: the fingerprint is of the labels and folds that the run learns from.</summary>
public sealed class ChangedLabelsTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sleep-events", "features.duration=0.5", "model=extremetinycnn", "trainer.micro_batch='off'")]
    [InlineData("urban-sounds", "features.duration=0.5", "features.n_mels=16", "augment=none")]
    public void Run_over_changed_labels_has_another_fingerprint_and_is_not_gone_on_with(string recipe, params string[] settings)
    {
        var tones = SyntheticTones.Write(_folder["tones"], 16_000, 1);
        Label(tones, tones.Classes);
        Assert.ThrowsAny<OperationCanceledException>(() => Run(recipe, "begun", resume: false, stop: true, settings));
        Label(tones, [tones.Classes[1], tones.Classes[0], .. tones.Classes.Skip(2)]);
        var other = ContentOf(Run(recipe, "other", resume: false, stop: false, settings));
        Assert.Contains("was begun with other data", Assert.Throws<ConfigException>(() => Run(recipe, "begun", resume: true, stop: false, settings)).Message);
        Label(tones, tones.Classes);
        Assert.NotEqual(other, ContentOf(Run(recipe, "begun", resume: true, stop: false, settings)));
        Assert.Single(Directory.GetDirectories(_folder["cache"]));
    }

    [Fact]
    public void Folds_made_from_a_seed_have_the_same_fingerprint_whichever_seed_comes_first()
    {
        var tones = SyntheticTones.Write(_folder["tones"], 16_000, 1);
        File.WriteAllLines(_folder["tones/labels.csv"], tones.Recordings.Select(tone => $"{tone.Id},{tones.Classes[tone.Label]}").Prepend("file,class"));
        string Fingerprint(string cache, int seed)
        {
            var (job, context) = Compose("sleep-events", ["features.duration=0.5", "split.count=3", $"seed={seed}", "data.cache=" + _folder[cache]], resume: null, CancellationToken.None);
            using var store = EventStore.Open(ConfigBinder.Bind<SleepEventsConfig>(job), context);
            return store.Fingerprint;
        }
        var (one, two) = (Fingerprint("one", 1), Fingerprint("one", 2));
        Assert.Equal((two, one), (Fingerprint("two", 2), Fingerprint("two", 1)));
        Assert.NotEqual(one, two);
    }

    void Label(RecordingSet tones, IReadOnlyList<string> names) => File.WriteAllLines(
        _folder["tones/labels.csv"], tones.Recordings.Select(tone => $"{tone.Id},{names[tone.Label]},{tone.Fold},{tone.Group}").Prepend("file,class,fold,group"));

    static string ContentOf(string run) => (string)CanonicalJson.ReadObject(Path.Combine(run, RunFiles.DataFingerprint))["content_sha256"]!;

    string Run(string recipe, string name, bool resume, bool stop, string[] settings)
    {
        using var cancel = new CancellationTokenSource();
        string[] overrides = ["trainer.batch_size=8", "trainer.epochs=2", "trainer.threads=1", "trainer.logger=null", "run.name=" + name, .. settings];
        var (job, context) = Compose(recipe, overrides, resume ? name : null, cancel.Token);
        return Registry.Find(recipe).Run(job, context with { Tell = told => { if (stop && told is RunEvent.Opened) cancel.Cancel(); } }).Folder;
    }

    (MapNode Job, RunContext Context) Compose(string recipe, string[] settings, string? resume, CancellationToken cancel) =>
        Composed.Of(recipe, ["data=table", "data.root=" + _folder["tones"], "run.root=" + _folder.Path, .. settings], resume, cancel: cancel);
}
