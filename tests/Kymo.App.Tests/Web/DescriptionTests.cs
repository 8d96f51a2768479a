using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Web;

/// <summary>What the running service says of itself, given to the tools that read it.</summary>
public sealed class DescriptionTests : IDisposable
{
    const string Redocly = "tests/Oracles/redocly/node_modules/@redocly/cli";

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Redocly_finds_no_fault_in_the_description(bool isKeyed)
    {
        File.WriteAllText(_folder["keys"], "secret\n");
        string[] settings = isKeyed ? [$"serve.api_keys_file={_folder["keys"]}"] : [];
        await using var service = await RunningService.Start([], settings);
        File.WriteAllText(_folder["openapi.json"], await service.Client.GetStringAsync("/openapi.json"));
        var program = Repository.PathOf([.. Redocly.Split('/'), "bin", "cli.js"]);
        if (!File.Exists(program)) Assert.Skip($"needs {Redocly} (./kymo test fetches it)");
        // It asks its makers for news otherwise.
        string[] words = ["REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", Oracle.NodeProgram(oldest: 20), program, "lint", _folder["openapi.json"], "--format=json"];
        var (exitCode, output, error) = Oracle.Run("/usr/bin/env", words);
        var totals = JsonNode.Parse(output)!["totals"]!;
        Assert.True(exitCode == 0 && (int)totals["errors"]! == 0 && (int)totals["warnings"]! == 0, output + error);
    }

    [Fact]
    public async Task Promtool_finds_no_fault_in_the_figures()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])]);
        await service.Post("/predict", OriginalModels.Request());
        await service.Post("/predict", new byte[3]);
        await service.Get("/no\"such\npath");
        var metrics = await service.Client.GetStringAsync("/metrics");
        Assert.Contains("kymo_requests_total{model=\"LSTM\",version=\"1\",code=\"200\"} 1\n", metrics, StringComparison.Ordinal);
        const string Promtool = "/usr/bin/promtool";
        if (!File.Exists(Promtool)) Assert.Skip($"needs {Promtool} (Debian package prometheus)");
        var start = new ProcessStartInfo(Promtool, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true };
        using var promtool = Process.Start(start)!;
        await promtool.StandardInput.WriteAsync(metrics);
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync() + await promtool.StandardOutput.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        Assert.Equal((0, ""), (promtool.ExitCode, said));
    }

    [Fact]
    public async Task Figures_come_in_the_open_form_and_with_those_of_triton_where_asked()
    {
        await using var service = await RunningService.Start([OriginalModels.Write(_folder["models"])], "serve.metrics=triton");
        await service.Post("/predict", OriginalModels.Request());
        Assert.Contains("\nnv_inference_request_success{", await service.Client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics") { Headers = { { "Accept", "application/openmetrics-text" } } };
        using var answer = await service.Client.SendAsync(request);
        Assert.EndsWith("# EOF\n", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
