using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kymo.Config;

namespace Kymo.App.Tests.Web;

/// <summary>The service under a certificate of its own making.</summary>
public sealed class EncryptedServiceTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Certificate_and_key_files_make_an_https_service()
    {
        var thumbprint = WriteCertificate();
        File.WriteAllText(_folder["keys"], "secret\n");
        await using var service = await RunningService.StartAt("https://127.0.0.1:0", [OriginalModels.Write(_folder["models"])],
            $"serve.certificate={_folder["cert.pem"]}", $"serve.certificate_key={_folder["key.pem"]}", $"serve.api_keys_file={_folder["keys"]}");
        string? seen = null;
        using var client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => (seen = (certificate as X509Certificate2)?.Thumbprint) == thumbprint },
        })
        { BaseAddress = service.Client.BaseAddress };
        client.DefaultRequestHeaders.Add("X-API-Key", "secret");
        using var body = new StringContent(OriginalModels.Request().ToJsonString(), System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(HttpStatusCode.OK, (await client.PostAsync("/predict", body)).StatusCode);
        Assert.Equal(thumbprint, seen);
        using var form = new FormUrlEncodedContent([new("key", "secret")]);
        using var login = await client.PostAsync("/login", form);
        Assert.Contains("secure", login.Headers.GetValues("Set-Cookie").Single(), StringComparison.OrdinalIgnoreCase);

        // Nobody has vouched for the certificate, and there is no answer in the clear.
        await Assert.ThrowsAsync<HttpRequestException>(() => service.Client.GetAsync("/readyz"));
        using var plain = new HttpClient { BaseAddress = new UriBuilder(service.Client.BaseAddress!) { Scheme = "http" }.Uri };
        await Assert.ThrowsAsync<HttpRequestException>(() => plain.GetAsync("/readyz"));
    }

    [Fact]
    public async Task Https_without_a_sound_certificate_says_what_to_type()
    {
        var none = await Assert.ThrowsAsync<ConfigException>(() => RunningService.StartAt("https://127.0.0.1:0", []));
        Assert.Contains("serve.certificate=CERT.pem", none.Message, StringComparison.Ordinal);
        WriteCertificate();
        File.WriteAllText(_folder["key.pem"], "no key");
        var damaged = await Assert.ThrowsAsync<ConfigException>(() => RunningService.StartAt("https://127.0.0.1:0", [],
            $"serve.certificate={_folder["cert.pem"]}", $"serve.certificate_key={_folder["key.pem"]}"));
        Assert.Contains("PEM", damaged.Message, StringComparison.Ordinal);
    }

    string WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(_folder["cert.pem"], certificate.ExportCertificatePem());
        File.WriteAllText(_folder["key.pem"], key.ExportPkcs8PrivateKeyPem());
        return certificate.Thumbprint;
    }
}
