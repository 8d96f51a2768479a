using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.Lab.Tests.Runs;

public sealed class LeaderboardTests
{
    [Fact]
    public void There_are_68_fixed_columns_before_the_others()
    {
        Assert.Equal(68, Leaderboard.FixedColumns.Count);
        Assert.Equal(Leaderboard.FixedColumns, Leaderboard.Columns.Take(68));
        Assert.Equal(Leaderboard.Columns.Count, Leaderboard.Columns.Distinct().Count());
    }

    [Fact]
    public void A_finished_run_gets_a_row_that_leads_back_to_its_files()
    {
        using var folder = new TempFolder();
        var root = folder["results"];
        var summary = SampleRun.Single(root);
        SampleRun.CrossValidated(root);
        var table = CsvTable.Read(Path.Combine(root, Leaderboard.FileName));
        Assert.Equal(Leaderboard.Columns, table.Header);
        Assert.Equal(2, table.Rows.Count);
        string Cell(int row, string column) => table.Rows[row][table.Column(column)];
        Assert.Equal(summary.RunId, Cell(0, "run_id"));
        Assert.Equal("v2", Cell(0, "schema_version"));
        Assert.Equal("True", Cell(0, "git_dirty"));
        Assert.Equal("0.089611", Cell(0, "model_size_mb"));
        Assert.Equal("23491", Cell(0, "params"));
        Assert.Equal("1e-05", Cell(0, "weight_decay"));
        Assert.Equal(Math.Round(summary.Test["f1_macro"], 6), table.Number(0, table.Column("test_f1")));
        Assert.Equal("", Cell(0, "alpha"));
        Assert.Equal("ok", Cell(0, "status"));
        Assert.Equal("1 2 5", Cell(1, "folds"));
        string[] paths = ["metrics_json", "test_cm_csv", "class_metrics_csv", "best_checkpoint", "rng_checkpoint"];
        foreach (var column in paths)
            Assert.True(File.Exists(folder[Cell(1, column)]), Cell(1, column));
        Assert.True(Directory.Exists(folder[Cell(0, "artifact_dir")]));
    }

    [Fact]
    public void A_run_that_breaks_its_contract_gets_no_row()
    {
        using var root = new TempFolder();
        var summary = SampleRun.Single(root.Path);
        var before = File.ReadAllText(root[Leaderboard.FileName]);
        using var run = RunFolder.Resume(root.Path, summary.RunName, SampleRun.Clock);
        File.Delete(run.PathOf(RunFiles.ClassMetrics));
        var error = Assert.Throws<DataException>(() => Leaderboard.Append(run, summary));
        Assert.Contains("class_metrics.csv: missing", error.Message);
        Assert.Equal(before, File.ReadAllText(root[Leaderboard.FileName]));
    }

    [Fact]
    public void A_required_cell_that_is_blank_is_refused_by_name()
    {
        using var root = new TempFolder();
        var error = Assert.Throws<DataException>(() => SampleRun.Single(root.Path, change: s => s with { Optimizer = "" }));
        Assert.Contains("optimizer must not be blank", error.Message);
        Assert.False(File.Exists(root[Leaderboard.FileName]));
        var unknown = Assert.Throws<ArgumentException>(() => SampleRun.Single(root.Path, "b", s => s with
        {
            Columns = new Dictionary<string, System.Text.Json.Nodes.JsonNode?> { ["learning"] = 1 },
        }));
        Assert.Contains("'learning' is no column", unknown.Message);
    }

    [Fact]
    public void A_table_of_the_fixed_columns_alone_is_migrated()
    {
        using var root = new TempFolder();
        var old = Leaderboard.FixedColumns.Select(c => c == "run_name" ? "older" : "").ToArray();
        File.WriteAllText(root[Leaderboard.FileName], Csv.Table(Leaderboard.FixedColumns, [old]));
        SampleRun.Single(root.Path);
        var table = CsvTable.Read(root[Leaderboard.FileName]);
        Assert.Equal(Leaderboard.Columns, table.Header);
        Assert.Equal(["older", "tinycnn_seed42"], table.Rows.Select(r => r[2]));
    }
}
