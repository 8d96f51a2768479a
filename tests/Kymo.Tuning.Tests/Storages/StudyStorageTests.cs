namespace Kymo.Tuning.Tests;

public sealed class StudyStorageTests
{
    [Theory]
    [InlineData("a.db", typeof(SqliteStorage))]
    [InlineData("b.log", typeof(JournalStorage))]
    [InlineData("c", typeof(SqliteStorage))]
    public void Open_file_by_its_ending(string name, Type expected)
    {
        using var folder = new TempFolder();
        using var storage = StudyStorage.Open(folder[name], TimeProvider.System);
        Assert.IsType(expected, storage);
        Assert.Equal(folder[name], storage.Location);
    }

    [Theory]
    [InlineData("sqlite:///", "a", typeof(SqliteStorage))]
    [InlineData("journal:", "b.db", typeof(JournalStorage))]
    public void Open_file_by_its_scheme(string scheme, string name, Type expected)
    {
        using var folder = new TempFolder();
        using var storage = StudyStorage.Open(scheme + folder[name], TimeProvider.System);
        Assert.IsType(expected, storage);
        Assert.True(File.Exists(folder[name]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("redis://host")]
    public void Unknown_address_says_what_to_type(string address) => Assert.Contains(
        "type a file name, sqlite:///FILE, journal:FILE or postgresql://",
        Assert.Throws<StudyException>(() => StudyStorage.Open(address, TimeProvider.System)).Message);
}
