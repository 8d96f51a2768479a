namespace Kymo.Tuning.Tests;

public abstract class SqliteConformance(OptunaSchema schema) : StorageConformance
{
    readonly TempFolder _folder = new();

    protected override IStudyStorage OpenStorage() => new SqliteStorage(_folder["study.db"], TimeProvider.System, schema);

    public override void Dispose()
    {
        base.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class Sqlite31StorageTests() : SqliteConformance(OptunaSchema.Version31);

public sealed class Sqlite32StorageTests() : SqliteConformance(OptunaSchema.Version32);

public sealed class SqliteFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    string Path => _folder["study.db"];

    public void Dispose() => _folder.Dispose();

    SqliteStorage Open(OptunaSchema schema = OptunaSchema.Version31) => new(Path, TimeProvider.System, schema);

    [Fact]
    public void Optuna_opens_and_continues_a_study_made_here() =>
        OptunaExchange.StartedHere(() => Open(), "sqlite:///" + Path, []);

    [Fact]
    public void Study_made_by_Optuna_is_opened_and_continued() =>
        OptunaExchange.StartedThere(() => Open(), "sqlite:///" + Path, []);

    [Fact]
    public void Tables_change_between_versions_in_place()
    {
        using (var storage = Open(OptunaSchema.Version32))
        {
            Study.Create(storage, "s", [StudyDirection.Minimize], new FirstSampler()).Ask().SuggestInt("n", 1, 2);
            Assert.Equal(OptunaSchema.Version32, storage.Schema);
            storage.ChangeSchema(OptunaSchema.Version31);
        }
        using (var storage = Open(OptunaSchema.Version32))
        {
            Assert.Equal(OptunaSchema.Version31, storage.Schema);
            var study = Study.Open(storage, "s", new FirstSampler());
            study.Tell(study.Continue(0), 1);
        }
        var listed = Oracle.Ask("optuna_studies.py", ["optuna"], "list", "sqlite:///" + Path, "s");
        Assert.Contains("\"best\": [0]", listed);
        using var again = Open();
        again.ChangeSchema(OptunaSchema.Version32);
        Assert.Equal(OptunaSchema.Version32, again.Schema);
        Assert.Single(Study.Open(again, "s", new FirstSampler()).Trials());
    }

    [Theory]
    [InlineData("v2.6.0.a", "has tables of an old Optuna (v2.6.0.a); upgrade a copy of it with Optuna 3 or 4")]
    [InlineData("v9.0.0.a", "has tables of version v9.0.0.a, which is newer than those known here (v3.0.0.d, v3.2.0.a)")]
    public void Tables_of_other_versions_are_refused(string head, string expected)
    {
        Open().Dispose();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"UPDATE alembic_version SET version_num = '{head}'";
            command.ExecuteNonQuery();
        }
        Assert.Contains(expected, Assert.Throws<StudyException>(() => Open()).Message);
    }

    [Fact]
    public void File_that_is_no_study_is_refused()
    {
        File.WriteAllText(Path, new string('x', 5000));
        Assert.Contains("is not an SQLite file", Assert.Throws<StudyException>(() => Open()).Message);
        Assert.Equal(new string('x', 5000), File.ReadAllText(Path));
        var nowhere = Assert.Throws<StudyException>(() => new SqliteStorage(_folder["no/study.db"], TimeProvider.System));
        Assert.Contains("cannot be opened or made; check its folder", nowhere.Message);
    }

    [Fact]
    public void Closed_file_needs_no_other_file()
    {
        using (var storage = Open()) Study.Create(storage, "s", [StudyDirection.Minimize], new FirstSampler()).Ask();
        Assert.Equal([Path], Directory.GetFiles(_folder.Path));
    }
}
