using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace Kymo.App.Tests.Web.Pages;

/// <summary>The page of the API, and pages behind a key, in a real browser.</summary>
[Collection<PagesCollection>]
public sealed class DocsPageTests(PagesServer server)
{
    [Fact]
    public async Task Docs_show_every_operation_and_ask_the_service()
    {
        await using var window = await server.Browser.Open(server.Address);
        await window.Visit("/docs");
        using var client = new HttpClient { BaseAddress = new Uri(server.Address) };
        var paths = JsonNode.Parse(await client.GetStringAsync("/openapi.json"))!["paths"]!.AsObject();
        var operations = paths.SelectMany(path => path.Value!.AsObject().Where(method => method.Key is "get" or "post").Select(method => $"{method.Key.ToUpperInvariant()} {path.Key}")).ToArray();
        var shown = window.Page.Locator("main > details > summary");
        await Assertions.Expect(shown).ToHaveCountAsync(operations.Length);
        var texts = await shown.EvaluateAllAsync<string[]>("all => all.map(one => one.querySelector('b').textContent + ' ' + one.querySelector('code').textContent)");
        Assert.Equal(operations.Order(StringComparer.Ordinal), texts.Order(StringComparer.Ordinal));

        // By keyboard alone: open, send, read.
        var health = window.Page.Locator("main > details", new() { HasText = "/readyz" });
        await health.Locator("summary").First.FocusAsync();
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.Keyboard.PressAsync("Tab");
        await window.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(health.Locator("pre")).ToContainTextAsync(server.HasModel ? "200 OK" : "503");
        if (server.HasModel) window.AssertClean();

        var predict = window.Page.Locator("main > details", new() { Has = window.Page.GetByText("/predict", new() { Exact = true }) });
        await predict.Locator("summary").First.ClickAsync();
        await predict.Locator("textarea").FillAsync("{}");
        await predict.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Assertions.Expect(predict.Locator("pre")).ToContainTextAsync("Field required");
    }

    [Fact]
    public async Task Pages_behind_a_key_open_after_a_login()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["keys"], "open sesame\n");
        await using var service = await RunningService.Start([], $"serve.api_keys_file={folder["keys"]}");
        await using var window = await server.Browser.Open(service.Client.BaseAddress!.ToString().TrimEnd('/'), 390);
        await window.Visit("/try");
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Log in");
        await window.Page.GetByLabel("Key").FillAsync("open sesame");
        await window.Picture("login-phone");
        await window.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Try it");
        // The page's script asks for the models by the same cookie, which it cannot read.
        await Assertions.Expect(window.Page.Locator("#model")).Not.ToContainTextAsync("looking for models");
        Assert.Equal("", await window.Page.EvaluateAsync<string>("document.cookie"));
        window.AssertClean();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Log out" }).ClickAsync();
        await Assertions.Expect(window.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Log in");
    }
}
