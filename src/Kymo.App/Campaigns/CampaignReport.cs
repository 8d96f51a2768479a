using System.Globalization;
using Kymo.Config;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.App.Campaigns;

/// <summary><c>campaign_report.html</c>: what a campaign found, on one page with everything inside it; also what it did not find.</summary>
static class CampaignReport
{
    const double Level = 0.05;

    /// <summary>Draws the figures and writes the page.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="runs">The finished runs.</param>
    /// <param name="gate">What the gate said; null before the first phase is whole or where nothing is distilled.</param>
    /// <param name="warn">Told why a figure is missing.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="ConfigException">No run is finished.</exception>
    public static string Write(CampaignPlan plan, CampaignFolder folder, IReadOnlyList<PlannedRun> runs, GateResult? gate, Action<string> warn)
    {
        if (runs.Count == 0)
            throw new ConfigException($"no run of this manifest is finished in {folder.Root}; type kymo campaign MANIFEST first");
        var settings = Settings([.. runs.Select(run => RunScores.Read(run, folder))]);
        SettingScores[] compared = [.. Compared(plan, settings, gate).Distinct()];
        var (figures, warnings) = CampaignFigures.Write(settings, compared, folder);
        foreach (var warning in warnings) warn(warning);
        AtomicFile.Write(folder.ReportPage, Page(plan, folder, settings, compared, gate, figures));
        return folder.ReportPage;
    }

    /// <summary>Runs by setting, in their order.</summary>
    public static IReadOnlyList<SettingScores> Settings(IReadOnlyList<RunScores> runs) =>
        [.. runs.GroupBy(run => run.Run.Setting).Select(group => new SettingScores(group.Key, [.. group]))];

    // Teacher; then of each student the control and the setting that validation chose.
    static IEnumerable<SettingScores> Compared(CampaignPlan plan, IReadOnlyList<SettingScores> settings, GateResult? gate)
    {
        if (gate is not null) yield return settings.First(setting => setting.Name == gate.Teacher);
        foreach (var student in plan.Manifest.Kd.Students)
        {
            if (Control(settings, student) is { } control) yield return control;
            if (Chosen(settings, student) is { } chosen) yield return chosen;
        }
    }

    static SettingScores? Control(IReadOnlyList<SettingScores> settings, string student) =>
        settings.FirstOrDefault(setting => setting.Plan.Model == student && setting.Plan.IsControl);

    static SettingScores? Chosen(IReadOnlyList<SettingScores> settings, string student) => settings
        .Where(setting => setting.Plan.Model == student && setting.Plan.Distillation is { Alpha: > 0 } && !setting.Collapsed).MaxBy(setting => setting.Validation);

    static string Page(
        CampaignPlan plan, CampaignFolder folder, IReadOnlyList<SettingScores> settings, IReadOnlyList<SettingScores> compared, GateResult? gate, IReadOnlyList<Figure> figures)
    {
        var best = settings.Where(setting => !setting.Collapsed).MaxBy(setting => setting.Validation) ?? settings[0];
        var page = new HtmlText().Raw("<!DOCTYPE html>").Raw("<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">")
            .Raw("<meta name=\"color-scheme\" content=\"light dark\">")
            .Element("title", "sleep events campaign").Raw($"<style>{ReportStyle.Css}</style></head><body><main>");
        page.Raw("<header>").Element("p", "campaign", "class=\"over\"").Element("h1", "Sleep events: small networks, attention, distillation")
            .Element("p", string.Create(CultureInfo.InvariantCulture,
                $"{settings.Sum(setting => setting.Runs.Count)} finished runs of {settings.Count} settings, seeds {string.Join(", ", plan.Manifest.AllSeeds)}. Everything is chosen by validation clips; held-out clips are only reported."))
            .Raw("<div class=\"cards\">");
        Card(page, "best by validation", RunScores.Text(best.Test), $"held-out macro F1, {best.Name}");
        if (gate is not null)
            Card(page, "teacher gate", gate.Passed ? "passed" : "not passed", RunScores.Text(gate.Gap) + " validation macro F1");
        Card(page, "nearest neighbour", RunScores.Text(Baseline(best.Runs[0], "f1_macro")), "held-out macro F1");
        page.Raw("</div></header>");
        if (gate is not null) page.Element("p", gate + ".");
        foreach (var figure in figures.Where(figure => figure.Name == "trade_off")) Show(page, figure);
        Table(page, settings);
        foreach (var student in plan.Manifest.Kd.Students) Student(page, settings, student, gate);
        Differences(page, folder, Pairs(plan, settings, gate));
        foreach (var figure in figures.Where(figure => figure.Name == "learning_curves")) Show(page, figure);
        Confusions(page, folder, compared);
        Classes(page, folder, compared);
        Negatives(page, settings, plan, gate);
        return page.Raw("</main></body></html>").ToString();
    }

    static void Card(HtmlText page, string over, string big, string under) =>
        page.Raw("<div class=\"card\">").Element("span", over).Element("strong", big).Element("span", under).Raw("</div>");

    static void Show(HtmlText page, Figure figure) => page.Raw("<section>").Element("h2", figure.Caption)
        .Raw($"<img class=\"figure\" alt=\"{HtmlText.Escape(figure.Caption)}\" src=\"data:image/svg+xml;base64,{Convert.ToBase64String(figure.Svg)}\">").Raw("</section>");

    static void Table(HtmlText page, IReadOnlyList<SettingScores> settings)
    {
        page.Raw("<section><h2>All settings</h2>").Table(
            ["setting", "seeds", "validation F1", "held-out F1", "95 % interval (first seed)", "deviation", "accuracy", "parameters", "MACs", "MiB", "p50 ms", "p95 ms", "status"],
            settings.Select(setting => (IReadOnlyList<string>)
            [
                setting.Name, setting.Runs.Count.ToString(CultureInfo.InvariantCulture), RunScores.Text(setting.Validation), RunScores.Text(setting.Test),
                $"{RunScores.Text(setting.Runs[0].Number("intervals.f1_macro.low"))} to {RunScores.Text(setting.Runs[0].Number("intervals.f1_macro.high"))}",
                RunScores.Text(setting.Deviation), RunScores.Text(setting.Mean("test.acc")), setting.Mean("params").ToString("N0", CultureInfo.InvariantCulture),
                double.IsFinite(setting.Mean("macs")) ? setting.Mean("macs").ToString("N0", CultureInfo.InvariantCulture) : "–", RunScores.Text(setting.Mean("model_size_mb")),
                RunScores.Text(setting.Mean("cpu_latency_p50_ms")), RunScores.Text(setting.Mean("cpu_latency_p95_ms")), setting.Collapsed ? "collapsed" : "ok",
            ])).Raw("</section>");
    }

    static void Student(HtmlText page, IReadOnlyList<SettingScores> settings, string student, GateResult? gate)
    {
        if (Control(settings, student) is not { } control) return;
        var distilled = settings.Where(setting => setting.Plan.Model == student && setting.Plan.Distillation is { Alpha: > 0 }).ToArray();
        page.Raw("<section>").Element("h2", $"{student}: with and without the teacher")
            .Element("p", $"The control has the same initial weights and the same order of clips as every cell, and no teacher: held-out macro F1 {RunScores.Text(control.Test)}.", "class=\"note\"");
        var temperatures = distilled.Select(setting => setting.Plan.Distillation!.Value.Temperature).Distinct().Order().ToArray();
        var teacher = gate is null ? null : settings.FirstOrDefault(setting => setting.Name == gate.Teacher);
        foreach (var (title, score) in ((string, Func<SettingScores, double>)[])[("validation macro F1", setting => setting.Validation), ("held-out macro F1", setting => setting.Test)])
            HeatMap(page, title, distilled, temperatures, score);
        if (teacher is not null)
        {
            var gap = teacher.Test - control.Test;
            if (gap <= 0) page.Element("p", $"The teacher is not better than the control ({RunScores.Text(teacher.Test)} to {RunScores.Text(control.Test)} held-out macro F1), so that there is no gap to close.", "class=\"note\"");
            page.Table(["setting", "held-out F1", "minus control", "share of the gap to the teacher closed"], distilled.Select(setting => (IReadOnlyList<string>)
                [setting.Name, RunScores.Text(setting.Test), Signed(setting.Test - control.Test), gap > 0 ? RunScores.Text((setting.Test - control.Test) / gap, 2) : "–"]));
        }
        page.Raw("</section>");
    }

    static void HeatMap(HtmlText page, string title, SettingScores[] distilled, double[] temperatures, Func<SettingScores, double> score)
    {
        if (distilled.Length == 0) return;
        var (low, high) = (distilled.Min(score), distilled.Max(score));
        page.Element("h3", title).Raw("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">alpha \\ temperature</th>");
        foreach (var temperature in temperatures) page.Element("th", temperature.ToString(CultureInfo.InvariantCulture), "scope=\"col\"");
        page.Raw("</tr></thead><tbody>");
        foreach (var row in distilled.GroupBy(setting => setting.Plan.Distillation!.Value.Alpha).OrderBy(row => row.Key))
        {
            page.Raw("<tr>").Element("th", row.Key.ToString(CultureInfo.InvariantCulture), "scope=\"row\"");
            foreach (var temperature in temperatures)
            {
                var cell = row.FirstOrDefault(setting => setting.Plan.Distillation!.Value.Temperature == temperature);
                var share = cell is null || high <= low ? 0 : (score(cell) - low) / (high - low);
                page.Element("td", cell is null ? "–" : RunScores.Text(score(cell)), string.Create(CultureInfo.InvariantCulture, $"class=\"n\" style=\"background:rgba(31,111,178,{0.5 * share:0.00})\""));
            }
            page.Raw("</tr>");
        }
        page.Raw("</tbody></table></div>");
    }

    // The teacher and the networks beside it, attention and the network without it, what validation chose and its control.
    static IReadOnlyList<(SettingScores First, SettingScores Second)> Pairs(CampaignPlan plan, IReadOnlyList<SettingScores> settings, GateResult? gate)
    {
        var pairs = new List<(SettingScores, SettingScores)>();
        SettingScores? Named(string name) => settings.FirstOrDefault(setting => setting.Name == name);
        if (gate is not null && Named(gate.Teacher) is { } teacher)
        {
            foreach (var name in plan.Manifest.Baseline.Models.Where(model => model != teacher.Plan.Model).Select(model => "p1_" + model).Prepend(gate.Student).Distinct())
                if (Named(name) is { } student) pairs.Add((student, teacher));
        }
        foreach (var attention in settings.Where(setting => setting.Plan is { Attention: not null, Distillation: null }))
            if (Named("p1_" + attention.Plan.Model[..^"_cbam".Length]) is { } without) pairs.Add((without, attention));
        foreach (var student in plan.Manifest.Kd.Students)
            if (Control(settings, student) is { } control && Chosen(settings, student) is { } chosen) pairs.Add((control, chosen));
        return pairs;
    }

    // Seed by seed, on the same clips.
    static void Differences(HtmlText page, CampaignFolder folder, IReadOnlyList<(SettingScores First, SettingScores Second)> pairs)
    {
        var rows = new List<IReadOnlyList<string>>();
        var drawn = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (first, second) in pairs)
            foreach (var run in second.Runs)
            {
                if (first.Runs.FirstOrDefault(other => other.Run.Seed == run.Run.Seed) is not { } other) continue;
                var compared = RunComparison.Of(folder.RunOf(other.Run.Name), folder.RunOf(run.Run.Name), null, new BootstrapOptions());
                drawn.Add(string.Create(CultureInfo.InvariantCulture, $"{compared.MacroF1.Difference.Groups} {(compared.IsGrouped ? "recordings" : "clips")}"));
                var isReal = compared.MacroF1.P < Level && compared.Test.MidP < Level;
                rows.Add(
                [
                    $"{second.Name} minus {first.Name}", run.Run.Seed.ToString(CultureInfo.InvariantCulture), Signed(compared.MacroF1.Difference.Estimate),
                    $"{Signed(compared.MacroF1.Difference.Low)} to {Signed(compared.MacroF1.Difference.High)}",
                    RunScores.Text(compared.MacroF1.P), Signed(compared.Accuracy.Difference.Estimate), RunScores.Text(compared.Test.MidP), isReal ? "yes" : "no: could be chance",
                ]);
            }
        if (rows.Count == 0) return;
        page.Raw("<section><h2>Which differences are real</h2>")
            .Element("p", "The teacher beside the best student of phase 1 and the other networks; attention beside the same network without it; of each student what validation chose beside its control. "
                + $"The paired bootstrap draws {string.Join(" or ", drawn)} with replacement{(drawn.Any(text => text.EndsWith("recordings", StringComparison.Ordinal)) ? ", each with all its clips" : "")}. "
                + "McNemar's test counts clips, as if those of one recording were independent, so that its p is too small where recordings have several. "
                + string.Create(CultureInfo.InvariantCulture, $"Real: both p below {Level}. Of {rows.Count} comparisons {Level * rows.Count:0.#} would reach such a p by chance."), "class=\"note\"")
            .Table(["second minus first", "seed", "macro F1", "95 % interval", "p (paired bootstrap)", "accuracy", "p (McNemar)", "real?"], rows).Raw("</section>");
    }

    static void Confusions(HtmlText page, CampaignFolder folder, IReadOnlyList<SettingScores> compared)
    {
        if (compared.Count == 0) return;
        page.Raw("<section><h2>Confusion matrices, first seed</h2>");
        foreach (var setting in compared)
        {
            var table = CsvTable.Read(Path.Combine(folder.RunOf(setting.Plan.Name), RunFiles.ConfusionMatrix));
            page.Element("h3", setting.Name).Table(table.Header, table.Rows);
        }
        page.Raw("</section>");
    }

    static void Classes(HtmlText page, CampaignFolder folder, IReadOnlyList<SettingScores> compared)
    {
        if (compared.Count == 0) return;
        var tables = compared.Select(setting => CsvTable.Read(Path.Combine(folder.RunOf(setting.Plan.Name), RunFiles.ClassMetrics))).ToArray();
        var (split, name, f1) = (tables[0].Column("split"), tables[0].Column("class_name"), tables[0].Column("f1"));
        var held = tables.Select(table => table.Rows.Where(row => row[split] == "test").ToArray()).ToArray();
        page.Raw("<section><h2>Held-out F1 of each class, first seed</h2>").Table(
            ["class", .. compared.Select(setting => setting.Name)],
            held[0].Select((row, i) => (IReadOnlyList<string>)[row[name], .. held.Select(rows => RunScores.Text(double.Parse(rows[i][f1], CultureInfo.InvariantCulture)))])).Raw("</section>");
    }

    static void Negatives(HtmlText page, IReadOnlyList<SettingScores> settings, CampaignPlan plan, GateResult? gate)
    {
        var found = new List<string>();
        if (gate is { Passed: false }) found.Add(gate + ".");
        foreach (var setting in settings)
        {
            foreach (var run in setting.Runs.Where(run => run.Collapsed))
                found.Add($"{run.Run.Name} collapsed: it names one class whatever it hears. It is never chosen.");
            if (setting.Test <= Baseline(setting.Runs[0], "f1_macro"))
                found.Add($"{setting.Name} is no better than the nearest neighbour ({RunScores.Text(setting.Test)} to {RunScores.Text(Baseline(setting.Runs[0], "f1_macro"))}).");
        }
        foreach (var student in plan.Manifest.Kd.Students)
        {
            if (Control(settings, student) is not { } control) continue;
            foreach (var worse in settings.Where(setting => setting.Plan.Model == student && setting.Plan.Distillation is { Alpha: > 0 } && setting.Test < control.Test))
                found.Add($"{worse.Name} is below its control by {RunScores.Text(control.Test - worse.Test)} held-out macro F1.");
        }
        page.Raw("<section><h2>Negative results</h2>");
        if (found.Count == 0) page.Element("p", "None: every run beats the nearest neighbour, and every distilled student its control.");
        else
        {
            page.Raw("<ul>");
            foreach (var text in found) page.Element("li", text);
            page.Raw("</ul>");
        }
        page.Raw("</section>");
    }

    static double Baseline(RunScores run, string score) => run.Metrics["baselines"] is System.Text.Json.Nodes.JsonArray { Count: > 0 } list
        && list[0]?["test"]?[score] is { } value ? value.GetValue<double>() : double.NaN;

    static string Signed(double value) => value.ToString("+0.000;-0.000", CultureInfo.InvariantCulture);
}
