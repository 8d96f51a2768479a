using System.Globalization;
using System.Runtime.InteropServices;
using Kymo.App.Web.Models;
using Kymo.Lab.Data.Sleep;
using Kymo.Signals;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Kymo.App.Web;

/// <summary>
/// <c>POST /nights</c>: a whole night in, a stage for every epoch and the night's measures out. The streams come as a form's files
/// (<c>heart_rate</c>, <c>motion</c>, <c>steps</c>, for networks of epoch features <c>heart_rate</c>, <c>epochs</c>, in the dataset's layout) or as JSON
/// arrays of the same names. <c>labels</c> names the epochs to answer where not all are; its codes are not read.
/// </summary>
static class NightEndpoint
{
    const string Person = "1";

    // The folder, the ending and the separator of each stream in the dataset's layout; how its rows are named in JSON.
    static readonly Dictionary<string, (string Folder, string Ending, char Separator, string[] Columns)> s_streams = new(StringComparer.Ordinal)
    {
        ["heart_rate"] = ("heart_rate", "_heartrate.txt", ',', ["t", "hr"]),
        ["motion"] = ("motion", "_acceleration.txt", ' ', ["t", "x", "y", "z"]),
        ["steps"] = ("steps", "_steps.txt", ',', ["t", "steps"]),
        ["labels"] = ("labels", "_labeled_sleep.txt", ' ', ["t", "stage"]),
        ["epochs"] = ("epochs", "_epochs.csv", ',', ["t", "activity_count", "hr_std_feature"]),
    };

    public static void Map(IEndpointRouteBuilder routes, Service service) => routes.Post("/nights", context => Night(context, service));

    static async Task Night(HttpContext context, Service service)
    {
        var folder = Directory.CreateTempSubdirectory("kymo-night-").FullName;
        try
        {
            var model = context.Request.Query["model"].ToString();
            var given = context.Request.ContentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true
                ? await FromForm(context, service, folder)
                : await FromJson(context, service, folder);
            if (given is null) return;
            var hasEpochs = given.Contains("epochs");
            bool Fits(ServedModel served) => served.Sleep is { } sleep && (model == "" || served.Name == model || sleep.Network == model)
                && sleep.Features.Contains("hr_std_feature") == hasEpochs && (model != "" || sleep.WindowRows == 0 || !hasEpochs);
            if (service.Models.Hold(Fits) is not { } hold)
            {
                var known = model == "" || service.Models.Ready.Any(served => served.Name == model || served.Sleep?.Network == model);
                await context.Detail(known ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status404NotFound,
                    known ? $"no network that reads {(hasEpochs ? "epoch features" : "the four streams")} is loaded; GET /models lists those that are" : "no model of that name; GET /models lists those that are loaded");
                return;
            }
            await context.With(hold, async served =>
            {
                if (await PredictionQuery.Read(context, service, served.Network.Recipe, "smooth") is not { } options) return;
                if (options.Smooth is > 0 and < 2 * SleepStage.EpochSeconds)
                {
                    await context.Detail(StatusCodes.Status400BadRequest, $"smooth={context.Request.Query["smooth"]}: epochs stand {SleepStage.EpochSeconds} s apart; expected at least {2 * SleepStage.EpochSeconds} s");
                    return;
                }
                if (!given.Contains("labels")) WriteEpochs(folder);
                var file = hasEpochs ? "epochs" : "heart_rate";
                try
                {
                    var answer = await service.Heavy(context.RequestAborted, () => served.Predictor!.Predict(PathOf(folder, file), options).Json);
                    if (answer is null)
                    {
                        await context.Busy();
                        return;
                    }
                    answer.Remove("file");
                    answer.Remove("person");
                    await context.Json(answer);
                }
                catch (DataException error)
                {
                    await context.Detail(StatusCodes.Status400BadRequest, error.Problem.Replace(folder, "", StringComparison.Ordinal));
                }
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string PathOf(string folder, string stream)
    {
        var (inner, ending, _, _) = s_streams[stream];
        Directory.CreateDirectory(Path.Combine(folder, inner));
        return Path.Combine(folder, inner, Person + ending);
    }

    static async Task<HashSet<string>?> FromForm(HttpContext context, Service service, string folder)
    {
        using var upload = await Upload.Read(context, service, ".txt");
        if (upload is null) return null;
        var given = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in upload.Files)
        {
            if (!s_streams.ContainsKey(file.Field) || !given.Add(file.Field)) continue;
            File.Move(file.Path, PathOf(folder, file.Field));
        }
        return await Complete(context, service, given) ? given : null;
    }

    // What came as arrays, now lying as files, and what was wrong with it.
    sealed record Arrays(HashSet<string> Given, List<RequestFault> Faults);

    // A night's arrays are a hundred megabytes: they wait on the disk, and as many as there are cores are looked at at once.
    static async Task<HashSet<string>?> FromJson(HttpContext context, Service service, string folder)
    {
        var (path, type) = (Path.Combine(folder, "body.json"), context.Request.ContentType);
        await JsonBody.ToFile(context, path, service.Options.MaxUploadBytes, service.Options.RequestSeconds);
        var arrays = await service.Heavy(context.RequestAborted, () => Written(File.ReadAllBytes(path), type, folder));
        File.Delete(path);
        if (arrays is null)
        {
            await context.Busy();
            return null;
        }
        if (arrays.Faults.Count == 0) return await Complete(context, service, arrays.Given) ? arrays.Given : null;
        await context.Faults(arrays.Faults, service.Options.Errors == "pydantic1");
        return null;
    }

    static Arrays Written(byte[] bytes, string? type, string folder)
    {
        using var body = JsonBody.Read(bytes, type, out var fault);
        if (body is null) return new Arrays([], [fault!]);
        var (given, faults) = (new HashSet<string>(StringComparer.Ordinal), new List<RequestFault>());
        foreach (var (name, stream) in s_streams)
        {
            if (!body.Root.TryGetProperty(name, out var value)) continue;
            given.Add(name);
            using var inner = JsonBody.Read(JsonMarshal.GetRawUtf8Value(value).ToArray(), null, out fault);
            if (inner is null)
            {
                faults.Add(fault! with { Location = ["body", name] });
                continue;
            }
            var columns = stream.Columns.Select(column => inner.Numbers(column)).ToArray();
            if (inner.Faults.Count == 0 && columns.Select(column => column!.Length).Distinct().Count() > 1)
                for (var i = 0; i < columns.Length; i++) inner.Rule(stream.Columns[i], $"{stream.Columns[i]} has {columns[i]!.Length} items; all arrays must be equally long", columns[i]!.Length);
            faults.AddRange(inner.Faults.Select(one => one with { Location = ["body", name, .. one.Location.Skip(1)] }));
            if (inner.Faults.Count > 0) continue;
            using var file = new StreamWriter(PathOf(folder, name));
            // A table of epochs has a header, and a label in each row: any code of a stage says that the epoch is to be answered.
            var label = name == "epochs" ? stream.Separator + "0" : "";
            if (label != "") file.Write(string.Join(stream.Separator, stream.Columns) + ",label\n");
            for (var i = 0; i < columns[0]!.Length; i++)
                file.Write(string.Join(stream.Separator, columns.Select(column => column![i].ToString("R", CultureInfo.InvariantCulture))) + label + "\n");
        }
        return new Arrays(given, faults);
    }

    static async Task<bool> Complete(HttpContext context, Service service, HashSet<string> given)
    {
        string[] needed = given.Contains("epochs") ? ["heart_rate"] : ["heart_rate", "motion", "steps"];
        var missing = needed.Where(name => !given.Contains(name)).ToArray();
        if (missing.Length == 0) return true;
        await context.Faults(missing.Select(name => JsonBody.Missing([name], null)), service.Options.Errors == "pydantic1");
        return false;
    }

    // Without a file of labels the epochs that are answered run from 0 to the last heart beat; the code in the file is not read.
    static void WriteEpochs(string folder)
    {
        var last = 0.0;
        foreach (var line in File.ReadLines(PathOf(folder, "heart_rate")))
            if (double.TryParse(line.Split(',')[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var time) && time < 172_800) last = Math.Max(last, time);
        File.WriteAllLines(PathOf(folder, "labels"), Enumerable.Range(0, Math.Max(1, (int)(last / 30))).Select(epoch => $"{epoch * 30} 0"));
    }
}
