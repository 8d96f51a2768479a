using System.Formats.Tar;
using System.IO.Compression;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Fetching;
using Kymo.Lab.Tests.Data.Fetching;
using Kymo.Signals;
using Kymo.Signals.Audio;

namespace Kymo.Lab.Tests.Data;

public sealed class DreamCatcherTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("three", 9, "quiet,breathe,snore")]
    [InlineData("nine", 27, "quiet,non_wearer,bruxism,swallow,somniloquy,breathe,cough,snore,movements")]
    public void Parts_are_folds_and_three_labels_are_kept(string labels, int clips, string classes)
    {
        foreach (var part in (string[])["train", "validation", "test"])
            foreach (var label in DreamCatcher.Labels) Clip(Path.Combine("data", part, label, "a.wav"));
        var set = DreamCatcher.Read(_folder.Path, labels);
        Assert.Equal(clips, set.Recordings.Count);
        Assert.Equal(classes, string.Join(',', set.Classes));
        Assert.Equal([1, 2, 3], set.Folds);
        Assert.All(set.Recordings, recording => Assert.Contains("/" + set.Classes[recording.Label] + "/", recording.Id));
    }

    [Fact]
    public void Labels_of_a_table_are_numbers_or_texts()
    {
        foreach (var part in (string[])["train", "validation", "test"])
        {
            foreach (var name in (string[])["a.wav", "b.wav", "c.wav"]) Clip(Path.Combine(part, "clips", name));
            File.WriteAllText(Path.Combine(_folder.Path, part, "metadata.csv"), "file_name,event_label\nclips/a.wav,5\nclips/b.wav,snore\nclips/c.wav,6\n");
        }
        var set = DreamCatcher.Read(_folder.Path, "three");
        Assert.Equal([1, 2, 1, 2, 1, 2], set.Recordings.Select(recording => recording.Label));
        Assert.Empty(set.Exclusions);

        File.WriteAllText(_folder["test/metadata.csv"], "file_name,event_label\nclips/a.wav,9\n");
        Assert.Contains("event_label is '9'", Assert.Throws<DataException>(() => DreamCatcher.Read(_folder.Path, "three")).Message);
        File.WriteAllText(_folder["test/metadata.csv"], "file_name,event_label\n../../a.wav,5\n");
        Assert.Contains("leads outside", Assert.Throws<DataException>(() => DreamCatcher.Read(_folder.Path, "three")).Message);
    }

    [Fact]
    public void Absent_part_says_where_access_is_asked_for()
    {
        Clip(Path.Combine("train", "snore", "a.wav"));
        var error = Assert.Throws<DataException>(() => DreamCatcher.Read(_folder.Path, "three"));
        Assert.Contains("'validation'", error.Message);
        Assert.Contains("HF_TOKEN", error.Message);
    }

    [Fact]
    public async Task Archives_come_with_the_token_and_a_refusal_says_where_to_ask()
    {
        Clip(Path.Combine("packed", "snore", "a.wav"));
        var archive = _folder["part.tar.gz"];
        await using (var file = File.Create(archive))
        await using (var zip = new GZipStream(file, CompressionLevel.Fastest))
            await TarFile.CreateFromDirectoryAsync(_folder["packed"], zip, includeBaseDirectory: false);
        var content = File.ReadAllBytes(archive);
        using var server = new RawServer((_, head) => head.Contains("Authorization: Bearer secret", StringComparison.OrdinalIgnoreCase)
            ? RawServer.Response($"HTTP/1.1 200 OK\nContent-Length: {content.Length}", content)
            : RawServer.Response("HTTP/1.1 401 Unauthorized\nContent-Length: 0", []));
        var dataset = Catalogue.Find("dreamcatcher")!;
        Assert.Equal(3, dataset.Files.Count);
        Assert.All(dataset.Files, file => Assert.Contains(DreamCatcher.Revision, file.Address.ToString()));
        var local = dataset with { Files = [.. dataset.Files.Select(file => file with { Address = server.Address("/" + file.Folder + ".tar.gz") })] };
        using var client = new HttpClient();
        var fetcher = new DatasetFetcher(new Downloader(client), 1 << 20);
        var refused = await Assert.ThrowsAsync<DataException>(() => fetcher.FetchAsync(local, _folder["got"], null, CancellationToken.None));
        Assert.Contains("is gated; ask for access at " + DreamCatcher.Page, refused.Message);
        Assert.Contains("HF_TOKEN", refused.Message);
        Assert.False(Directory.Exists(_folder["got/train"]));

        client.DefaultRequestHeaders.Authorization = new("Bearer", "secret");
        await fetcher.FetchAsync(local, _folder["got"], null, CancellationToken.None);
        Assert.Equal(3, DreamCatcher.Read(_folder["got"], "three").Recordings.Count);
    }

    void Clip(string path)
    {
        var full = Path.Combine(_folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        AudioFile.WriteWav(full, new AudioClip(16000, 1, [.. Enumerable.Range(0, 800).Select(i => (float)Math.Sin(i * 0.1))]));
    }
}
