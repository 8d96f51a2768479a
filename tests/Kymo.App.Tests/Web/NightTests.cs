using System.Globalization;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Web;

/// <summary><c>POST /nights</c>: streams as arrays and as files give one hypnogram.</summary>
public sealed class NightTests : IDisposable
{
    const int Seconds = 600;

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Arrays_and_files_give_the_same_stages()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"], rem: true)]);
        var (heart, motion, steps) = (Rows(5, t => [60 + Math.Sin(t)]), Rows(0.2, t => [0.1 * Math.Sin(t), 0, -1]), Rows(60, _ => [0]));
        var (status, arrays) = await service.Post("/nights?model=LSTM", new JsonObject
        {
            ["heart_rate"] = Columns(heart, "t", "hr"),
            ["motion"] = Columns(motion, "t", "x", "y", "z"),
            ["steps"] = Columns(steps, "t", "steps"),
        });
        Assert.True(status == 200, arrays.ToJsonString());
        Assert.InRange(arrays["epochs"]!.AsArray().Count, 15, Seconds / 30);
        Assert.All(arrays["epochs"]!.AsArray(), epoch => Assert.Equal("REM", (string?)epoch!["label"]));
        Assert.Equal((double)arrays["measures"]!["time_in_bed"]!, (double)arrays["minutes"]!["REM"]!);

        using var form = new MultipartFormDataContent { { Text(heart, ','), "heart_rate", "a.txt" }, { Text(motion, ' '), "motion", "../b.txt" }, { Text(steps, ','), "steps", "c" } };
        using var answer = await service.Client.PostAsync("/nights?model=LSTM", form);
        Assert.Equal(arrays.ToJsonString(), await answer.Content.ReadAsStringAsync());

        using var part = new MultipartFormDataContent { { Text(heart, ','), "heart_rate", "a.txt" } };
        using var refused = await service.Client.PostAsync("/nights", part);
        var faults = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["detail"]!.AsArray();
        Assert.Equal((422, 2), ((int)refused.StatusCode, faults.Count));
        Assert.Equal(404, (await service.Post("/nights?model=nobody", new JsonObject { ["heart_rate"] = Columns(heart, "t", "hr"), ["motion"] = Columns(motion, "t", "x", "y", "z"), ["steps"] = Columns(steps, "t", "steps") })).Status);
    }

    [Fact]
    public async Task Epoch_features_of_a_night_as_files_and_arrays_are_answered_as_predict_answers()
    {
        var root = Repository.Shared("data", "sleep-accel");
        KymoProgram.Succeed(_folder.Path, "train", "sleep-stages", "data=sleep_accel_epochs", $"data.dataset_dir={root}", "models=[Night]", "split.folds=2", "trainer.epochs=1", "classes=4",
            "trainer.threads=1", "data.people=[3509524,5132496,759667,4018081,7749105,844359]", "run.name=nights");
        Directory.CreateDirectory(_folder["models"]);
        KymoProgram.Succeed(_folder.Path, "export", "nights", "--out", "models/night.onnx");
        var (epochs, heart) = (Path.Combine(root, "epochs", "759667_epochs.csv"), Path.Combine(root, "heart_rate", "759667_heartrate.txt"));
        var own = KymoProgram.Succeed(_folder.Path, "predict", "models/night.onnx", epochs, "--json").Json["predictions"]![0]!;

        // No file of labels: nobody has one of a night that is asked about.
        await using var service = await RunningService.Start([_folder["models"]]);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(File.ReadAllBytes(heart)), "heart_rate", "h.txt" }, { new ByteArrayContent(File.ReadAllBytes(epochs)), "epochs", "e.csv" } };
        using var files = await service.Client.PostAsync("/nights", form);
        var fromFiles = JsonNode.Parse(await files.Content.ReadAsStringAsync())!;
        Assert.True(files.IsSuccessStatusCode, fromFiles.ToJsonString());
        double[][] table = [.. File.ReadLines(epochs).Skip(1).Select(Values)];
        var (status, fromArrays) = await service.Post("/nights?model=night", new JsonObject
        {
            ["heart_rate"] = Columns([.. File.ReadLines(heart).Select(Values)], "t", "hr"),
            ["epochs"] = Columns(table, "t", "activity_count", "hr_std_feature"),
        });
        Assert.True(status == 200, fromArrays.ToJsonString());
        foreach (var answer in new[] { fromFiles, fromArrays })
        {
            Assert.Equal(own["epochs"]!.ToJsonString(), answer["epochs"]!.ToJsonString());
            Assert.Equal(own["measures"]!.ToJsonString(), answer["measures"]!.ToJsonString());
        }
        Assert.True(fromArrays["epochs"]!.AsArray().Count >= table.Length);
        Assert.Equal(4, fromArrays["minutes"]!.AsObject().Count);

        static double[] Values(string line) => [.. line.Split(',').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
    }

    [Fact]
    public async Task Smoothed_epochs_are_the_means_of_their_neighbours()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])]);
        var streams = new JsonObject
        {
            ["heart_rate"] = Columns(Rows(5, t => [60 + (20 * Math.Sin(t / 50))]), "t", "hr"),
            ["motion"] = Columns(Rows(0.2, t => [Math.Sin(t / 30), Math.Cos(t / 40), -1]), "t", "x", "y", "z"),
            ["steps"] = Columns(Rows(60, t => [t % 7]), "t", "steps"),
        };
        async Task<JsonArray> Epochs(string query) => (await service.Post("/nights?model=GRU" + query, streams)).Json["epochs"]!.AsArray();
        var (plain, smooth) = (await Epochs(""), await Epochs("&smooth=90"));
        Assert.Equal(plain.Select(epoch => (double)epoch!["t"]!), smooth.Select(epoch => (double)epoch!["t"]!));
        for (var i = 1; i + 1 < plain.Count; i++)
        {
            foreach (var (name, value) in smooth[i]!["probabilities"]!.AsObject())
                Assert.Equal(plain.Skip(i - 1).Take(3).Average(epoch => (double)epoch!["probabilities"]![name]!), (double)value!, 1e-6);
        }
        Assert.NotEqual(plain[3]!["probabilities"]!.ToJsonString(), smooth[3]!["probabilities"]!.ToJsonString());

        // What would change nothing is refused.
        foreach (var (path, words) in new[]
        {
            ("/nights?model=GRU&smooth=30", "epochs stand 30 s apart"), ("/nights?model=GRU&hop=15", "hop is not heeded here"),
            ("/models/GRU/predict?smooth=90", "sleep-stages (POST /nights)"),
        })
        {
            var (status, answer) = await service.Post(path, streams);
            Assert.Equal(400, status);
            Assert.Contains(words, (string?)answer["detail"], StringComparison.Ordinal);
        }
        Assert.Equal(422, (await service.Post("/nights?model=GRU&smooth=x", streams)).Status);
    }

    static double[][] Rows(double every, Func<double, double[]> at) =>
        [.. Enumerable.Range(0, (int)(Seconds / every) + 1).Select(i => Math.Round(i * every, 3)).Select(t => (double[])[t, .. at(t)])];

    static JsonObject Columns(double[][] rows, params string[] names) =>
        new(names.Select((name, column) => KeyValuePair.Create(name, (JsonNode?)new JsonArray([.. rows.Select(row => (JsonNode)row[column])]))));

    static StringContent Text(double[][] rows, char separator) =>
        new(string.Concat(rows.Select(row => string.Join(separator, row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + "\n")));
}
