namespace Kymo.Tuning.Tests;

public sealed class JournalStorageTests : StorageConformance
{
    readonly TempFolder _folder = new();

    string Path => _folder["study.log"];

    protected override IStudyStorage OpenStorage() => new JournalStorage(Path, TimeProvider.System);

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Optuna_opens_and_continues_a_study_made_here() => OptunaExchange.StartedHere(Open, "journal:" + Path, []);

    [Fact]
    public void Study_made_by_Optuna_is_opened_and_continued() => OptunaExchange.StartedThere(Open, "journal:" + Path, []);

    [Fact]
    public void Torn_last_line_is_cut_by_the_next_writer()
    {
        var study = Study.Create(Open(), "s", [StudyDirection.Minimize], new FirstSampler());
        study.Ask();
        File.AppendAllText(Path, """{"op_code": 4, "study_id": 0, "datet""");
        Assert.Single(Study.Open(Open(), "s", new FirstSampler()).Trials());
        study.Ask();
        Assert.Equal(2, Study.Open(Open(), "s", new FirstSampler()).Trials().Count);
        Assert.All(File.ReadAllLines(Path), line => Assert.EndsWith("}", line));
    }

    [Theory]
    [InlineData("nonsense", "line 2: not JSON at character 0")]
    [InlineData("{\"op_code\": 77}", "line 2: 'op_code' should be 0 to 9")]
    [InlineData("{\"op_code\": 5, \"trial_id\": \"x\"}", "line 2: 'trial_id' should be an integer")]
    [InlineData("[]", "line 2: expected an object")]
    public void Damaged_line_is_named(string line, string expected)
    {
        using (var storage = new JournalStorage(Path, TimeProvider.System)) storage.CreateStudy("s", [StudyDirection.Minimize]);
        File.AppendAllText(Path, line + "\n");
        Assert.Contains(expected, Assert.Throws<StudyException>(Open).Message);
    }

    [Fact]
    public void Lock_is_released() => Assert.Equal([Path], MadeFiles());

    [Fact]
    public void Lock_of_a_dead_worker_is_taken_away()
    {
        var study = Study.Create(new JournalStorage(Path, new HastyTime()), "s", [StudyDirection.Minimize], new FirstSampler());
        File.CreateSymbolicLink(Path + ".lock", Path);
        Assert.Equal(0, study.Ask().Number);
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }

    // A clock that runs a thousand times as fast.
    sealed class HastyTime : TimeProvider
    {
        public override long GetTimestamp() => base.GetTimestamp() * 1000;
    }

    string[] MadeFiles()
    {
        Study.Create(Open(), "s", [StudyDirection.Minimize], new FirstSampler()).Ask();
        return Directory.GetFiles(_folder.Path);
    }
}
