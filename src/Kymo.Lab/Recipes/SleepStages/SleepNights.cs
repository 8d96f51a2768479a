using Kymo.Lab.Data.Sleep;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>A night as the networks see it.</summary>
/// <param name="Id">The person.</param>
/// <param name="Values">(row, feature), row-major, raw units; heart-rate columns of epoch rows are scaled by the night already.</param>
/// <param name="Times">Seconds of each row.</param>
/// <param name="Stages">Class of five of each row, below 0 for none.</param>
/// <param name="Mean">Mean of each column over the night.</param>
/// <param name="Deviation">Population deviation of each column; 1 where it never changes.</param>
sealed record NightRows(string Id, float[] Values, double[] Times, int[] Stages, double[] Mean, double[] Deviation)
{
    /// <summary>Number of rows.</summary>
    public int Count => Times.Length;

    /// <summary>A night and its statistics.</summary>
    public static NightRows Of(string id, ReadOnlySpan<double> values, double[] times, int[] stages)
    {
        var (mean, deviation) = OriginalWindows.Scaler(values, values.Length / times.Length);
        var floats = new float[values.Length];
        for (var i = 0; i < floats.Length; i++) floats[i] = (float)values[i];
        return new NightRows(id, floats, times, stages, mean, deviation);
    }
}

/// <summary>A window of a night.</summary>
/// <param name="Night">Which night.</param>
/// <param name="Row">Its first row; below 0 or running past the end where a window of epochs reaches beyond the night.</param>
/// <param name="Target">Class of five.</param>
/// <param name="Time">What names it within the night: its start, or its epoch, seconds.</param>
/// <param name="EpochTime">Start of the epoch that is classified, seconds.</param>
readonly record struct WindowRef(int Night, int Row, int Target, double Time, double EpochTime);

/// <summary>All usable nights, the windows in them, and what was left out.</summary>
sealed record SleepNights
{
    /// <summary>The dataset's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its licence.</summary>
    public required string Licence { get; init; }

    /// <summary>Names of the columns.</summary>
    public required IReadOnlyList<string> Features { get; init; }

    /// <summary>The nights, by person in ordinal order.</summary>
    public required IReadOnlyList<NightRows> Nights { get; init; }

    /// <summary>Every window.</summary>
    public required WindowRef[] Windows { get; init; }

    /// <summary>Rows of a window.</summary>
    public required int Length { get; init; }

    /// <summary>What was found in the files, usable or not.</summary>
    public required IReadOnlyList<NightCheck> Checks { get; init; }

    /// <summary>Rows and windows left out of usable nights: person, reason, count.</summary>
    public required IReadOnlyList<(string Id, string Reason, long Count)> Dropped { get; init; }

    /// <summary>Hash of all that the networks see.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Whether rows are epochs.</summary>
    public required bool HasEpochRows { get; init; }

    /// <summary>Numbers of a row.</summary>
    public int Columns => Features.Count;

    /// <summary>Rows with a target of each person.</summary>
    public IReadOnlyDictionary<string, int> RowsOf => Nights.Index().ToDictionary(
        night => night.Item.Id, night => HasEpochRows ? night.Item.Stages.Count(stage => stage >= 0) : Windows.Count(window => window.Night == night.Index));

    /// <summary>The windows of some nights.</summary>
    public int[] WindowsOf(IEnumerable<int> nights)
    {
        var chosen = nights.ToHashSet();
        return [.. Enumerable.Range(0, Windows.Length).Where(i => chosen.Contains(Windows[i].Night))];
    }

    /// <summary>The nights of some people.</summary>
    public int[] NightsOf(IEnumerable<string> people)
    {
        var chosen = people.ToHashSet();
        return [.. Nights.Index().Where(night => chosen.Contains(night.Item.Id)).Select(night => night.Index)];
    }
}
