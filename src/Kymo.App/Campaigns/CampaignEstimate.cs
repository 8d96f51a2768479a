using System.Globalization;
using Kymo.App.Searches;
using Kymo.Lab.Runs;

namespace Kymo.App.Campaigns;

/// <summary>How long what is left of a campaign will take, by the runs that are finished.</summary>
static class CampaignEstimate
{
    /// <summary>One line.</summary>
    public static string Of(CampaignPlan plan, CampaignFolder folder, int jobs)
    {
        var board = folder.Board();
        double? Seconds(string model) => Median(board.Values.Where(row => plan.Owns(row["run_name"]) && row["model"] == model));
        var models = plan.Phase1.Where(run => !TrialCommand.IsFinished(folder.RunOf(run.Name))).Select(run => run.Model)
            .Concat(plan.Manifest.Kd.Students.SelectMany(student => Enumerable.Repeat(student, plan.Phase2Count / plan.Manifest.Kd.Students.Count))).ToArray();
        var finished = board.Keys.Count(name => plan.Owns(name) && name.StartsWith("p2_", StringComparison.Ordinal));
        var known = models.Select(Seconds).ToArray();
        if (known.All(time => time is null)) return "estimate: none before a first run is finished; the log says how long its epochs take";
        var mean = known.Where(time => time is not null).Average()!.Value;
        var total = Math.Max(0, known.Sum(time => time ?? mean) - (finished * mean)) / jobs;
        return string.Create(CultureInfo.InvariantCulture, $"estimate: {DurationText.Of(TimeSpan.FromSeconds(total))} for the {Math.Max(0, models.Length - finished)} runs that are left, {jobs} at once, by {board.Keys.Count(plan.Owns)} finished runs");
    }

    static double? Median(IEnumerable<IReadOnlyDictionary<string, string>> rows)
    {
        double[] times = [.. rows.Select(row => double.Parse(row["duration_s"], CultureInfo.InvariantCulture)).Order()];
        return times.Length == 0 ? null : times[times.Length / 2];
    }
}
