using System.Text.Json.Nodes;
using Kymo.Signals;
using Kymo.Signals.Audio;

namespace Kymo.Lab.Data;

/// <summary>One class of a described dataset.</summary>
public sealed record ClassDescription(string Name, int Recordings, int Groups, double MeanSeconds, double MinSeconds, double MaxSeconds);

/// <summary>What is in a dataset, read from the recordings themselves.</summary>
/// <param name="Classes">Counts and durations of each class.</param>
/// <param name="Folds">Recordings of each published fold.</param>
/// <param name="Rates">Recordings of each sample rate, Hz.</param>
/// <param name="TotalSeconds">Sum of all durations.</param>
/// <param name="Damaged">Recordings that cannot be opened.</param>
public sealed record DatasetDescription(
    IReadOnlyList<ClassDescription> Classes,
    IReadOnlyDictionary<int, int> Folds,
    IReadOnlyDictionary<int, int> Rates,
    double TotalSeconds,
    IReadOnlyList<Exclusion> Damaged)
{
    /// <summary>Opens every recording's head.</summary>
    /// <param name="set">The dataset.</param>
    /// <param name="progress">Told how many recordings were opened.</param>
    /// <param name="cancel">Stops.</param>
    public static DatasetDescription Of(RecordingSet set, Action<int> progress, CancellationToken cancel)
    {
        var seconds = new Dictionary<string, double>();
        var rates = new SortedDictionary<int, int>();
        var damaged = new List<Exclusion>();
        for (var i = 0; i < set.Recordings.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var recording = set.Recordings[i];
            try
            {
                var info = AudioFile.ReadInfo(recording.Path);
                seconds[recording.Id] = info.Seconds ?? (double)AudioFile.Read(recording.Path).Frames / info.SampleRate;
                rates[info.SampleRate] = rates.GetValueOrDefault(info.SampleRate) + 1;
            }
            catch (DataException error)
            {
                damaged.Add(new Exclusion(recording.Id, error.Problem));
            }
            progress(i + 1);
        }
        var classes = set.Classes.Select((name, label) =>
        {
            var members = set.Recordings.Where(recording => recording.Label == label).ToArray();
            var durations = members.Where(recording => seconds.ContainsKey(recording.Id)).Select(recording => seconds[recording.Id]).DefaultIfEmpty(0).ToArray();
            return new ClassDescription(
                name, members.Length, members.Select(recording => recording.Group).Distinct().Count(), durations.Average(), durations.Min(), durations.Max());
        });
        var folds = set.Folds.ToDictionary(fold => fold, fold => set.Recordings.Count(recording => recording.Fold == fold));
        return new DatasetDescription([.. classes], folds, rates, seconds.Values.Sum(), damaged);
    }

    /// <summary>The description as JSON.</summary>
    public JsonObject ToJson(RecordingSet set) => new()
    {
        ["name"] = set.Name,
        ["root"] = set.Root,
        ["licence"] = set.Licence,
        ["recordings"] = set.Recordings.Count,
        ["seconds"] = TotalSeconds,
        ["classes"] = new JsonArray([.. Classes.Select(row => (JsonNode)new JsonObject
        {
            ["name"] = row.Name,
            ["recordings"] = row.Recordings,
            ["groups"] = row.Groups,
            ["mean_seconds"] = row.MeanSeconds,
            ["min_seconds"] = row.MinSeconds,
            ["max_seconds"] = row.MaxSeconds,
        })]),
        ["folds"] = new JsonObject(Folds.Select(fold => KeyValuePair.Create(fold.Key.ToString(), (JsonNode?)fold.Value))),
        ["rates"] = new JsonObject(Rates.Select(rate => KeyValuePair.Create(rate.Key.ToString(), (JsonNode?)rate.Value))),
        ["excluded"] = new JsonArray([.. set.Exclusions.Concat(Damaged).Select(exclusion => (JsonNode)new JsonObject
        {
            ["id"] = exclusion.Id,
            ["reason"] = exclusion.Reason,
        })]),
    };
}
