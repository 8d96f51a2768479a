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

    static double[][] Rows(double every, Func<double, double[]> at) =>
        [.. Enumerable.Range(0, (int)(Seconds / every) + 1).Select(i => Math.Round(i * every, 3)).Select(t => (double[])[t, .. at(t)])];

    static JsonObject Columns(double[][] rows, params string[] names) =>
        new(names.Select((name, column) => KeyValuePair.Create(name, (JsonNode?)new JsonArray([.. rows.Select(row => (JsonNode)row[column])]))));

    static StringContent Text(double[][] rows, char separator) =>
        new(string.Concat(rows.Select(row => string.Join(separator, row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))) + "\n")));
}
