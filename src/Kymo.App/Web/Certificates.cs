using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Kymo.Config;

namespace Kymo.App.Web;

/// <summary>Certificates for <c>https</c>.</summary>
static class Certificates
{
    /// <summary>Reads a certificate and its key.</summary>
    /// <exception cref="ConfigException">One of the files cannot be read as PEM, or they do not belong together.</exception>
    public static X509Certificate2 Load(string certificate, string key)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(certificate, key);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConfigException($"serve.certificate={certificate} serve.certificate_key={key}: {error.Message}; expected a PEM certificate and its PEM key", error);
        }
    }
}
