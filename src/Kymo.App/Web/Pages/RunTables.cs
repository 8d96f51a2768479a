using System.Globalization;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.App.Web.Pages;

/// <summary>The tables of a finished run: folds, classes, confusion.</summary>
static class RunTables
{
    const int Shades = 20, MostClasses = 200;

    /// <summary>Scores of each fold, and their mean; nothing for a run without folds.</summary>
    public static Markup Folds(RunCard card)
    {
        if (Read(card, RunFiles.FoldMetrics) is not { } table) return Markup.None;
        var scores = card.Scores.Where(score => table.Header.Contains("test_" + score)).ToArray();
        string Cell(int row, string column) => table.Header.IndexOf(column) is >= 0 and var at ? table.Rows[row][at] : "";
        double Number(int row, string column) => table.Header.IndexOf(column) is >= 0 and var at ? table.Number(row, at) : double.NaN;
        Markup Spread(string name, string key) => Markup.Of($"""
            <tr class="sum"><th scope="row">{name}</th><td class="n"></td><td class="n"></td>{scores.Select(score => Markup.Of($"""<td class="n">{Words.Score(Words.Number(card.Run.Metrics, $"cross_validation.test.{score}.{key}"))}</td>"""))}</tr>
            """);
        return Markup.Of($"""
            <section aria-labelledby="folds"><h2 id="folds">Folds</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Folds"><table><thead><tr><th scope="col">held out</th><th scope="col" class="n">items</th><th scope="col" class="n">epoch</th>{scores.Select(score => Markup.Of($"""<th scope="col" class="n">{RunReport.Label(score)}</th>"""))}</tr></thead>
            <tbody>{Enumerable.Range(0, table.Rows.Count).Select(row => Markup.Of($"""
            <tr><th scope="row">fold {Cell(row, "fold")}{(Cell(row, "status") == "collapsed" ? Markup.Of($""" <span class="state collapsed">collapsed</span>""") : Markup.None)}</th><td class="n">{Cell(row, "n_test")}</td><td class="n">{Cell(row, "best_epoch")}</td>{scores.Select(score => Markup.Of($"""<td class="n">{Words.Score(Number(row, "test_" + score))}</td>"""))}</tr>
            """))}{Spread("mean", "mean")}{Spread("deviation (n − 1)", "std_sample")}</tbody></table></div></section>
            """);
    }

    /// <summary>Precision, recall and F1 of each class on held-out items.</summary>
    public static Markup Classes(RunCard card)
    {
        if (Read(card, RunFiles.ClassMetrics) is not { } table) return Markup.None;
        var (split, name, support) = (table.Column("split"), table.Column("class_name"), table.Column("support"));
        int[] rows = [.. Enumerable.Range(0, table.Rows.Count).Where(row => table.Rows[row][split] == "test").Take(MostClasses)];
        Markup Bar(int row, string column)
        {
            var value = table.Number(row, table.Column(column));
            return Markup.Of($"""<td class="n"><span class="bar"><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="6" class="rail"/><rect width="{(100 * Math.Clamp(double.IsFinite(value) ? value : 0, 0, 1)).ToString("0.#", CultureInfo.InvariantCulture)}" height="6"/></svg></span>{Words.Score(value)}</td>""");
        }
        return Markup.Of($"""
            <section aria-labelledby="classes"><h2 id="classes">Classes</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Scores of each class"><table class="bars"><thead><tr><th scope="col">class</th><th scope="col" class="n">F1</th><th scope="col" class="n">precision</th><th scope="col" class="n">recall</th><th scope="col" class="n">items</th></tr></thead>
            <tbody>{rows.Select(row => Markup.Of($"""<tr><th scope="row">{table.Rows[row][name]}</th>{Bar(row, "f1")}{Bar(row, "precision")}{Bar(row, "recall")}<td class="n">{table.Rows[row][support]}</td></tr>"""))}</tbody></table></div></section>
            """);
    }

    /// <summary>Counts by true and predicted class, shaded by their share of the row.</summary>
    public static Markup Confusion(RunCard card)
    {
        if (Read(card, RunFiles.ConfusionMatrix) is not { } table) return Markup.None;
        string[] classes = [.. table.Header.Skip(1)];
        if (classes.Length > MostClasses) return Markup.Of($"""<p class="note">{classes.Length} classes: too many for a picture; the counts are in {RunFiles.ConfusionMatrix}.</p>""");
        return Markup.Of($"""
            <section aria-labelledby="confusion"><h2 id="confusion">Confusion</h2>
            <p class="note">Rows: true class. Columns: what the network said. Shade and small number: share of the row; blue is right, orange is wrong.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table class="confusion{(classes.Length > 12 ? " small" : "")}"><thead><tr><th scope="col"><span class="hidden">true class</span></th>{classes.Select(one => Markup.Of($"""<th scope="col"><span>{one}</span></th>"""))}</tr></thead>
            <tbody>{table.Rows.Index().Select(row => Row(table, row.Index, classes))}</tbody></table></div></section>
            """);
    }

    static Markup Row(CsvTable table, int row, string[] classes)
    {
        double[] counts = [.. Enumerable.Range(1, classes.Length).Select(column => table.Number(row, column))];
        var total = counts.Sum();
        var name = table.Rows[row][0];
        return Markup.Of($"""
            <tr><th scope="row">{name}</th>{counts.Select((count, column) => Cell(count, total > 0 ? count / total : 0, name == classes[column]))}</tr>
            """);
    }

    static Markup Cell(double count, double share, bool isHit) => Markup.Of($"""
        <td class="{(isHit ? "hit" : "miss")} s{(int)Math.Round(Math.Clamp(share, 0, 1) * Shades)}">{Words.Count(count)}<small>{(count > 0 ? $"{Math.Round(100 * share)} %" : "")}</small></td>
        """);

    static CsvTable? Read(RunCard card, string file) => ResultsFolder.FileOf(card, file) is { } path ? CsvTable.Read(path) : null;
}
