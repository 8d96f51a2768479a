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
        var runner = new CampaignRunner(plan, folder, 1, terminal);
        var whole = Runs(plan.Phase1, folder, terminal, findings);
        if (plan.Phase2Count > 0 && runner.GateSoFar() is { } gate)
        {
            if (!gate.Passed && plan.Manifest.RuntimePolicy.KdAfterTeacherGapGateOnly) findings.Add(gate.ToString());
            else if (whole) Runs(runner.Phase2(runner.Read(plan.Phase1), gate), folder, terminal, findings);
        }
        else if (plan.Phase2Count > 0)
        {
            findings.Add("phase 2 cannot be checked before phase 1 is whole");
        }
        if (plan.Manifest.Readme != "") Readme(plan.Manifest.Readme, folder, findings);
        return findings;
    }

    static bool Runs(IReadOnlyList<PlannedRun> runs, CampaignFolder folder, Terminal terminal, List<string> findings)
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
            var scores = RunScores.Read(run, folder);
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
        foreach (Match mark in Marker().Matches(text))
        {
            var (run, column, said) = (mark.Groups["run"].Value, mark.Groups["column"].Value, mark.Groups["value"].Value.Trim());
            var line = text.AsSpan(0, mark.Index).Count('\n') + 1;
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
}
