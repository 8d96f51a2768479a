using System.Text.RegularExpressions;
using Kymo.Lab.Runs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary>Files of a run that a browser may open: its report, its figures, its tables. A report is shut off from everything else.</summary>
static partial class RunFileEndpoints
{
    const string Shut = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; sandbox";

    static readonly string[] s_tables =
    [
        RunFiles.TestMetrics, RunFiles.ClassMetrics, RunFiles.ConfusionMatrix, RunFiles.FoldMetrics, RunFiles.EpochMetrics, RunFiles.Predictions, RunFiles.ExcludedItems,
        RunFiles.Metrics, RunFiles.ResolvedConfig,
    ];

    /// <summary>Adds <c>/runs/NAME/report</c>, <c>/runs/NAME/figures/FILE</c> and <c>/runs/NAME/files/FILE</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes, ResultsFolder results)
    {
        routes.Get("/runs/{name}/report", context => Send(context, results, RunFiles.Report, "text/html; charset=utf-8"));
        routes.Get("/runs/{name}/figures/{file}", context =>
        {
            var file = (string)context.GetRouteValue("file")!;
            return FigureName().IsMatch(file) ? Send(context, results, $"{RunFiles.Figures}/{file}", file.EndsWith(".svg", StringComparison.Ordinal) ? "image/svg+xml" : "image/png") : Missing(context);
        });
        routes.Get("/runs/{name}/files/{file}", context =>
        {
            var file = (string)context.GetRouteValue("file")!;
            return s_tables.Contains(file) ? Send(context, results, file, file.EndsWith(".csv", StringComparison.Ordinal) ? "text/csv; charset=utf-8" : "application/json") : Missing(context);
        });
    }

    /// <summary>Links to what a run has.</summary>
    public static Markup Section(RunCard card)
    {
        var figures = Figures(card);
        string[] tables = [.. s_tables.Where(table => ResultsFolder.FileOf(card, table) is not null)];
        var hasReport = ResultsFolder.FileOf(card, RunFiles.Report) is not null;
        if (figures.Length + tables.Length == 0 && !hasReport) return Markup.None;
        return Markup.Of($"""
            <section aria-labelledby="files"><h2 id="files">Report and files</h2>
            {(hasReport ? Markup.Of($"""<p><a class="more" href="{card.Page}/report">The run's report</a> <span class="soft">one page with everything in it, to keep or to send</span></p>""") : Markup.None)}
            {(figures.Length == 0 ? Markup.None : Markup.Of($"""<ul class="figures">{figures.Select(figure => Markup.Of($"""
            <li><a href="{card.Page}/figures/{figure}"><img src="{card.Page}/figures/{figure}" alt="" loading="lazy"><span>{Path.GetFileNameWithoutExtension(figure).Replace('_', ' ')}</span></a></li>
            """))}</ul>"""))}
            <p class="files">{tables.Select(table => Markup.Of($"""<a href="{card.Page}/files/{table}" download="{card.Name}_{table}">{table}</a> """))}</p></section>
            """);
    }

    static string[] Figures(RunCard card)
    {
        var folder = Path.Combine(card.Run.Path, RunFiles.Figures);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFiles(folder, "*.png").Select(path => Path.GetFileName(path)).Where(name => FigureName().IsMatch(name))
            .Where(name => ResultsFolder.FileOf(card, $"{RunFiles.Figures}/{name}") is not null).Order(StringComparer.Ordinal).Take(60)];
    }

    static async Task Send(HttpContext context, ResultsFolder results, string relative, string type)
    {
        if (results.Find((string)context.GetRouteValue("name")!) is not { } card || ResultsFolder.FileOf(card, relative) is not { } path)
        {
            await Missing(context);
            return;
        }
        context.Response.Headers.ContentSecurityPolicy = Shut;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-cache";
        await context.Bytes(await File.ReadAllBytesAsync(path, context.RequestAborted), type);
    }

    static Task Missing(HttpContext context) => context.Detail(StatusCodes.Status404NotFound, "Not Found");

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,120}\.(png|svg)\z")]
    private static partial Regex FigureName();
}
