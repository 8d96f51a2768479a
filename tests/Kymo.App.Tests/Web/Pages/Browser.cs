using Microsoft.Playwright;

namespace Kymo.App.Tests.Web.Pages;

/// <summary>Debian's Chromium without a window.</summary>
sealed class Browser : IAsyncDisposable
{
    const string Program = "/usr/bin/chromium";

    // Of every wait for the browser or a page of it, in milliseconds.
    static readonly float s_patience = (float)Wait.Limit.TotalMilliseconds;

    readonly IPlaywright _playwright;
    readonly IBrowser _browser;

    Browser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    /// <summary>Starts it; the test is skipped where it is not installed.</summary>
    public static async Task<Browser> Start()
    {
        if (!File.Exists(Program)) Assert.Skip($"needs {Program} (./kymo test installs it)");
        Assertions.SetDefaultExpectTimeout(s_patience);
        var playwright = await Playwright.CreateAsync();
        // As root there is no sandbox of Chromium; the microphone is a tone.
        string[] arguments = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--disable-gpu"];
        return new Browser(playwright, await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Program, Args = arguments, Timeout = s_patience }));
    }

    /// <summary>A window on a server, watched for what may not happen.</summary>
    public async Task<Window> Open(string address, int width = 1280, int height = 900, bool isDark = false)
    {
        var context = await _browser.NewContextAsync(new()
        {
            BaseURL = address,
            ViewportSize = new() { Width = width, Height = height },
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            HasTouch = width < 500,
            IsMobile = width < 500,
            Permissions = ["microphone", "clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout(s_patience);
        return new Window(context, await context.NewPageAsync(), new Uri(address));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}

/// <summary>One window: its page, and what went wrong in it.</summary>
sealed class Window : IAsyncDisposable
{
    readonly IBrowserContext _context;
    readonly System.Collections.Concurrent.ConcurrentQueue<string> _faults = [];

    public Window(IBrowserContext context, IPage page, Uri server)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") _faults.Enqueue($"console: {message.Text}");
        };
        page.PageError += (_, error) => _faults.Enqueue($"script: {error}");
        page.Request += (_, request) =>
        {
            var target = new Uri(request.Url);
            if (target.Scheme is not ("data" or "blob") && target.Authority != server.Authority) _faults.Enqueue($"leaves the server: {request.Url}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400) _faults.Enqueue($"{response.Status}: {response.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>Opens a page of the server, and looks at it when the tests are asked to keep pictures.</summary>
    public async Task Visit(string path, string picture = "")
    {
        await Page.GotoAsync(path, new() { WaitUntil = WaitUntilState.Load });
        await Picture(picture);
    }

    /// <summary>Keeps a picture in the folder that <c>KYMO_SCREENSHOTS</c> names.</summary>
    public async Task Picture(string name)
    {
        if (name == "" || Environment.GetEnvironmentVariable("KYMO_SCREENSHOTS") is not { Length: > 0 } folder) return;
        await Page.WaitForTimeoutAsync(300);
        await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, name + ".png"), FullPage = true, Caret = ScreenshotCaret.Initial });
    }

    /// <summary>Fails where a script failed, an answer was an error, or a request left the server.</summary>
    public void AssertClean() => Assert.Empty(_faults);

    /// <summary>The page is no wider than the window.</summary>
    public async Task AssertFits()
    {
        var widths = await Page.EvaluateAsync<int[]>("[document.documentElement.scrollWidth, document.documentElement.clientWidth]");
        if (widths[0] <= widths[1]) return;
        var wide = await Page.EvaluateAsync<string>(
            "[...document.querySelectorAll('main *, header *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, nav, pre')).map(e => e.tagName + '.' + e.className).slice(0, 5).join(' ')");
        Assert.Fail($"{Page.Url} is {widths[0]} px wide in a window of {widths[1]}: {wide}");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
