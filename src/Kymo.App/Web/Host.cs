using Kymo.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Kymo.App.Web;

/// <summary>The web server: from addresses and endpoint groups to a running service, and to its orderly end.</summary>
sealed class Host : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly Service _service;

    Host(WebApplication app, Service service) => (_app, _service) = (app, service);

    /// <summary>Where it listens.</summary>
    public IReadOnlyCollection<string> Addresses => [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>Starts listening.</summary>
    /// <param name="service">What the endpoints share.</param>
    /// <param name="urls">Addresses, as <c>http://127.0.0.1:8000</c>; port 0 takes a free one.</param>
    /// <param name="log">Where log lines go.</param>
    /// <exception cref="ConfigException">An address that cannot be listened at.</exception>
    public static async Task<Host> Start(Service service, IReadOnlyList<string> urls, Action<string> log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(options => Listen(options, service, urls));
        var app = builder.Build();
        app.Use(next => new Gate(next, service, log).Answer);
        app.UseWebSockets();
        app.UseRouting();
        app.Use(next => context => Unmatched.Answer(context, next));
        Pages.PageEndpoints.Map(app, service.Runs, service.Options.Studies, service.Time);
        Pages.LoginPage.Map(app, service);
        ProbeEndpoints.Map(app, service);
        PredictEndpoint.Map(app, service);
        NightEndpoint.Map(app, service);
        ModelEndpoints.Map(app, service);
        StreamEndpoint.Map(app, service);
        InferenceProtocol.Map(app, service);
        MetricsEndpoint.Map(app, service);
        ApiDescription.Map(app, service);
        try
        {
            await app.StartAsync();
        }
        catch (IOException error)
        {
            await app.DisposeAsync();
            throw new ConfigException($"cannot listen at {string.Join(", ", urls)}: {error.Message}; choose another address with --urls http://127.0.0.1:PORT", error);
        }
        return new Host(app, service);
    }

    /// <summary>Takes no new work, lets requests in flight end, then stops.</summary>
    public async Task Stop()
    {
        _service.Drain();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(_service.Options.DrainSeconds));
        await _app.StopAsync(patience.Token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    static void Listen(KestrelServerOptions options, Service service, IReadOnlyList<string> urls)
    {
        var settings = service.Options;
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = Math.Max(settings.MaxBodyBytes, settings.MaxUploadBytes);
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(Math.Max(1, settings.BodySeconds));
        // A body's time as a whole is the gate's; what trickles in byte by byte is no reason to end it earlier.
        options.Limits.MinRequestBodyDataRate = null;
        foreach (var url in urls)
        {
            BindingAddress address;
            try
            {
                address = BindingAddress.Parse(url);
            }
            catch (FormatException)
            {
                throw new ConfigException($"--urls {url}: expected an address as http://127.0.0.1:8000");
            }
            if (address.Scheme is not ("http" or "https")) throw new ConfigException($"--urls {url}: expected http:// or https://");
            void Configure(ListenOptions endpoint)
            {
                if (address.Scheme == "http") return;
                if (settings.Certificate is not { } certificate || settings.CertificateKey is not { } key)
                    throw new ConfigException($"--urls {url}: https needs serve.certificate=CERT.pem serve.certificate_key=KEY.pem");
                endpoint.UseHttps(Certificates.Load(certificate, key));
            }
            if (System.Net.IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip)) options.Listen(ip, address.Port, Configure);
            else if (address.Host == "localhost" && address.Port != 0) options.ListenLocalhost(address.Port, Configure);
            else if (address.Host == "localhost") options.Listen(System.Net.IPAddress.Loopback, 0, Configure);
            else options.ListenAnyIP(address.Port, Configure);
        }
    }

    // The verb hears the signals; the server would hear them a second time.
    sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancel) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;
    }
}
