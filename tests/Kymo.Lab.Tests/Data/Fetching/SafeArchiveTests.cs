using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Kymo.Lab.Data.Fetching;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Data.Fetching;

public sealed class SafeArchiveTests : IDisposable
{
    readonly TempFolder _folder = new();

    string Archive => _folder["archive"];

    string Target => _folder["out"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Extract_zip_writes_its_files()
    {
        Zip(("a/b.txt", "two"), ("c.txt", "three"));
        Extract();
        Assert.Equal("two", System.IO.File.ReadAllText(Path.Combine(Target, "a", "b.txt")));
        Assert.Equal("three", System.IO.File.ReadAllText(Path.Combine(Target, "c.txt")));
    }

    [Fact]
    public void Extract_tar_gz_writes_its_files()
    {
        Tar(tar => tar.WriteEntry(File("x/y.txt", "one")));
        Extract();
        Assert.Equal("one", System.IO.File.ReadAllText(Path.Combine(Target, "x", "y.txt")));
    }

    [Theory]
    [InlineData("../outside.txt")]
    [InlineData("a/../../outside.txt")]
    [InlineData("/etc/outside.txt")]
    [InlineData("..\\outside.txt")]
    public void Extract_entry_that_leaves_the_target_writes_nothing(string name)
    {
        Zip(("fine.txt", "fine"), (name, "evil"));
        var error = Assert.Throws<DataException>(Extract);
        Assert.Contains("outside the target", error.Message);
        AssertNothingLeft();
    }

    [Fact]
    public void Extract_tar_entry_that_leaves_the_target_writes_nothing()
    {
        Tar(tar => tar.WriteEntry(File("../outside.txt", "evil")));
        Assert.Throws<DataException>(Extract);
        AssertNothingLeft();
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    public void Extract_link_is_refused(TarEntryType type)
    {
        Tar(tar => tar.WriteEntry(new PaxTarEntry(type, "link") { LinkName = "/etc/passwd" }));
        var error = Assert.Throws<DataException>(Extract);
        Assert.Contains("no plain file", error.Message);
        AssertNothingLeft();
    }

    [Fact]
    public void Extract_too_large_stops_at_the_bound()
    {
        Zip(("bomb.bin", new string('0', 3_000_000)));
        var error = Assert.Throws<DataException>(Extract);
        Assert.Contains("more than 1000000 bytes", error.Message);
        AssertNothingLeft();
    }

    [Fact]
    public void Extract_name_that_stands_twice_is_refused()
    {
        Zip(("a.txt", "one"), ("a.txt", "two"));
        Assert.Contains("second time", Assert.Throws<DataException>(Extract).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK\u0003\u0004 no zip at all")]
    [InlineData("no archive of any kind, but long enough to be looked at as if it were a tar header")]
    public void Extract_garbage_is_a_data_error(string content)
    {
        System.IO.File.WriteAllText(Archive, content, Encoding.Latin1);
        Assert.Throws<DataException>(Extract);
        AssertNothingLeft();
    }

    [Fact]
    public void Extract_truncated_gzip_is_a_data_error()
    {
        Tar(tar => tar.WriteEntry(File("x.txt", new string('x', 100_000))));
        var bytes = System.IO.File.ReadAllBytes(Archive);
        System.IO.File.WriteAllBytes(Archive, bytes[..(bytes.Length / 2)]);
        Assert.Throws<DataException>(Extract);
        AssertNothingLeft();
    }

    void Extract() => SafeArchive.Extract(Archive, Target, maxBytes: 1_000_000, TestContext.Current.CancellationToken);

    void AssertNothingLeft()
    {
        Assert.Empty(Directory.GetDirectories(_folder.Path));
        Assert.False(System.IO.File.Exists(Path.Combine(_folder.Path, "..", "outside.txt")));
    }

    void Zip(params (string Name, string Content)[] entries)
    {
        using var zip = new ZipArchive(System.IO.File.Create(Archive), ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using var writer = new StreamWriter(zip.CreateEntry(name).Open());
            writer.Write(content);
        }
    }

    void Tar(Action<TarWriter> write)
    {
        using var packed = new GZipStream(System.IO.File.Create(Archive), CompressionLevel.Fastest);
        using var tar = new TarWriter(packed);
        write(tar);
    }

    static PaxTarEntry File(string name, string content) =>
        new(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) };
}
