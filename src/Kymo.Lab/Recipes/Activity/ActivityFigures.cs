using System.Globalization;
using System.Text;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// Figures under the original's names: scores by person, the adversary's course (<c>d_acc</c>, <c>adv_loss</c>, <c>aux_acc</c>, <c>aux_loss</c>,
/// <c>adversarial_dynamics</c>), both classifiers of scenario23, how sure both branches of scenario24 are.
/// </summary>
/// <param name="config">The run's settings.</param>
/// <param name="people">Scores of each held-out person.</param>
/// <param name="history">The epochs.</param>
sealed class ActivityFigures(ActivityConfig config, IReadOnlyList<PersonScore> people, IReadOnlyList<EpochRow> history)
{
    const int Width = 560, Height = 380;

    static readonly string[] s_colours = ["#1f6fb2", "#d9730d", "#3f8f4f", "#8b5fbf"];

    readonly Gnuplot _gnuplot = new();

    /// <summary>Draws what the scenario has; answers with why figures are missing.</summary>
    public IReadOnlyList<string> Write(RunFolder folder)
    {
        var warnings = new List<string>();
        foreach (var (name, script, width) in Scripts())
        {
            var (png, svg, warning) = _gnuplot.Draw(script, width, Height);
            if (warning != "" && !warnings.Contains(warning)) warnings.Add(warning);
            if (png is not null) folder.Write($"{RunFiles.Figures}/{name}.png", stream => stream.Write(png));
            if (svg is not null) folder.Write($"{RunFiles.Figures}/{name}.svg", stream => stream.Write(svg));
        }
        return warnings;
    }

    IEnumerable<(string Name, string Script, int Width)> Scripts()
    {
        var scenario = config.Scenario;
        yield return ("person_f1", Bars(), Math.Clamp(160 + (70 * people.Count), Width, 1400));
        if (history.Count == 0) yield break;
        if (scenario.SeparateClassifiers)
            yield return ("scenario23_classifiers", Curves("both classifiers, validation", ["acc", "sim_acc"], training: false), Width);
        if (scenario.SeparateFeatureExtractors)
            yield return ("scenario24_confidence", Curves("probability of the answer, validation", ["confidence", "sim_confidence"], training: false), Width);
        if (!scenario.Adversarial.Enabled) yield break;
        string[] judged = ["d_acc", "adv_loss", .. scenario.Adversarial.UseAcgan ? ["aux_acc", "aux_loss"] : Array.Empty<string>()];
        foreach (var score in judged) yield return (score, Curves(RunReport.Label(score), [score], training: true), Width);
        string[] shares = [.. judged.Where(score => score.EndsWith("acc", StringComparison.Ordinal)), "acc", "sim_acc"];
        yield return ("adversarial_dynamics", Curves("the adversary beside the others, training", shares, training: true, validation: false), Width);
    }

    // Macro-F1 as bars; where there is an adversary, how far it tells that person's signals apart as points.
    string Bars()
    {
        var script = new StringBuilder("$people << EOD\n");
        for (var i = 0; i < people.Count; i++) script.Append(CultureInfo.InvariantCulture, $"{i} {Number(people[i].F1)} {Number(people[i].ToldApart)}\n");
        script.Append("EOD\nset border 3\nset grid ytics lc rgb '#e3e5e8'\nset boxwidth 0.7\nset style fill solid 0.9 noborder\nset yrange [0:1]\n")
            .Append("set key outside top center horizontal\nset ylabel 'fraction'\n")
            .Append($"set title {Gnuplot.Quoted(config.Scenario.ExperimentName + ": held-out people (windows)")}\n")
            .Append(CultureInfo.InvariantCulture, $"set xrange [-0.6:{people.Count - 0.4}]\n")
            .Append($"set xtics ({string.Join(", ", people.Select((person, i) => FormattableString.Invariant($"{Gnuplot.Quoted($"{person.Person} ({person.Windows})")} {i}")))})\n")
            .Append($"plot $people using 1:2 with boxes lc rgb '{s_colours[0]}' title 'macro F1'");
        if (people.Any(person => double.IsFinite(person.ToldApart)))
            script.Append($", $people using 1:3 with points pt 7 ps 1.2 lc rgb '{s_colours[1]}' title 'real told from simulated'");
        return script.Append('\n').ToString();
    }

    string Curves(string title, IReadOnlyList<string> scores, bool training, bool validation = true)
    {
        var script = new StringBuilder("$epochs << EOD\n");
        foreach (var row in history)
            script.Append(CultureInfo.InvariantCulture, $"{row.Epoch} ")
                .AppendJoin(' ', scores.SelectMany(score => new[] { Value(row.Train, score), Value(row.Validation, score) })).Append('\n');
        script.Append("EOD\nset border 3\nset grid ytics lc rgb '#e3e5e8'\nset key outside top center horizontal\nset xlabel 'epoch'\n")
            .Append(CultureInfo.InvariantCulture, $"set xrange [0.5:{history.Count + 0.5}]\n")
            .Append($"set title {Gnuplot.Quoted($"{config.Scenario.ExperimentName}: {title}")}\nplot ");
        var lines = new List<string>();
        for (var i = 0; i < scores.Count; i++)
            foreach (var (wanted, part, column) in new[] { (training, "training", 2 + (2 * i)), (validation, "validation", 3 + (2 * i)) })
                if (wanted)
                    lines.Add($"$epochs using 1:{column} with linespoints pt 7 ps 0.5 lw 2 lc rgb '{s_colours[lines.Count % s_colours.Length]}' "
                        + $"title {Gnuplot.Quoted(training && validation ? part : RunReport.Label(scores[i]))}");
        return script.AppendJoin(", ", lines).Append('\n').ToString();
    }

    static string Value(IReadOnlyDictionary<string, double> scores, string name) => Number(scores.GetValueOrDefault(name, double.NaN));

    static string Number(double value) => double.IsFinite(value) ? NumberText.Of(value) : "NaN";
}
