using System.Net;
using Microsoft.Playwright;

namespace Kymo.App.Tests.Web.Pages;

/// <summary>The pages in a real browser, over runs that were really trained.</summary>
[Collection<PagesCollection>]
public sealed class PagesTests(PagesServer server)
{
    public static TheoryData<string, string> Pages => new()
    {
        { "/", "overview" }, { "/runs", "runs" }, { "/runs/first", "run" }, { "/runs/moods", "regression" }, { "/compare?runs=first,second", "compare" },
        { "/leaderboard", "leaderboard" }, { "/studies", "studies" }, { "/studies/emotion", "study" }, { "/try", "try" }, { "/docs", "docs" }, { "/login?next=/runs", "login" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_in_every_size_and_colour_fits_and_asks_nobody_else(string path, string name)
    {
        foreach (var (width, isDark, look) in new[] { (1280, false, "light"), (390, true, "phone") })
        {
            await using var window = await server.Browser.Open(server.Address, width, isDark: isDark);
            await window.Visit(path, $"{name}-{look}");
            await window.AssertFits();
            window.AssertClean();
            await Assertions.Expect(window.Page.Locator("h1")).ToHaveCountAsync(1);
            Assert.Equal(0, await window.Page.Locator("img:not([alt]), [style]:not(.chart *), main [onclick]").CountAsync());
            Assert.Empty(await window.Page.EvaluateAsync<string[]>(
                "[...document.querySelectorAll('input, select, textarea')].filter(e => e.type !== 'hidden' && !e.labels?.length && !e.ariaLabel).map(e => e.outerHTML)"));
        }
    }

    [Fact]
    public async Task Runs_are_filtered_sorted_and_chosen_to_compare()
    {
        await using var window = await server.Browser.Open(server.Address);
        await window.Visit("/runs?recipe=urban-sounds&sort=name&dir=asc");
        var names = window.Page.Locator("table.runs tbody th");
        Assert.Equal(["first", "second"], await Finished());
        await window.Page.GetByRole(AriaRole.Columnheader, new() { Name = "run" }).GetByRole(AriaRole.Link).ClickAsync();
        await Assertions.Expect(window.Page.Locator("table.runs thead th").Nth(1)).ToHaveAttributeAsync("aria-sort", "descending");
        Assert.Equal(["second", "first"], await Finished());
        await Assertions.Expect(window.Page.Locator("#compare")).ToBeDisabledAsync();
        await window.Page.GetByLabel("Compare first").CheckAsync();
        await window.Page.GetByLabel("Compare second").CheckAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Compare 2 runs" }).ClickAsync();
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Comparison");
        window.AssertClean();

        // Another test's run may stand beside them.
        async Task<string[]> Finished() => [.. (await names.AllTextContentsAsync()).Where(name => name != "live")];
    }

    [Fact]
    public async Task Comparison_says_what_the_program_says()
    {
        await using var window = await server.Browser.Open(server.Address);
        await window.Visit("/compare?runs=first,second");
        var said = KymoProgram.Succeed(server.Folder, "runs", "compare", "first", "second", "--json").Json["paired"]!;
        var text = await window.Page.Locator("main").InnerTextAsync();
        Assert.Contains($"{said["items"]} items in both runs", text, StringComparison.Ordinal);
        Assert.Contains($"mid-p {said["mcnemar"]!["mid_p"]!.GetValue<double>():0.0000}", text, StringComparison.Ordinal);
        Assert.Contains("trainer.epochs", text, StringComparison.Ordinal);
        await window.Page.GetByPlaceholder("^([0-9]+)-").FillAsync("^[a-z]+_([0-9])");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Group" }).ClickAsync();
        await Assertions.Expect(window.Page.GetByText("resamples of 3 groups")).ToBeVisibleAsync();
        await window.Page.GetByPlaceholder("^([0-9]+)-").FillAsync("(unclosed");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Group" }).ClickAsync();
        await Assertions.Expect(window.Page.GetByText("is no pattern")).ToBeVisibleAsync();
        window.AssertClean();
    }

    [Fact]
    public async Task Run_shows_scores_rivals_curves_and_confusion()
    {
        await using var window = await server.Browser.Open(server.Address);
        await window.Visit("/runs/first");
        var accuracy = System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(server.RunOf("first"), "metrics.json")))!["test"]!["acc"]!.GetValue<double>();
        Assert.Contains(accuracy.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture), await window.Page.Locator(".cards").First.InnerTextAsync(), StringComparison.Ordinal);
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Columnheader, new() { Name = "nearest neighbour" })).ToBeVisibleAsync();
        await Assertions.Expect(window.Page.Locator("figure.chart canvas")).ToHaveCountAsync(2);
        Assert.Equal(2, await window.Page.Locator(".confusion td.hit").CountAsync());
        var numbers = await window.Page.Locator(".confusion td").EvaluateAllAsync<int>("cells => cells.reduce((sum, cell) => sum + parseInt(cell.firstChild.textContent), 0)");
        Assert.Equal(24, numbers);
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "The run's report" }).ClickAsync();
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("first");
    }

    [Fact]
    public async Task Charts_lists_and_colours_obey_the_keyboard()
    {
        await using var window = await server.Browser.Open(server.Address);
        await window.Visit("/runs/first");
        await window.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(window.Page.Locator(".skip")).ToBeFocusedAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(window.Page.Locator("main")).ToBeFocusedAsync();
        await window.Page.Locator("#curve-score .plot").FocusAsync();
        await window.Page.Keyboard.PressAsync("End");
        await Assertions.Expect(window.Page.Locator("#curve-score .reading")).ToContainTextAsync("epoch 3: ");
        await window.Page.Keyboard.PressAsync("ArrowLeft");
        await Assertions.Expect(window.Page.Locator("#curve-score .reading")).ToContainTextAsync("epoch 2: ");
        await window.Page.Locator("#curve-loss .toggle").First.FocusAsync();
        await window.Page.Keyboard.PressAsync("Space");
        await Assertions.Expect(window.Page.Locator("#curve-loss .toggle").First).ToHaveAttributeAsync("aria-pressed", "false");
        await window.Page.Locator("#theme").FocusAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(window.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await window.Visit("/runs");
        await Assertions.Expect(window.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await window.Page.GetByLabel("Compare first").FocusAsync();
        await window.Page.Keyboard.PressAsync("Space");
        await Assertions.Expect(window.Page.Locator("#chosen")).ToHaveTextAsync("one more to compare");
        window.AssertClean();
    }

    [Fact]
    public async Task Study_gives_a_line_to_paste()
    {
        await using var window = await server.Browser.Open(server.Address);
        await window.Visit("/studies/emotion");
        var best = KymoProgram.Succeed(server.Folder, "study", "best", "emotion").Output.Trim();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Copy" }).ClickAsync();
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Copied" })).ToBeVisibleAsync();
        Assert.Equal($"kymo train music-emotion {best}", await window.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
        Assert.Equal(6, await window.Page.Locator("#trials ~ details tbody tr").CountAsync());
        await Assertions.Expect(window.Page.Locator(".slices figure")).ToHaveCountAsync(2);
        await Assertions.Expect(window.Page.Locator(".parallel polyline")).ToHaveCountAsync(6);
        window.AssertClean();
    }

    [Fact]
    public async Task Training_is_followed_while_it_runs()
    {
        await using var window = await server.Browser.Open(server.Address);
        using var training = KymoProgram.Start(server.Folder, [], [.. TrainedRun.Training, "trainer.epochs=20000", "run.name=live"]);
        _ = training.StandardOutput.ReadToEndAsync();
        _ = training.StandardError.ReadToEndAsync();
        try
        {
            var table = Path.Combine(server.RunOf("live"), "folds", "fold_1", "epoch_metrics.csv");
            await Wait.UntilAsync(() => Task.FromResult(File.Exists(table) || training.HasExited), "the first epoch");
            await window.Visit("/runs/live", "live-light");
            await Assertions.Expect(window.Page.Locator("#live-rate")).ToContainTextAsync("an epoch");
            var before = await window.Page.Locator("#progress").GetAttributeAsync("value");
            await window.Page.WaitForFunctionAsync("before => document.getElementById('progress').value > Number(before) + 1", before);
            await Assertions.Expect(window.Page.Locator("#live-left")).ToContainTextAsync("left");
            await Assertions.Expect(window.Page.Locator("#curve-loss canvas")).ToHaveCountAsync(1);
            await window.Picture("live-grown");
            await using var overview = await server.Browser.Open(server.Address);
            await overview.Visit("/", "overview-live");
            await Assertions.Expect(overview.Page.Locator("#live [data-run=live] [data-text]")).ToContainTextAsync("Part 1 of 3, epoch");
            training.Kill();
            await Assertions.Expect(window.Page.Locator("#live-over")).ToContainTextAsync("unfinished");
            await Assertions.Expect(overview.Page.Locator("#live [data-run=live] [data-text]")).ToHaveTextAsync("ended");
            await window.Page.GetByRole(AriaRole.Link, new() { Name = "Show the result" }).ClickAsync();
            await Assertions.Expect(window.Page.Locator("pre.copy code")).ToHaveTextAsync("kymo train urban-sounds --resume live");
            window.AssertClean();
        }
        finally
        {
            if (!training.HasExited) training.Kill();
            training.WaitForExit();
        }
    }

    [Fact]
    public async Task Run_folder_full_of_markup_runs_no_script()
    {
        const string Attack = "</script><script>hacked=1</script><img src=x onerror=hacked=1>\\\" onfocus=hacked=1 autofocus x=\\\"";
        Copy("first", "hostile");
        foreach (var (file, from) in new[]
        {
            ("metrics.json", "urban-cnn"), ("metrics.json", "nearest neighbour"), ("metrics.json", "\"synthetic\""), ("contract.json", "\"low\""), ("resolved_config.json", "\"none\""),
            ("env.json", "cpu_model"),
        })
        {
            var path = Path.Combine(server.RunOf("hostile"), file);
            File.WriteAllText(path, File.ReadAllText(path).Replace(from, from[0] == '"' ? $"\"{Attack}\"" : Attack, StringComparison.Ordinal));
        }
        foreach (var file in new[] { "class_metrics.csv", "test_confusion_matrix.csv" })
        {
            var path = Path.Combine(server.RunOf("hostile"), file);
            File.WriteAllText(path, File.ReadAllText(path).Replace("low", "<script>hacked=1</script><b onclick=hacked=1>", StringComparison.Ordinal));
        }
        File.WriteAllText(Path.Combine(server.RunOf("hostile"), "report.html"), "<!DOCTYPE html><title>r</title><script>hacked=1</script><img src=x onerror=hacked=1><h1>report</h1>");
        try
        {
            foreach (var path in new[] { "/", "/runs", "/runs/hostile", "/compare?runs=first,hostile", "/leaderboard", "/runs?q=%22%3E%3Cscript%3Ehacked=1%3C/script%3E", "/compare?runs=%3Cscript%3Ehacked=1%3C/script%3E,b", "/runs/hostile/report" })
            {
                await using var window = await server.Browser.Open(server.Address);
                await window.Visit(path);
                Assert.False(await window.Page.EvaluateAsync<bool>("'hacked' in window"), path);
                if (!path.EndsWith("report", StringComparison.Ordinal)) Assert.Equal(0, await window.Page.Locator("main img[onerror], main [onfocus], main b[onclick], main script:not([type])").CountAsync());
            }
        }
        finally
        {
            Directory.Delete(server.RunOf("hostile"), recursive: true);
        }
    }

    [Theory]
    [InlineData("metrics.json", "{\"test\": [1], \"intervals\": 3, \"baselines\": {\"a\": 1}, \"warnings\": 7, \"cross_validation\": [], \"data_fingerprint\": null}")]
    [InlineData("metrics.json", "{")]
    [InlineData("contract.json", "[]")]
    [InlineData("resolved_config.json", "\u0000\u0001")]
    [InlineData("test_confusion_matrix.csv", "a,b\r\nc\r\n")]
    [InlineData("class_metrics.csv", "x\r\n")]
    [InlineData("folds/fold_1/epoch_metrics.csv", "epoch,val_acc\r\n1,NaN\r\n")]
    [InlineData("training_state.json", "{\"folds\": {\"1\": 3}}")]
    [InlineData(".hydra/hydra.yaml", "job: [")]
    public async Task Damaged_file_is_named_and_the_rest_of_the_page_stands(string file, string text)
    {
        Copy("first", "damaged");
        try
        {
            File.WriteAllText(Path.Combine(server.RunOf("damaged"), file), text);
            using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
            foreach (var path in new[] { "/runs/damaged", "/", "/runs", "/compare?runs=first,damaged" })
            {
                var answer = await client.GetAsync(path);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
                Assert.Contains("</html>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
        finally
        {
            Directory.Delete(server.RunOf("damaged"), recursive: true);
        }
    }

    [Theory]
    [InlineData("/runs/..%2f..")]
    [InlineData("/runs/%2e%2e%2f%2e%2e%2fsounds")]
    [InlineData("/runs/.locks")]
    [InlineData("/runs/%2fetc")]
    [InlineData("/runs/first/figures/..%2fmetrics.json")]
    [InlineData("/runs/first/figures/%2e%2e%2freport.html")]
    [InlineData("/runs/first/figures/stolen.png")]
    [InlineData("/runs/first/files/checkpoints%2fbest_model.pth")]
    [InlineData("/runs/first/files/env.json")]
    [InlineData("/runs/..%2ffirst/live")]
    [InlineData("/runs/nobody/live")]
    [InlineData("/studies/..%2f..")]
    [InlineData("/studies/..%2fhpo")]
    [InlineData("/assets/..%2fkymo.css")]
    [InlineData("/compare?runs=..%2f..%2fsounds,first")]
    public async Task Name_that_leads_elsewhere_is_not_found(string path)
    {
        var link = Path.Combine(server.RunOf("first"), "figures", "stolen.png");
        if (!File.Exists(link)) File.CreateSymbolicLink(link, Path.Combine(server.Folder, "sounds", "labels.csv"));
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path)).StatusCode);
    }

    [Fact]
    public async Task Pages_allow_scripts_of_files_only_and_assets_are_kept_by_browsers()
    {
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        var page = await client.GetAsync("/runs/first");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("sandbox", (await client.GetAsync("/runs/first/report")).Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        var style = await client.GetAsync("/assets/kymo.css");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/assets/kymo.css");
        again.Headers.IfNoneMatch.Add(style.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
        Assert.Contains("Leon Sorokin", await client.GetStringAsync("/assets/licences"), StringComparison.Ordinal);
    }

    void Copy(string from, string to)
    {
        foreach (var file in Directory.GetFiles(server.RunOf(from), "*", SearchOption.AllDirectories).Where(file => !file.Contains("checkpoints", StringComparison.Ordinal) && new FileInfo(file).LinkTarget is null))
        {
            var target = Path.Combine(server.RunOf(to), Path.GetRelativePath(server.RunOf(from), file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}

/// <summary>Tests that share one server and browser.</summary>
[CollectionDefinition]
public sealed class PagesCollection : ICollectionFixture<PagesServer>;
