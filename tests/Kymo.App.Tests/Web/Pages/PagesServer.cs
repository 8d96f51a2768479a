using Kymo.App.Web;

namespace Kymo.App.Tests.Web.Pages;

/// <summary>
/// A server over runs that were really trained: <c>first</c> and <c>second</c> on the same recordings, <c>moods</c> that predicts numbers,
/// and a search of six trials. Made once for all tests of the pages.
/// </summary>
public sealed class PagesServer : IAsyncLifetime
{
    readonly TempFolder _folder = new();
    Service? _service;
    Host? _host;
    Browser? _browser;

    public string Folder => _folder.Path;

    public string Address { get; private set; } = "";

    /// <summary>Whether ONNX Runtime is there and network <c>tones</c> is loaded.</summary>
    internal bool HasModel => _service!.Models.Ready.Count > 0;

    internal Browser Browser => _browser!;

    public string RunOf(string name) => Path.Combine(Folder, "results", "runs", name);

    public async ValueTask InitializeAsync()
    {
        _browser = await Browser.Start();
        Sounds.Write(_folder["sounds"]);
        KymoProgram.Succeed(Folder, [.. TrainedRun.Training, "run.name=first"]);
        KymoProgram.Succeed(Folder, [.. TrainedRun.Training, "seed=1", "trainer.epochs=2", "run.name=second"]);
        string[] music = ["music-emotion", "data=synthetic", "data.synthetic_items=60", "model=original", "trainer.epochs=2", "trainer.threads=1"];
        KymoProgram.Succeed(Folder, ["train", .. music, "run.name=moods"]);
        KymoProgram.Succeed(Folder,
            ["tune", .. music, "--n-trials", "6", "--metric", "val_valence_mse", "--direction", "minimize", "--study-name", "emotion", "--in-process",
                "optim.lr=tag(log,interval(1e-4,1e-1))", "trainer.batch_size=choice(16,32)"]);
        Directory.CreateDirectory(_folder["models"]);
        KymoProgram.Succeed(Folder, "export", "first", "--fold", "1", "--out", "models/tones.onnx");
        _service = new Service(ServeOptions.Of(["serve.access_log=false", $"serve.studies={Path.Combine(Folder, "experiments", "hpo")}"]), [_folder["models"]], _folder["results"], TimeProvider.System, _ => { });
        _host = await Host.Start(_service, ["http://127.0.0.1:0"], _ => { });
        Address = _host.Addresses.Single();
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        if (_host is not null) await _host.DisposeAsync();
        _service?.Dispose();
        _folder.Dispose();
    }
}
