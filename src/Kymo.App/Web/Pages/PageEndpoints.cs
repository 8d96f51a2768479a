using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web.Pages;

/// <summary>The pages that people look at.</summary>
static class PageEndpoints
{
    /// <summary>Adds all of them.</summary>
    /// <param name="routes">Where to.</param>
    /// <param name="runs">Folder that holds <c>runs/</c> and <c>leaderboard.csv</c>.</param>
    /// <param name="searches">Folder of the folders of searches.</param>
    /// <param name="time">The clock.</param>
    public static void Map(IEndpointRouteBuilder routes, string runs, string searches, TimeProvider time)
    {
        var results = new ResultsFolder(runs);
        Assets.Map(routes);
        LiveEndpoints.Map(routes, results, time);
        OverviewPage.Map(routes, results, time);
        RunsPage.Map(routes, results, time);
        RunPage.Map(routes, results, time);
        RunFileEndpoints.Map(routes, results);
        ComparePage.Map(routes, results);
        LeaderboardPage.Map(routes, results);
        StudiesPage.Map(routes, new SearchesFolder(searches), time);
        TryPage.Map(routes);
    }
}
