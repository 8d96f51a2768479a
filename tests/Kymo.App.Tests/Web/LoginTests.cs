using System.Net;
using Kymo.App.Web;
using Microsoft.AspNetCore.Http;

namespace Kymo.App.Tests.Web;

/// <summary>Browsers and keys: a person shows the key once, the cookie that follows names none.</summary>
public sealed class LoginTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_browser_is_sent_to_the_login_and_back_and_a_program_is_refused_in_words()
    {
        await using var service = await Keyed();
        var (status, location) = await Page(service, "/runs?sort=name");
        Assert.Equal((303, "/login?next=%2Fruns%3Fsort%3Dname"), (status, location));
        Assert.Equal(401, (await service.Get("/models")).Status);
        Assert.Equal(401, (int)(await service.Client.PostAsync("/v2/repository/index", null)).StatusCode);
        Assert.Contains("name=\"next\" value=\"/runs?sort=name\"", await service.Client.GetStringAsync(location), StringComparison.Ordinal);

        using var wrong = await Enter(service, "guess", "/runs");
        Assert.Equal((HttpStatusCode.Unauthorized, false), (wrong.StatusCode, wrong.Headers.Contains("Set-Cookie")));
        Assert.Contains("role=\"alert\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var right = await Enter(service, "secret & long", "/runs?sort=name");
        Assert.Equal((HttpStatusCode.SeeOther, "/runs?sort=name"), (right.StatusCode, right.Headers.Location?.OriginalString));
        var cookie = right.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);

        // The client keeps the cookie, as a browser does.
        Assert.Equal(200, (await Page(service, "/runs")).Status);
        Assert.Equal(200, (await service.Get("/models")).Status);
        Assert.Contains("action=\"/logout\"", await service.Client.GetStringAsync("/runs"), StringComparison.Ordinal);
        Assert.Equal((303, "/"), await Page(service, "/login?next=/login"));
        Assert.Equal(303, (int)(await service.Client.PostAsync("/logout", null)).StatusCode);
        Assert.Equal(303, (await Page(service, "/runs")).Status);
        Assert.DoesNotContain(service.Log, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("//elsewhere.example")]
    [InlineData("/\\elsewhere.example")]
    [InlineData("https://elsewhere.example")]
    [InlineData("/a\r\nSet-Cookie: x=y")]
    [InlineData("")]
    public async Task A_login_leads_to_no_other_server(string next)
    {
        await using var service = await Keyed();
        using var answer = await Enter(service, "secret & long", next);
        Assert.Equal("/", answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public void A_session_ends_by_itself_and_cannot_be_made_up()
    {
        var clock = new Clock();
        var sessions = new Sessions(clock);
        var begun = new DefaultHttpContext();
        sessions.Begin(begun);
        var cookie = begun.Response.Headers.SetCookie.ToString().Split(';')[0];
        Assert.True(sessions.Holds(With(cookie)));
        Assert.False(new Sessions(clock).Holds(With(cookie)));
        var (head, number) = (cookie.Split('=')[0], long.Parse(cookie.Split('=')[1].Split('.')[0], System.Globalization.CultureInfo.InvariantCulture));
        foreach (var forged in new[] { cookie[..^1] + (cookie[^1] == '0' ? '1' : '0'), cookie.Replace($"{number}", $"{number + 1}", StringComparison.Ordinal), head + "=", head + "=.", head + "=99999999999.", head + "=a.b.c", "" })
            Assert.False(sessions.Holds(With(forged)), forged);
        clock.Now += TimeSpan.FromHours(12);
        Assert.False(sessions.Holds(With(cookie)));
    }

    async Task<RunningService> Keyed()
    {
        File.WriteAllText(_folder["keys"], "secret & long\n");
        return await RunningService.Start([], $"serve.api_keys_file={_folder["keys"]}");
    }

    static async Task<(int Status, string? Location)> Page(RunningService service, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Accept", "text/html,*/*" } } };
        using var answer = await service.Client.SendAsync(request);
        return ((int)answer.StatusCode, answer.Headers.Location?.OriginalString);
    }

    static async Task<HttpResponseMessage> Enter(RunningService service, string key, string next)
    {
        using var form = new FormUrlEncodedContent([new("key", key), new("next", next)]);
        return await service.Client.PostAsync("/login", form);
    }

    static DefaultHttpContext With(string cookie) => new() { Request = { Headers = { Cookie = cookie } } };

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch + TimeSpan.FromDays(20000);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
