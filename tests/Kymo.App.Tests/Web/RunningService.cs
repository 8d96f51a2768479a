using System.Text;
using System.Text.Json.Nodes;
using Kymo.App.Web;
using Kymo.Onnx;

namespace Kymo.App.Tests.Web;

/// <summary>The service on a free port of this machine, in this process.</summary>
sealed class RunningService : IAsyncDisposable
{
    readonly Host _host;

    RunningService(Host host, Service service, System.Collections.Concurrent.ConcurrentQueue<string> log)
    {
        (_host, Service, Log) = (host, service, log);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(host.Addresses.Single()), Timeout = Wait.Limit };
    }

    public Service Service { get; }

    public HttpClient Client { get; }

    public System.Collections.Concurrent.ConcurrentQueue<string> Log { get; }

    /// <summary>Starts it; the test is skipped where ONNX Runtime is not installed.</summary>
    public static Task<RunningService> Start(string[] models, params string[] settings) => StartAt("http://127.0.0.1:0", models, settings);

    /// <summary>Starts it at an address.</summary>
    public static async Task<RunningService> StartAt(string url, string[] models, params string[] settings)
    {
        try
        {
            InferenceSession.Runtime();
        }
        catch (OnnxException error)
        {
            Assert.Skip(error.Message);
        }
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var service = new Service(ServeOptions.Of([.. settings]), models, "results", TimeProvider.System, log.Enqueue);
        return new RunningService(await Host.Start(service, [url], log.Enqueue), service, log);
    }

    /// <summary>Posts bytes.</summary>
    public async Task<(int Status, string Text, HttpResponseMessage Message)> Post(string path, byte[] body, string? type = "application/json")
    {
        using var content = new ByteArrayContent(body);
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        var message = await Client.PostAsync(path, content);
        return ((int)message.StatusCode, await message.Content.ReadAsStringAsync(), message);
    }

    /// <summary>Posts a document.</summary>
    public async Task<(int Status, JsonNode Json)> Post(string path, JsonNode document)
    {
        var (status, text, _) = await Post(path, Encoding.UTF8.GetBytes(document.ToJsonString()));
        return (status, JsonNode.Parse(text)!);
    }

    /// <summary>Gets a document.</summary>
    public async Task<(int Status, JsonNode Json)> Get(string path)
    {
        using var message = await Client.GetAsync(path);
        return ((int)message.StatusCode, JsonNode.Parse(await message.Content.ReadAsStringAsync())!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.Stop();
        await _host.DisposeAsync();
        Service.Dispose();
    }
}
