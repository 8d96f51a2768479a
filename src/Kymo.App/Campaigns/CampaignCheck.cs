using System.Globalization;
using System.Text.RegularExpressions;
using Kymo.Lab.Runs;
using Kymo.Signals;

namespace Kymo.App.Campaigns;

/// <summary>Whether a campaign is whole, and whether what is said of it is true.</summary>
static partial class CampaignCheck
{
    const double SixDigits = 5.1e-7;

    static readonly (string Column, string Path)[] s_scores =
    [
        ("best_val_f1", "validation_best.f1_macro"), ("test_f1", "test.f1_macro"), ("test_acc", "test.acc"), ("test_loss", "test.loss"), ("params", "params"),
        ("best_epoch", "best_epoch"), ("epochs_ran", "epochs_ran"),
    ];

    /// <summary>What is wrong; nothing where all is well.</summary>
    public static IReadOnlyList<string> Of(CampaignPlan plan, CampaignFolder folder, Terminal terminal)
    {
        var findings = new List<string>();
        var valid = new List<PlannedRun>();
        bool AreWhole(IReadOnlyList<PlannedRun> runs) => Runs(runs, folder, terminal, valid, findings);
        var whole = AreWhole(plan.Phase1);
        if (plan.Phase2Count > 0)
        {
            if (whole)
            {
                var runner = new CampaignRunner(plan, folder, 1, terminal);
                var phase1 = runner.Read(plan.Phase1);
                var gate = runner.Gate(phase1, (_, group) => whole = AreWhole(group));
                if (whole && !gate.Passed && plan.Manifest.RuntimePolicy.KdAfterTeacherGapGateOnly) findings.Add(gate.ToString());
                else if (whole) AreWhole(runner.Phase2(phase1, gate));
            }
            if (!whole) findings.Add("phase 2 cannot be checked before phase 1 and the tuned teachers are whole");
        }
        Data(valid, folder, findings);
        if (plan.Manifest.Readme != "") Readme(plan.Manifest.Readme, folder, findings);
        return findings;
    }

    // Runs of one seed see the same folds, so they must have seen the same data.
    static void Data(IReadOnlyList<PlannedRun> runs, CampaignFolder folder, List<string> findings)
    {
        foreach (var seed in runs.GroupBy(run => run.Seed))
        {
            var contents = seed.Select(run => (run.Name, Content: RunCheck.ContentOf(folder.RunOf(run.Name)))).Where(run => run.Content is not null).GroupBy(run => run.Content!).ToArray();
            if (contents.Length > 1)
                findings.Add($"the runs of seed {seed.Key} were made from different data: "
                    + string.Join("; ", contents.Select(content => $"{RunCheck.Short(content.Key)} by {string.Join(", ", content.Select(run => run.Name))}"))
                    + ". Type --resume: it trains anew what was made from other data than there are now");
        }
    }

    static bool Runs(IReadOnlyList<PlannedRun> runs, CampaignFolder folder, Terminal terminal, List<PlannedRun> valid, List<string> findings)
    {
        var (before, board) = (findings.Count, folder.Board());
        foreach (var run in runs)
        {
            var check = RunCheck.Of(run, folder, terminal);
            if (check.Fate != RunFate.Valid)
            {
                findings.Add($"{run.Name}: {check.Fate switch { RunFate.Absent => "absent", RunFate.Begun => "not finished", _ => check.Why }}");
                continue;
            }
            valid.Add(run);
            var scores = RunScores.Read(run, folder);
            if (scores.Metrics["model"]?.ToString() is var model && model != run.Model) findings.Add($"{run.Name}: its {RunFiles.Metrics} says that it is {model}, not {run.Model}");
            foreach (var (column, path) in s_scores)
            {
                var cell = board[run.Name].GetValueOrDefault(column, "");
                if (!double.TryParse(cell, CultureInfo.InvariantCulture, out var shown) || Math.Abs(shown - scores.Number(path)) > SixDigits)
                    findings.Add($"{run.Name}: {Leaderboard.FileName} says {column}={cell}, its {RunFiles.Metrics} says {scores.Number(path).ToString(CultureInfo.InvariantCulture)}");
            }
        }
        return findings.Count == before;
    }

    static void Readme(string path, CampaignFolder folder, List<string> findings)
    {
        if (!File.Exists(path)) throw new DataException(path, "no such text; it is named by the manifest's readme");
        var (text, board) = (File.ReadAllText(path), folder.Board());
        int LineOf(int index) => text.AsSpan(0, index).Count('\n') + 1;
        var marks = Marker().Matches(text);
        bool IsMeant(Match mark) => marks.Any(whole => mark.Index >= whole.Index && mark.Index < whole.Index + whole.Length);
        foreach (var line in Mark().Matches(text).Where(mark => !IsMeant(mark)).Select(mark => LineOf(mark.Index)).Distinct())
            findings.Add($"{path}:{line}: a marker that is not <!-- kymo RUN COLUMN -->NUMBER<!-- /kymo -->, so that nothing is compared");
        foreach (Match mark in marks)
        {
            var (run, column, said) = (mark.Groups["run"].Value, mark.Groups["column"].Value, mark.Groups["value"].Value.Trim());
            var line = LineOf(mark.Index);
            if (!board.TryGetValue(run, out var row)) findings.Add($"{path}:{line}: no run {run} in {Leaderboard.FileName}");
            else if (!row.TryGetValue(column, out var cell)) findings.Add($"{path}:{line}: no column {column} in {Leaderboard.FileName}");
            else if (!Agrees(said, cell)) findings.Add($"{path}:{line}: says {said} for {column} of {run}; {Leaderboard.FileName} has {cell}");
        }
    }

    // As many decimals as are said; a percentage is a hundred times the cell.
    static bool Agrees(string said, string cell)
    {
        if (said == cell) return true;
        var percent = said.EndsWith('%');
        var number = said.TrimEnd('%', ' ');
        if (!double.TryParse(number, CultureInfo.InvariantCulture, out var value) || !double.TryParse(cell, CultureInfo.InvariantCulture, out var exact))
            return false;
        var decimals = number.IndexOf('.') is >= 0 and var point ? number.Length - point - 1 : 0;
        return Math.Abs(value - (percent ? 100 * exact : exact)) <= (0.5 * Math.Pow(10, -decimals)) + 1e-9;
    }

    [GeneratedRegex(@"<!--\s*kymo\s+(?<run>\S+)\s+(?<column>\S+)\s*-->(?<value>[^<]*)<!--\s*/kymo\s*-->", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Marker();

    [GeneratedRegex(@"<!--\s*/?\s*kymo\b", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Mark();
}
