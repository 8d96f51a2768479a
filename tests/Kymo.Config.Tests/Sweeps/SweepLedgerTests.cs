namespace Kymo.Config.Tests;

public sealed class SweepLedgerTests
{
    [Fact]
    public void Resumed_sweep_keeps_numbers_and_states()
    {
        using var folder = new TempFolder();
        var path = folder["jobs.jsonl"];
        var ledger = SweepLedger.Open(path);
        var first = Jobs("a=1,2,3");
        Assert.Equal([0, 1, 2], first.Select(job => ledger.Register(job).Number));
        ledger.Mark(0, JobState.Done);
        ledger.Mark(1, JobState.Failed);
        ledger.Mark(2, JobState.Running);

        var resumed = SweepLedger.Open(path);
        var entries = Jobs("a=0,2,3,1").Select(job => resumed.Register(job)).ToArray();
        Assert.Equal([3, 1, 2, 0], entries.Select(entry => entry.Number));
        Assert.Equal([JobState.Waiting, JobState.Failed, JobState.Stale, JobState.Done], entries.Select(entry => entry.State));
        Assert.Equal(["a=0"], resumed.Entries[3].Overrides);
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Identity_may_be_given_and_follows_the_overrides_otherwise()
    {
        using var folder = new TempFolder();
        var ledger = SweepLedger.Open(folder["jobs.jsonl"]);
        var jobs = Jobs("a=1,2");
        Assert.Equal(0, ledger.Register(jobs[0], "same").Number);
        Assert.Equal(0, ledger.Register(jobs[1], "same").Number);
        Assert.Equal(Jobs("a=2,1")[1].Identity, jobs[0].Identity);
        Assert.NotEqual(jobs[0].Identity, jobs[1].Identity);
        Assert.Equal(64, jobs[0].Identity.Length);
    }

    [Theory]
    [InlineData("{\"number\":1,\"identity\":\"x\",\"state\":\"done\",\"overrides\":[]}")]
    [InlineData("{\"number\":0}")]
    [InlineData("{\"number\":0,\"identity\":\"x\",\"state\":\"dancing\",\"overrides\":[]}")]
    [InlineData("torn")]
    [InlineData("null")]
    public void Damaged_file_is_an_error_that_names_the_line(string line)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["jobs.jsonl"], line + "\n");
        var error = Assert.Throws<ConfigException>(() => SweepLedger.Open(folder["jobs.jsonl"]));
        Assert.Contains("jobs.jsonl, line 1: ", error.Message);
    }

    static IReadOnlyList<SweepJob> Jobs(string text) => BasicSweeper.Plan(Override.ParseAll([text]))[0];
}
