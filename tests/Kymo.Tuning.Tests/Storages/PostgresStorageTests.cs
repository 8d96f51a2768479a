using System.Globalization;

namespace Kymo.Tuning.Tests;

public sealed class PostgresStorageTests : StorageConformance, IClassFixture<PostgresServer>
{
    static readonly string[] s_modules = ["psycopg2"];

    readonly PostgresServer _server;
    readonly string _address;

    public PostgresStorageTests(PostgresServer server) => (_server, _address) = (server, server.NewDatabase());

    protected override IStudyStorage OpenStorage() => new PostgresStorage(_address, TimeProvider.System, OptunaSchema.Version31);

    [Fact]
    public void Optuna_opens_and_continues_a_study_made_here() => OptunaExchange.StartedHere(Open, _address, s_modules);

    [Fact]
    public void Study_made_by_Optuna_is_opened_and_continued() => OptunaExchange.StartedThere(Open, _address, s_modules);

    [Fact]
    public void Tables_equal_Optunas()
    {
        const string columns =
            "SELECT concat_ws(' ', table_name, column_name, udt_name, is_nullable, character_maximum_length, column_default) " +
            "FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1";
        const string indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1";
        const string constraints =
            "SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint " +
            "WHERE connamespace = 'public'::regnamespace ORDER BY 1";
        const string types =
            "SELECT t.typname || e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid " +
            "ORDER BY t.typname, e.enumsortorder";
        Open();
        var theirs = _server.NewDatabase();
        Oracle.Ask("optuna_studies.py", ["optuna", .. s_modules], "go-on", theirs, "s", "1");
        foreach (var query in new[] { columns, indexes, constraints, types })
            Assert.Equal(_server.Query(theirs, query), _server.Query(_address, query));
    }

    [Fact]
    public async Task Workers_wait_for_a_server_that_went_away()
    {
        var study = Study.Create(Open(), "s", [StudyDirection.Minimize], new RandomSampler(1));
        var trial = study.Ask();
        trial.SuggestFloat("x", 0, 1);
        _server.Stop();
        var told = Workers.Begin(() => study.Tell(trial, 1));
        await Task.Delay(TimeSpan.FromSeconds(2));
        Assert.False(told.IsCompleted);
        _server.Start();
        Assert.Equal(TrialState.Complete, (await told).State);
        Assert.Equal(1, study.Ask().Number);
        Assert.Equal([TrialState.Complete, TrialState.Running], Open().Trials(study.Id).Select(t => t.State));
    }

    /// <summary>Seconds away come from KYMO_AWAY; 3 where that is not set.</summary>
    [Fact]
    public async Task Workers_in_the_middle_of_trials_go_on_when_the_server_is_back()
    {
        const int trials = 12;
        var away = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable("KYMO_AWAY") ?? "3", CultureInfo.InvariantCulture));
        var study = Study.Create(Open(), "s", [StudyDirection.Minimize], new RandomSampler(1));
        study.EnqueueOpen(trials);
        var options = new WorkerOptions { Beat = TimeSpan.FromSeconds(0.5), Grace = away + TimeSpan.FromMinutes(10), Pause = TimeSpan.FromMilliseconds(100) };
        var begun = new TaskCompletionSource();
        // A storage that was never reached is an error at once, so each worker opens its own before.
        var studies = Enumerable.Range(0, 3).Select(worker => Study.Open(Open(), "s", new RandomSampler((uint)worker))).ToArray();
        var workers = studies.Select(worked => Workers.Begin(() =>
        {
            new StudyWorker(worked, options, TimeProvider.System).Run((trial, _) =>
            {
                begun.TrySetResult();
                Thread.Sleep(200);
                trial.Report(1, 1);
                return [trial.SuggestFloat("x", 0, 1)];
            });
        })).ToArray();
        await begun.Task;
        _server.Stop();
        await Task.Delay(away);
        Assert.DoesNotContain(workers, worker => worker.IsFaulted);
        _server.Start();
        await Task.WhenAll(workers);
        var ended = study.Trials();
        Assert.Equal(trials, ended.Count(trial => trial.State == TrialState.Complete));
        Assert.Equal(trials, ended.Where(trial => trial.State == TrialState.Complete).Select(trial => trial.Value).Distinct().Count());
    }

    [Theory]
    [InlineData("postgresql://", "expected postgresql://user:password@host:port/database")]
    [InlineData("mysql://host/db", "expected postgresql://user:password@host:port/database")]
    [InlineData("postgresql://127.0.0.1/db?color=red", "unknown option color=red")]
    [InlineData("postgresql://nobody:secret@127.0.0.1:1/db", "postgresql://127.0.0.1:1/db does not answer")]
    public void Wrong_address_says_what_to_type(string address, string expected)
    {
        var message = Assert.Throws<StudyException>(() => new PostgresStorage(address, TimeProvider.System)).Message;
        Assert.Contains(expected, message);
        Assert.DoesNotContain("secret", message);
    }

    [Fact]
    public void Missing_database_is_named() => Assert.Contains(
        "the server has no such database",
        Assert.Throws<StudyException>(() => new PostgresStorage(_address + "none", TimeProvider.System)).Message);
}
