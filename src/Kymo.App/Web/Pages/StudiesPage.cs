using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary><c>/studies</c>: the hyper-parameter searches.</summary>
static class StudiesPage
{
    public static void Map(IEndpointRouteBuilder routes, SearchesFolder searches, TimeProvider time)
    {
        routes.Get("/studies", context => context.Page("Studies", "/studies", Body(searches)));
        StudyPage.Map(routes, searches, time);
    }

    static Markup Body(SearchesFolder searches)
    {
        var found = searches.List();
        if (found.Count == 0)
        {
            return Markup.Of($"""
                <h1>No studies yet</h1>
                <p>There is no search under <code>{Path.GetFileName(searches.Root)}</code>. One of a few minutes:</p>
                <pre class="copy"><code>kymo tune urban-sounds --n-trials 10 --metric val_acc data=synthetic 'optim.lr=tag(log,interval(1e-4,1e-2))'</code></pre>
                """);
        }
        return Markup.Of($"""
            <h1>Studies</h1>
            <div class="scroll" tabindex="0" role="region" aria-label="Studies"><table><thead><tr><th scope="col">study</th><th scope="col">recipe</th><th scope="col">metric</th><th scope="col" class="n">best</th><th scope="col" class="n">trials</th><th scope="col">parameters by importance</th></tr></thead>
            <tbody>{found.Select(Row)}</tbody></table></div>
            """);
    }

    static Markup Row(FoundSearch search) => search.View is not { } view
        ? Markup.Of($"""<tr><th scope="row"><a href="{search.Page}">{search.Name}</a></th><td>{search.Plan?.Recipe}</td><td colspan="4" class="soft">{search.Problem}</td></tr>""")
        : Markup.Of($"""
        <tr><th scope="row"><a href="{search.Page}">{search.Name}</a></th><td>{search.Plan?.Recipe}</td><td>{view.Metric} <span class="soft">({(view.IsMaximized ? "more" : "less")} is better)</span></td><td class="n">{(view.Best is { } best ? Words.Score(best.Value ?? double.NaN) : Words.Absent)}</td><td class="n">{view.Trials.Count}</td><td>{string.Join(", ", view.Parameters.Take(4))}</td></tr>
        """);
}
