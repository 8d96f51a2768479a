using System.Diagnostics;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Runs;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_writer_that_fails_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TempFolder();
        AtomicFile.Write(folder["x"], "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder["x"], s =>
        {
            s.Write("half"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["x"]));
        Assert.Single(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void A_full_disk_is_a_clear_error_and_the_old_files_stay()
    {
        using var disk = SmallDisk.Mount(64);
        AtomicFile.Write(disk["x"], "old");
        RunSteps.Append(disk.Path, SampleRun.Start, "run", "run_start", 1.5, "seed=42");
        var before = File.ReadAllBytes(disk[RunSteps.FileName]);

        var error = Assert.Throws<IOException>(() => AtomicFile.Write(disk["x"], new byte[1 << 20]));
        Assert.Contains(disk["x"], error.Message);
        Assert.Contains("no room to write 1,048,576 bytes", error.Message);
        Assert.Contains("Free space", error.Message);
        Assert.Throws<IOException>(() => AtomicFile.Write(disk["x"], s => s.Write(new byte[1 << 20])));
        Assert.Equal("old", File.ReadAllText(disk["x"]));

        Assert.Contains("no room", Assert.Throws<IOException>(() =>
            RunSteps.Append(disk.Path, SampleRun.Start, "run", "epoch_done", 2, new string('x', 100_000))).Message);
        Assert.Equal(before, File.ReadAllBytes(disk[RunSteps.FileName]));
        Assert.Equal(["run_steps.csv", "run_steps.csv.lock", "x"],
            Directory.GetFiles(disk.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_killed_writer_leaves_whole_tables()
    {
        using var root = new TempFolder();
        for (var round = 0; round < 5; round++)
        {
            using var writer = Start("write", root.Path, $"killed{round}");
            ReadUntil(writer, "20");
            await Task.Delay(7 * round);
            writer.Kill();
            writer.WaitForExit();
            using var run = RunFolder.Resume(root.Path, $"killed{round}", SampleRun.Clock);
            var epochs = run.Unit().Epochs(RunContract.Classification("t", SampleRun.Classes), "id");
            Assert.True(epochs.LastEpoch >= 20);
            Assert.Equal("id", (string?)CanonicalJson.ReadObject(run.PathOf("state.json"))["id"]);
            Assert.Equal(["epoch_metrics.csv", "state.json"], Directory.GetFiles(run.Path).Select(Path.GetFileName).Order());
        }
        var steps = CsvTable.Read(root[RunSteps.FileName]);
        Assert.True(steps.Rows.Count >= 100);
    }

    [Fact]
    public void Another_process_that_holds_the_run_is_named()
    {
        using var root = new TempFolder();
        using var writer = Start("write", root.Path, "held");
        ReadUntil(writer, "1");
        var error = Assert.Throws<Config.ConfigException>(() => RunFolder.Resume(root.Path, "held", SampleRun.Clock));
        writer.Kill();
        writer.WaitForExit();
        Assert.Contains($"process {writer.Id} (", error.Message);
        RunFolder.Resume(root.Path, "held", SampleRun.Clock).Dispose();
    }

    [Fact]
    public void Rows_of_several_processes_and_threads_are_all_there_and_whole()
    {
        using var root = new TempFolder();
        Process[] writers = [.. Enumerable.Range(0, 3).Select(i => Start("steps", root.Path, $"p{i}", "150"))];
        Parallel.For(0, 150, i => RunSteps.Append(root.Path, SampleRun.Start, "here", $"step{i}", i, "a,\"b\"\n"));
        foreach (var writer in writers)
        {
            writer.StandardOutput.ReadToEnd();
            writer.WaitForExit();
            Assert.Equal(0, writer.ExitCode);
            writer.Dispose();
        }
        var table = CsvTable.Read(root[RunSteps.FileName]);
        Assert.Equal(RunSteps.Columns, table.Header);
        Assert.Equal(600, table.Rows.Count);
        Assert.All(["here", "p0", "p1", "p2"], name => Assert.Equal(
            Enumerable.Range(0, 150).Select(i => $"step{i}").Order(),
                table.Rows.Where(r => r[1] == name).Select(r => r[2]).Order()));
    }

    [Fact]
    public void An_older_header_is_migrated_and_a_foreign_one_refused()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["t.csv"], "b,a\r\n2,1\r\n");
        LockedAppend.Row(folder["t.csv"], ["a", "b", "c"], ["3", "4", "5"]);
        Assert.Equal("a,b,c\r\n1,2,\r\n3,4,5\r\n", File.ReadAllText(folder["t.csv"]));
        var error = Assert.Throws<DataException>(() => LockedAppend.Row(folder["t.csv"], ["a", "b"], ["6", "7"]));
        Assert.Contains("column 'c' is not known", error.Message);
        Assert.Equal("a,b,c\r\n1,2,\r\n3,4,5\r\n", File.ReadAllText(folder["t.csv"]));
    }

    [Fact]
    public void A_row_about_the_same_thing_is_replaced_where_one_is_asked_for()
    {
        using var folder = new TempFolder();
        LockedAppend.Row(folder["t.csv"], ["a", "b"], ["1", "2"], key: "b");
        LockedAppend.Row(folder["t.csv"], ["a", "b"], ["3", "4"], key: "b");
        LockedAppend.Row(folder["t.csv"], ["a", "b"], ["5", "2"], key: "b");
        Assert.Equal("a,b\r\n3,4\r\n5,2\r\n", File.ReadAllText(folder["t.csv"]));
        LockedAppend.Row(folder["t.csv"], ["a", "b"], ["5", "2"]);
        Assert.Equal("a,b\r\n3,4\r\n5,2\r\n5,2\r\n", File.ReadAllText(folder["t.csv"]));
    }

    [Theory]
    [InlineData("a,b\r\n1,2\r\n3", "a,b\r\n1,2\r\n5,6\r\n")] // cut: the row was never whole
    [InlineData("a,b\r\n1,2\r\n3,\"x", "a,b\r\n1,2\r\n5,6\r\n")]
    [InlineData("a,b\r\n1,2\r\n3,4", "a,b\r\n1,2\r\n3,4\r\n5,6\r\n")] // only the line end is missing
    [InlineData("a,b\r\nü,2\r\nü", "a,b\r\nü,2\r\n5,6\r\n")]
    [InlineData("", "a,b\r\n5,6\r\n")]
    public void A_torn_last_row_is_mended_before_the_next(string before, string after)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["t.csv"], before);
        LockedAppend.Row(folder["t.csv"], ["a", "b"], ["5", "6"]);
        Assert.Equal(after, File.ReadAllText(folder["t.csv"]));
    }

    [Fact]
    public async Task A_lock_is_held_by_one_at_a_time_and_waited_for()
    {
        using var folder = new TempFolder();
        using var held = FileLock.Take(folder["l"], TimeSpan.Zero);
        Assert.Null(FileLock.TryTake(folder["l"]));
        Assert.Contains("locked by another process",
            Assert.Throws<IOException>(() => FileLock.Take(folder["l"], TimeSpan.FromMilliseconds(30))).Message);
        var waiter = Workers.Begin(() => FileLock.Take(folder["l"], Wait.Limit));
        held.Dispose();
        (await waiter).Dispose();
    }

    /// <summary>Starts this test program as a writer; see <see cref="WriterProcess"/>.</summary>
    static void ReadUntil(Process writer, string expected)
    {
        while (writer.StandardOutput.ReadLine() is var line && line != expected) Assert.True(line is not null, "the writer ended");
    }

    static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.Environment[WriterProcess.Variable] = string.Join('\n', arguments);
        return Process.Start(start)!;
    }
}
