using System.Globalization;
using Kymo.Lab.Runs;
using Kymo.Signals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary><c>/leaderboard</c>: <c>leaderboard.csv</c>, one row for each finished run, sorted by any column.</summary>
static class LeaderboardPage
{
    const int MostRows = 1000;

    static readonly string[] s_main =
    [
        "run_name", "task_name", "model", "status", "seed", "test_acc", "test_f1", "test_balanced_acc", "test_loss", "best_val_acc", "params", "cpu_latency_ms", "epochs_ran", "duration_s", "ts_end_utc",
    ];

    static readonly Dictionary<string, string> s_labels = new()
    {
        ["run_name"] = "run",
        ["task_name"] = "task",
        ["test_acc"] = "accuracy",
        ["test_f1"] = "macro F1",
        ["test_balanced_acc"] = "balanced accuracy",
        ["test_loss"] = "loss",
        ["best_val_acc"] = "validation accuracy",
        ["params"] = "parameters",
        ["cpu_latency_ms"] = "latency, ms",
        ["epochs_ran"] = "epochs",
        ["duration_s"] = "took, s",
        ["ts_end_utc"] = "ended",
    };

    public static void Map(IEndpointRouteBuilder routes, ResultsFolder results) => routes.Get("/leaderboard", context =>
    {
        var path = Path.Combine(results.Root, Leaderboard.FileName);
        if (!File.Exists(path)) return context.Page("Leaderboard", "/leaderboard", OverviewPage.Empty(results.Root));
        try
        {
            return context.Page("Leaderboard", "/leaderboard", Body(context.Request, CsvTable.Read(path, TornTail.Drop), Sorting.Of(context), results));
        }
        catch (DataException error)
        {
            return context.Problem(StatusCodes.Status500InternalServerError, "The leaderboard cannot be read",
                error.Message.Replace(results.Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal) + "; see: kymo doctor --repair", "/leaderboard");
        }
    });

    static Markup Body(HttpRequest request, CsvTable table, Sorting sorting, ResultsFolder results)
    {
        var isWhole = request.Query["all"] == "1";
        var task = request.Query["task"].ToString();
        string[] columns = isWhole ? [.. table.Header] : [.. s_main.Where(table.Header.Contains)];
        var (runName, taskName) = (table.Header.IndexOf("run_name"), table.Header.IndexOf("task_name"));
        string Cell(string[] row, string column) => table.Header.IndexOf(column) is >= 0 and var at ? row[at] : "";
        string[] tasks = taskName < 0 ? [] : [.. table.Rows.Select(row => row[taskName]).Distinct().Order(StringComparer.Ordinal)];
        var rows = sorting.Sort(table.Rows.Where(row => task == "" || Cell(row, "task_name") == task).Reverse(), row => Value(Cell(row, sorting.Column))).Take(MostRows).ToArray();
        var runs = rows.Select(row => runName < 0 ? null : results.Find(row[runName])?.Page).ToArray();
        return Markup.Of($"""
            <h1>Leaderboard</h1>
            <form method="get" class="filter">
            <label>Task <select name="task"><option value="">all</option>{tasks.Select(one => one == task ? Markup.Of($"<option selected>{one}</option>") : Markup.Of($"<option>{one}</option>"))}</select></label>
            <label class="check"><input type="checkbox" name="all" value="1" {(isWhole ? Markup.Of($"checked") : Markup.None)}> every column</label>
            <button type="submit">Show</button></form>
            <p class="note">{Words.Count(rows.Length)} finished runs; a row is written only after a run was checked against its contract. Scores on held-out items: whoever picks the best of many by them flatters it.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Leaderboard"><table class="runs"><thead><tr>{columns.Select(column => sorting.Header(request, column, s_labels.GetValueOrDefault(column, column.Replace('_', ' ')), column is "run_name" or "task_name" or "model" or "status" ? "" : "n"))}</tr></thead>
            <tbody>{rows.Index().Select(row => Markup.Of($"""<tr class="{Cell(row.Item, "status")}">{columns.Select(column => Show(column, Cell(row.Item, column), runs[row.Index]))}</tr>"""))}</tbody></table></div>
            """);
    }

    static Markup Show(string column, string cell, string? page) => column switch
    {
        "run_name" => page is null ? Markup.Of($"""<th scope="row">{Words.Breakable(cell)}</th>""") : Markup.Of($"""<th scope="row"><a href="{page}">{Words.Breakable(cell)}</a></th>"""),
        "status" => Markup.Of($"""<td><span class="state {(cell == "collapsed" ? "collapsed" : "finished")}">{cell}</span></td>"""),
        "params" or "macs" => Markup.Of($"""<td class="n">{Words.Count(Value(cell).Number)}</td>"""),
        "ts_end_utc" or "ts_start_utc" => Markup.Of($"""<td class="n">{cell.Replace('T', ' ').Split('.')[0]}</td>"""),
        "seed" or "epochs_ran" => Markup.Of($"""<td class="n">{cell}</td>"""),
        _ => double.IsFinite(Value(cell).Number) && cell.Contains('.', StringComparison.Ordinal) ? Markup.Of($"""<td class="n">{Words.Score(Value(cell).Number)}</td>""") : Markup.Of($"<td>{cell}</td>"),
    };

    static (double Number, string Text) Value(string cell) =>
        double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? (number, "") : (double.NaN, cell);
}
