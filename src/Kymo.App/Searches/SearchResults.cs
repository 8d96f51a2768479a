using Kymo.Lab.Runs;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>What a search leaves beside its study: <c>trials.csv</c>, <c>best.json</c>, <c>best.txt</c>.</summary>
static class SearchResults
{
    /// <summary>Writes the tables as the study is now; <c>best.*</c> once a trial is complete.</summary>
    public static void WriteTables(Study study, SearchPlan plan, SearchFolder folder)
    {
        AtomicFile.Write(folder["trials.csv"], StudyExport.TrialsCsv(study));
        if (study.BestTrial() is not { } best) return;
        AtomicFile.Write(folder["best.json"], StudyExport.BestJson(study, plan.Metric) + "\n");
        AtomicFile.Write(folder["best.txt"], BestLine(best, plan.Ties) + "\n");
    }

    /// <summary>The parameters of a trial as a line of overrides that can be pasted behind <c>kymo train RECIPE</c>.</summary>
    public static string BestLine(FrozenTrial best, IReadOnlyDictionary<string, string> ties) => ParameterText.Line(
    [
        .. ParameterText.Overrides(best),
        .. ties.Where(tie => best.Find(tie.Value) is not null).Select(tie => ParameterText.Override(tie.Key, best.Find(tie.Value)!.Value)),
    ]);
}
