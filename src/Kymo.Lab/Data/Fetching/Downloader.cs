using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Kymo.Signals;

namespace Kymo.Lab.Data.Fetching;

/// <summary>How far a download is.</summary>
/// <param name="Bytes">Bytes on disk.</param>
/// <param name="Total">Bytes in all, or null where the server does not say.</param>
public readonly record struct DownloadProgress(long Bytes, long? Total);

/// <summary>
/// Gets files over HTTP: goes on where a broken transfer stopped, believes a server only as far as the bytes bear it out, and gives a
/// file its name only when it is whole. Proxies are taken from the usual environment variables by <see cref="HttpClient"/> itself.
/// </summary>
/// <param name="client">Sends the requests.</param>
/// <param name="attempts">How often a broken transfer is taken up again.</param>
/// <param name="pause">Wait before each further attempt.</param>
public sealed class Downloader(HttpClient client, int attempts = 5, TimeSpan pause = default)
{
    const int BlockSize = 1 << 16;

    /// <summary>Gets a file; a finished file of that name is kept as it is.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="path">Where it goes; the unfinished part is <c>PATH.part</c>.</param>
    /// <param name="checksum"><c>md5:HEX</c> or <c>sha256:HEX</c>, or null.</param>
    /// <param name="progress">Told as bytes arrive, or null.</param>
    /// <param name="cancel">Stops; the part is kept.</param>
    /// <exception cref="DataException">The server refuses, breaks off once too often, or sends other bytes than the checksum says.</exception>
    public async Task FetchAsync(Uri address, string path, string? checksum, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        if (File.Exists(path)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var part = path + ".part";
        for (var attempt = 1; ; attempt++)
        {
            var before = Length(part);
            try
            {
                await TransferAsync(address, part, progress, cancel).ConfigureAwait(false);
                break;
            }
            catch (Exception error) when (error is HttpRequestException or IOException && !IsLocal(error) && !cancel.IsCancellationRequested)
            {
                // An attempt that brought bytes does not count against the limit.
                if (Length(part) > before) attempt = 0;
                if (attempt >= attempts)
                    throw new DataException(address.ToString(), $"the transfer broke off {attempts} times in a row, last at byte {Length(part)} "
                        + $"({error.Message}); the part is kept, start again to go on", error);
                await Task.Delay(pause, cancel).ConfigureAwait(false);
            }
        }
        if (checksum is not null) Check(address, part, checksum);
        File.Move(part, path, overwrite: false);
    }

    /// <summary>The checksum of a file in the form <c>sha256:HEX</c> or <c>md5:HEX</c>.</summary>
    public static string ChecksumOf(string path, string kind)
    {
        using var stream = File.OpenRead(path);
        var hash = kind switch
        {
            "sha256" => SHA256.HashData(stream),
            "md5" => MD5.HashData(stream),
            _ => throw new ArgumentException($"no checksum of kind '{kind}'", nameof(kind)),
        };
        return $"{kind}:{Convert.ToHexStringLower(hash)}";
    }

    async Task TransferAsync(Uri address, string part, IProgress<DownloadProgress>? progress, CancellationToken cancel)
    {
        var have = Length(part);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            if (ReadTag(part) is { } tag) request.Headers.IfRange = new RangeConditionHeaderValue(tag);
        }
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable && response.Content.Headers.ContentRange?.Length == have) return;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            File.Delete(part);
            throw new HttpRequestException($"the server has no byte {have}; beginning again");
        }
        if ((int)response.StatusCode is >= 400 and < 500)
            throw new DataException(address.ToString(), $"the server answers {(int)response.StatusCode} {response.ReasonPhrase}");
        response.EnsureSuccessStatusCode();

        var goesOn = response.StatusCode == HttpStatusCode.PartialContent && response.Content.Headers.ContentRange?.From == have;
        if (!goesOn) have = 0;
        var total = goesOn ? response.Content.Headers.ContentRange?.Length : response.Content.Headers.ContentLength;
        WriteTag(part, response.Headers.ETag);
        using var file = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None);
        using var body = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var block = new byte[BlockSize];
        for (int read; (read = await body.ReadAsync(block, cancel).ConfigureAwait(false)) > 0;)
        {
            await file.WriteAsync(block.AsMemory(0, read), cancel).ConfigureAwait(false);
            have += read;
            if (have > total) throw new DataException(address.ToString(), $"the server sends more than the {total} bytes it announced");
            progress?.Report(new DownloadProgress(have, total));
        }
        file.Flush(flushToDisk: true);
        if (total is not null && have != total) throw new HttpRequestException($"the server sent {have} of {total} bytes");
    }

    static void Check(Uri address, string part, string checksum)
    {
        var actual = ChecksumOf(part, checksum.Split(':')[0]);
        if (string.Equals(actual, checksum, StringComparison.OrdinalIgnoreCase)) return;
        File.Delete(part);
        throw new DataException(address.ToString(), $"the file's checksum is {actual}; expected {checksum}; it was not kept");
    }

    // A full disk or a missing right on this side is no reason to ask the server again.
    static bool IsLocal(Exception error) => error is IOException and not HttpIOException && error.InnerException is not System.Net.Sockets.SocketException
        && error.HResult is unchecked((int)0x80070070) or 28 or unchecked((int)0x80070005);

    static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    static EntityTagHeaderValue? ReadTag(string part)
    {
        var path = part + ".etag";
        return File.Exists(path) && EntityTagHeaderValue.TryParse(File.ReadAllText(path), out var tag) && !tag.IsWeak ? tag : null;
    }

    static void WriteTag(string part, EntityTagHeaderValue? tag)
    {
        if (tag is null || tag.IsWeak) File.Delete(part + ".etag");
        else File.WriteAllText(part + ".etag", tag.ToString());
    }
}
