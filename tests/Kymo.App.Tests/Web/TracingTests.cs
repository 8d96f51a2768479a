using System.Net;
using System.Text;
using Kymo.Config;

namespace Kymo.App.Tests.Web;

// A collector hears of every service of the process.
[Collection(nameof(Alone))]
public sealed class TracingTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Spans_reach_the_collector_below_the_callers_own()
    {
        var port = Ports.Free();
        using var collector = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
        collector.Start();
        var received = Task.Run(async () =>
        {
            var context = await collector.GetContextAsync();
            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            context.Response.Close();
            return (context.Request.Url!.AbsolutePath, context.Request.ContentType, Bytes: body.ToArray());
        });
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        await using (var service = await RunningService.Start([OriginalModels.Write(_folder["models"])], $"serve.otlp_endpoint=http://127.0.0.1:{port}"))
        {
            service.Client.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-b7ad6b7169203331-01");
            Assert.Equal(200, (await service.Post("/predict", OriginalModels.Request())).Status);
        }
        var (path, type, bytes) = await received.WaitAsync(Wait.Limit);
        Assert.Equal(("/v1/traces", "application/x-protobuf"), (path, type));
        Assert.True(bytes.AsSpan().IndexOf(Convert.FromHexString(Trace)) > 0);
        var text = Encoding.Latin1.GetString(bytes);
        foreach (var expected in new[] { "kymo", "POST /predict", "http.response.status_code", "kymo.model_hash", "LSTM" }) Assert.Contains(expected, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collector_that_is_away_fails_no_request_and_a_wrong_address_is_refused()
    {
        await using (var service = await RunningService.Start([], "serve.otlp_endpoint=http://127.0.0.1:1"))
            Assert.Equal(200, (await service.Get("/readyz")).Status);
        Assert.Contains("serve.otlp_endpoint=nowhere", (await Assert.ThrowsAsync<ConfigException>(() => RunningService.Start([], "serve.otlp_endpoint=nowhere"))).Message, StringComparison.Ordinal);
    }
}
