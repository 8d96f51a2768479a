using Kymo.Config;

namespace Kymo.App.Web;

/// <summary>Settings of the service: <c>serve.NAME=VALUE</c> on the command line.</summary>
/// <param name="MaxBatchSize">Items that are computed together at most.</param>
/// <param name="MaxLatencyMs">Milliseconds an item waits for others; 0 takes only what is already waiting.</param>
/// <param name="QueueSize">Items that may wait for one model; more are answered 429.</param>
/// <param name="Threads">Threads of one computation.</param>
/// <param name="Workers">Computations at once of one model; 0 for one a core.</param>
/// <param name="MaxBodyBytes">Largest request body; larger ones are answered 413.</param>
/// <param name="MaxUploadBytes">Largest upload of a recording or of a night.</param>
/// <param name="MaxSeconds">Longest recording that is listened to, in seconds.</param>
/// <param name="BodySeconds">Seconds a body may take to arrive; slower ones are answered 408.</param>
/// <param name="RequestSeconds">Seconds a request may take in all; longer ones are answered 503.</param>
/// <param name="DrainSeconds">Seconds that requests in flight are given at the end.</param>
/// <param name="ScanSeconds">Seconds between looks at the model folders; 0 looks only when asked.</param>
/// <param name="Errors">Shape of 422 bodies: <c>pydantic2</c> or <c>pydantic1</c>.</param>
/// <param name="Compat"><c>original</c> answers <c>/predict</c> with the label only.</param>
/// <param name="DeriveMagnitude">Computes <c>motion_magnitude</c> where a network wants it and the request has none.</param>
/// <param name="Metrics"><c>kymo</c>, or <c>triton</c> for the families of that server besides.</param>
/// <param name="ApiKeysFile">File of one key a line; with it every request but probes needs <c>Authorization: Bearer</c> or <c>X-API-Key</c>; a browser logs in at <c>/login</c>.</param>
/// <param name="Certificate">PEM certificate for <c>https</c> addresses.</param>
/// <param name="CertificateKey">Its PEM key.</param>
/// <param name="OtlpEndpoint">A collector of OpenTelemetry, as <c>http://127.0.0.1:4318</c>, that is sent a span for each request; none by default.</param>
/// <param name="Studies">Folder of the folders of searches, for the pages.</param>
/// <param name="CorsOrigins">Origins whose pages may call the service; empty for none.</param>
/// <param name="AccessLog">Whether each request is logged on standard error, one JSON line each.</param>
sealed record ServeOptions(
    IReadOnlyList<string> CorsOrigins,
    [property: Range(1, 4096)] int MaxBatchSize = 16,
    [property: Range(0, 1000)] double MaxLatencyMs = 0,
    [property: Range(1, 1_000_000)] int QueueSize = 256,
    [property: Range(1, 256)] int Threads = 1,
    [property: Range(0, 256)] int Workers = 0,
    [property: Range(1024, 1 << 30)] long MaxBodyBytes = 8 << 20,
    [property: Range(1024, 1 << 30)] long MaxUploadBytes = 256 << 20,
    [property: Range(1, 864_000)] double MaxSeconds = 4 * 3600,
    [property: Range(0.1, 3600)] double BodySeconds = 30,
    [property: Range(0.1, 3600)] double RequestSeconds = 120,
    [property: Range(0, 3600)] double DrainSeconds = 30,
    [property: Range(0, 3600)] double ScanSeconds = 2,
    [property: AllowedValues("pydantic1", "pydantic2")] string Errors = "pydantic2",
    [property: AllowedValues("none", "original")] string Compat = "none",
    bool DeriveMagnitude = false,
    [property: AllowedValues("kymo", "triton")] string Metrics = "kymo",
    string? ApiKeysFile = null,
    string? Certificate = null,
    string? CertificateKey = null,
    string? OtlpEndpoint = null,
    string Studies = "experiments/hpo",
    bool AccessLog = true)
{
    /// <summary>The collector's address; null for none.</summary>
    public Uri? Collector => Uri.TryCreate(OtlpEndpoint, UriKind.Absolute, out var address) ? address : null;

    /// <summary>Faults that concern several settings at once.</summary>
    public IEnumerable<string> Validate()
    {
        if (OtlpEndpoint is not null && Collector is not { Scheme: "http" or "https" })
            yield return $"serve.otlp_endpoint={OtlpEndpoint}: expected the address of a collector as http://127.0.0.1:4318";
        if (Certificate is null != CertificateKey is null)
            yield return "serve.certificate and serve.certificate_key belong together; type both, or neither for plain http";
    }

    /// <summary>Reads settings as typed.</summary>
    /// <exception cref="ConfigException">No such setting, or a value of the wrong kind.</exception>
    public static ServeOptions Of(IReadOnlyList<string> overrides)
    {
        var node = new MapNode();
        foreach (var text in overrides)
        {
            var item = Override.Parse(text);
            if (item.Kind != OverrideKind.Change || !item.KeyOrGroup.StartsWith("serve.", StringComparison.Ordinal))
                throw new ConfigException($"{text}: settings of the service are typed serve.NAME=VALUE, for instance serve.queue_size=512");
            node[item.KeyOrGroup["serve.".Length..]] = item.ToNode();
        }
        return ConfigBinder.Bind<ServeOptions>(node);
    }
}
