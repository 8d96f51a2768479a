using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Kymo.App.Tests.Web.Pages;

/// <summary>
/// What the try-it page sends and draws. The service's answers are given here in the shapes that its endpoints have, so that every kind of
/// network is met, also those that no small training makes.
/// </summary>
[Collection<PagesCollection>]
public sealed class TryPageTests(PagesServer server)
{
    const string Models = """
        {"models": [
          {"name": "street", "recipe": "urban-sounds", "input": "sound", "classes": ["low", "high"]},
          {"name": "sleep", "recipe": "sleep-stages", "input": "night", "classes": ["Wake", "N1", "N2", "N3", "REM"]},
          {"name": "raw", "recipe": "music-melody", "input": "tensor", "classes": []}], "unavailable": []}
        """;

    const string Heard = """
        {"file": "tone.wav", "class": "high", "confidence": 0.9, "probabilities": {"low": 0.1, "high": 0.9}, "model": "street", "windows": [
          {"start": 0, "end": 1.5, "probabilities": {"low": 0.2, "high": 0.8}}, {"start": 0.75, "end": 2.25, "probabilities": {"low": 0, "high": 1}}]}
        """;

    [Fact]
    public async Task Dropped_sound_is_asked_about_and_drawn()
    {
        foreach (var width in new[] { 1280, 390 })
        {
            await using var window = await Open(width);
            var asked = window.Page.WaitForRequestAsync("**/models/street/predict");
            await Give(window, ("tone.wav", Sounds.Tone(2000, new Random(1))));
            Assert.Contains("filename=\"tone.wav\"", Encoding.Latin1.GetString((await asked).PostDataBuffer!), StringComparison.Ordinal);
            await Assertions.Expect(window.Page.Locator("#said")).ToHaveTextAsync("tone.wav: high, 90 %");
            await Assertions.Expect(window.Page.Locator(".answers li").First).ToContainTextAsync("high");
            await Assertions.Expect(window.Page.Locator("#probabilities canvas")).ToBeVisibleAsync();
            await Assertions.Expect(window.Page.Locator("#spectrogram")).ToBeVisibleAsync();
            // A tone of 2 kHz is bright in the middle of a mel scale up to 11 kHz, and dark above.
            var brightness = await window.Page.WaitForFunctionAsync(
                "() => { const c = document.getElementById('spectrogram').getContext('2d'); const all = c.getImageData(0, 0, 900, 220).data; const row = y => all.subarray(3600 * y, 3600 * (y + 1)).reduce((sum, value, i) => sum + (i % 4 === 1 ? value : 0), 0); const b = [...Array(220).keys()].map(row); return Math.max(...b) > 1.15 * Math.min(...b) ? b.indexOf(Math.max(...b)) : null; }");
            Assert.InRange(await brightness.JsonValueAsync<int>(), 80, 139);
            await window.Picture($"try-sound-{width}");
            await window.AssertFits();
            window.AssertClean();
        }
    }

    [Fact]
    public async Task Loaded_network_answers_as_the_program_does()
    {
        if (!server.HasModel) Assert.Skip("needs ONNX Runtime (./kymo installs it)");
        await using var window = await server.Browser.Open(server.Address);
        await window.Visit("/try");
        await Assertions.Expect(window.Page.Locator("#about")).ToHaveTextAsync("Tells apart high, low.");
        await Give(window, ("low_1_0.wav", File.ReadAllBytes(Path.Combine(server.Folder, "sounds", "low_1_0.wav"))));
        await Assertions.Expect(window.Page.Locator("#answer")).ToBeVisibleAsync();
        var shown = JsonNode.Parse(await window.Page.Locator("#json").TextContentAsync() ?? "")!;
        var own = KymoProgram.Succeed(server.Folder, "predict", "models/tones.onnx", "sounds/low_1_0.wav", "--json").Json["predictions"]![0]!;
        Assert.Equal((double)own["probabilities"]!["low"]!, (double)shown["probabilities"]!["low"]!, 1e-6);
        await Assertions.Expect(window.Page.Locator(".answers li").First).ToContainTextAsync((string)own["class"]!);
        await window.Picture("try-real");
        window.AssertClean();
        await Give(window, ("no.wav", "no sound"u8.ToArray()));
        await Assertions.Expect(window.Page.Locator("#said")).ToContainTextAsync("no.wav: ");
        await Assertions.Expect(window.Page.Locator("#answer")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Recording_from_the_microphone_is_sent_as_a_wav_file()
    {
        await using var window = await Open();
        var asked = window.Page.WaitForRequestAsync("**/models/street/predict");
        await window.Page.Locator("#record").FocusAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.WaitForFunctionAsync("() => parseFloat(document.getElementById('recorded').textContent) >= 1");
        await window.Page.Keyboard.PressAsync("Enter");
        var body = (await asked).PostDataBuffer!;
        var riff = Encoding.Latin1.GetString(body).IndexOf("RIFF", StringComparison.Ordinal);
        Assert.True(riff > 0, "no WAV file was sent");
        Assert.Equal(1, BitConverter.ToInt16(body, riff + 22));
        Assert.InRange(BitConverter.ToInt32(body, riff + 40), 22050, 48000 * 2 * 300);
        await Assertions.Expect(window.Page.Locator("#said")).ToContainTextAsync("recording.wav: high");
        window.AssertClean();
    }

    [Fact]
    public async Task Night_becomes_a_hypnogram()
    {
        await using var window = await Open();
        await window.Page.Locator("#model").SelectOptionAsync("sleep");
        await Assertions.Expect(window.Page.Locator("#microphone")).ToBeHiddenAsync();
        var asked = window.Page.WaitForRequestAsync("**/nights?model=sleep");
        await Give(window, ("1_heartrate.txt", "0,60\n"u8.ToArray()), ("1_acceleration.txt", "0 0 0 1\n"u8.ToArray()), ("1_steps.txt", "0,0\n"u8.ToArray()));
        var sent = Encoding.Latin1.GetString((await asked).PostDataBuffer!);
        foreach (var field in new[] { "heart_rate", "motion", "steps" }) Assert.Contains($"name=\"{field}\"", sent, StringComparison.Ordinal);
        await Assertions.Expect(window.Page.Locator(".hypnogram")).ToBeVisibleAsync();
        Assert.Equal(["Wake", "REM", "N1", "N2", "N3", "0 h", "1 h", "2 h", "3 h"], await window.Page.Locator(".hypnogram text").AllTextContentsAsync());
        await Assertions.Expect(window.Page.Locator("#over-time")).ToContainTextAsync("sleep efficiency");
        await window.Picture("try-night");
        await window.AssertFits();
        window.AssertClean();
    }

    [Fact]
    public async Task Refusal_is_told_in_the_services_words()
    {
        await using var window = await Open(answer: (400, """{"detail": "no.wav: not a sound file"}"""));
        await Give(window, ("no.wav", [1, 2, 3]));
        await Assertions.Expect(window.Page.Locator("#said")).ToHaveTextAsync("no.wav: no.wav: not a sound file");
        await Assertions.Expect(window.Page.Locator("#answer")).ToBeHiddenAsync();
        await window.Page.Locator("#model").SelectOptionAsync("raw");
        await Assertions.Expect(window.Page.Locator("#file")).ToBeDisabledAsync();
    }

    static Task Give(Window window, params (string Name, byte[] Bytes)[] files) => window.Page.Locator("#file").SetInputFilesAsync(
        files.Select(file => new FilePayload { Name = file.Name, MimeType = "application/octet-stream", Buffer = file.Bytes }));

    async Task<Window> Open(int width = 1280, (int Status, string Body)? answer = null)
    {
        var window = await server.Browser.Open(server.Address, width);
        Task Fulfill(IRoute route, string body, int status = 200) => route.FulfillAsync(new() { Status = status, ContentType = "application/json", Body = body });
        await window.Page.RouteAsync("**/models", route => Fulfill(route, Models));
        await window.Page.RouteAsync("**/models/street/predict", route => Fulfill(route, answer?.Body ?? Heard, answer?.Status ?? 200));
        await window.Page.RouteAsync("**/nights?*", route => Fulfill(route, Night()));
        await window.Visit("/try");
        await Assertions.Expect(window.Page.Locator("#model")).ToBeEnabledAsync();
        return window;
    }

    // Three hours in which the stages come and go.
    static string Night()
    {
        string[] stages = ["Wake", "N1", "N2", "N3", "N2", "REM"];
        var epochs = Enumerable.Range(0, 360).Select(i => (JsonNode)new JsonObject { ["t"] = 30 * i, ["label"] = stages[i / 15 % stages.Length] });
        return new JsonObject
        {
            ["model"] = "sleep",
            ["measures"] = new JsonObject { ["total_sleep_min"] = 150, ["sleep_efficiency"] = 0.83, ["rem_latency_min"] = null },
            ["minutes"] = new JsonObject { ["Wake"] = 30, ["N1"] = 30, ["N2"] = 60, ["N3"] = 30, ["REM"] = 30 },
            ["epochs"] = new JsonArray([.. epochs]),
        }.ToJsonString();
    }
}
