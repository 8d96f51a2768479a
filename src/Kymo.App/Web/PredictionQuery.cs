using System.Globalization;
using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;
using Microsoft.AspNetCore.Http;

namespace Kymo.App.Web;

/// <summary><c>hop</c> and <c>smooth</c> of an address, in seconds: read where they are heeded, refused where they are not.</summary>
static class PredictionQuery
{
    /// <summary>Windows that are answered for one request at most, so that a small hop fills no memory.</summary>
    public const int MostWindows = 50_000;

    static readonly (string Name, double Least, double Most)[] s_known = [("hop", 0.01, 3600), ("smooth", 0, 86_400)];

    /// <summary>Reads them; answers and gives null where one is no such number, or would not be heeded.</summary>
    /// <param name="context">The request.</param>
    /// <param name="service">The shape of its errors.</param>
    /// <param name="recipe">The recipe of the network that answers.</param>
    /// <param name="heeded">The names that are heeded here.</param>
    public static async Task<PredictionOptions?> Read(HttpContext context, Service service, string recipe, params string[] heeded)
    {
        var values = new double?[s_known.Length];
        for (var i = 0; i < s_known.Length; i++)
        {
            var (name, least, most) = s_known[i];
            var text = context.Request.Query[name].ToString();
            if (text == "") continue;
            if (!heeded.Contains(name))
            {
                await context.Detail(StatusCodes.Status400BadRequest, Unheeded(name, recipe));
                return null;
            }
            if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) || !(seconds >= least && seconds <= most))
            {
                await context.Faults([new RequestFault(["query", name], "float_parsing", FormattableString.Invariant($"Input should be a number of seconds from {least} to {most}"), text)],
                    service.Options.Errors == "pydantic1");
                return null;
            }
            values[i] = seconds;
        }
        return new PredictionOptions(values[0], null, values[1]);
    }

    /// <summary>Answers where a recording would be cut into too many windows; false where it would not.</summary>
    /// <param name="context">The request.</param>
    /// <param name="seconds">The recording's length.</param>
    /// <param name="hop">Seconds between windows; null for the recipe's own.</param>
    public static async Task<bool> IsTooFine(HttpContext context, double seconds, double? hop)
    {
        if (hop is null || seconds / hop <= MostWindows) return false;
        await context.Detail(StatusCodes.Status400BadRequest,
            FormattableString.Invariant($"hop={hop}: {seconds:0} s would be cut into more than {MostWindows} windows; expected a hop of at least {seconds / MostWindows:0.####} s"));
        return true;
    }

    static string Unheeded(string name, string recipe)
    {
        var others = string.Join(", ", Registry.Recipes.Where(one => one.Heeds.Contains("--" + name)).Select(one => one.Name == "sleep-stages" ? "sleep-stages (POST /nights)" : one.Name));
        return $"{name} is not heeded here by networks of {recipe}, it is by those of {others}; leave it out";
    }
}
