using Kymo.Lab.Data.Fetching;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data.Fetching;

public sealed class DownloaderTests : IDisposable
{
    static readonly byte[] s_content = [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 31 % 251))];

    readonly TempFolder _folder = new();
    readonly HttpClient _client = new();

    string Target => _folder["file.bin"];

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Fetch_whole_answer_writes_the_file_and_leaves_no_part()
    {
        using var server = new RawServer((_, _) => RawServer.Response($"HTTP/1.1 200 OK\nContent-Length: {s_content.Length}", s_content));
        await Fetch(server, checksum: null);
        Assert.Equal(s_content, File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Fetch_broken_transfers_goes_on_from_the_last_byte()
    {
        using var server = new RawServer((n, head) =>
        {
            var from = RawServer.From(head);
            var piece = s_content.AsSpan(from, Math.Min(70_000, s_content.Length - from));
            return n == 0
                ? RawServer.Response($"HTTP/1.1 200 OK\nETag: \"v1\"\nContent-Length: {s_content.Length}", piece)
                : RawServer.Response($"HTTP/1.1 206 Partial Content\nETag: \"v1\"\nContent-Range: bytes {from}-{s_content.Length - 1}/{s_content.Length}\nContent-Length: {s_content.Length - from}", piece);
        });
        await Fetch(server, checksum: null);
        Assert.Equal(s_content, File.ReadAllBytes(Target));
        Assert.Contains("If-Range: \"v1\"", server.Requests[1]);
        Assert.True(server.Requests.Count >= 3);
    }

    [Fact]
    public async Task Fetch_server_without_ranges_begins_again()
    {
        using var server = new RawServer((n, _) => RawServer.Response(
            $"HTTP/1.1 200 OK\nContent-Length: {s_content.Length}", n == 0 ? s_content.AsSpan(0, 1000) : s_content));
        await Fetch(server, checksum: null);
        Assert.Equal(s_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task Fetch_server_that_always_breaks_off_gives_up_and_keeps_the_part()
    {
        using var server = new RawServer((_, head) =>
            RawServer.From(head) == 0
                ? RawServer.Response($"HTTP/1.1 200 OK\nContent-Length: {s_content.Length}", s_content.AsSpan(0, 1000))
                : RawServer.Response($"HTTP/1.1 206 Partial Content\nContent-Range: bytes 1000-{s_content.Length - 1}/{s_content.Length}\nContent-Length: {s_content.Length - 1000}", []));
        var error = await Assert.ThrowsAsync<DataException>(() => Fetch(server, checksum: null));
        Assert.Contains("broke off", error.Message);
        Assert.Equal(1000, new FileInfo(Target + ".part").Length);
        Assert.False(File.Exists(Target));
    }

    [Fact]
    public async Task Fetch_wrong_checksum_keeps_nothing_and_names_both()
    {
        using var server = new RawServer((_, _) => RawServer.Response($"HTTP/1.1 200 OK\nContent-Length: {s_content.Length}", s_content));
        var error = await Assert.ThrowsAsync<DataException>(() => Fetch(server, "md5:" + new string('0', 32)));
        Assert.Contains("expected md5:0000", error.Message);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task Fetch_right_checksum_is_accepted()
    {
        using var server = new RawServer((_, _) => RawServer.Response($"HTTP/1.1 200 OK\nContent-Length: {s_content.Length}", s_content));
        var expected = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(s_content));
        await Fetch(server, expected);
        Assert.Equal(expected, Downloader.ChecksumOf(Target, "sha256"));
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\nContent-Length: 0", "404")]
    [InlineData("HTTP/1.1 403 Forbidden\nContent-Length: 0", "403")]
    public async Task Fetch_refusal_is_not_tried_again(string head, string expected)
    {
        using var server = new RawServer((_, _) => RawServer.Response(head, []));
        var error = await Assert.ThrowsAsync<DataException>(() => Fetch(server, checksum: null));
        Assert.Contains(expected, error.Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Fetch_length_that_lies_low_is_caught_by_the_checksum()
    {
        using var server = new RawServer((_, _) => RawServer.Response("HTTP/1.1 200 OK\nContent-Length: 1000", s_content));
        var expected = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(s_content));
        await Assert.ThrowsAsync<DataException>(() => Fetch(server, expected));
        Assert.False(File.Exists(Target));
    }

    Task Fetch(RawServer server, string? checksum) =>
        new Downloader(_client, attempts: 3).FetchAsync(server.Address(), Target, checksum, null, TestContext.Current.CancellationToken);
}
