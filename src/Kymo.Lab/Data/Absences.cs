using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>The rule for rows of a table whose file is not there.</summary>
static class Absences
{
    const double LargestShare = 0.05;

    /// <summary>Stops when a table names too many absent files, or when no file is there at all.</summary>
    public static void Check(string table, int rows, List<Exclusion> absent, int found, bool allowAbsent)
    {
        if (rows == 0) throw new DataException(table, "no rows below the header");
        if (found == 0) throw new DataException(table, $"none of the {rows} files it names is there; the first is {absent[0].Id}");
        if (!allowAbsent && absent.Count > LargestShare * rows)
        {
            var first = string.Join(", ", absent.Take(3).Select(exclusion => exclusion.Id));
            throw new DataException(table, $"{absent.Count} of the {rows} files it names are absent ({first}, ...); "
                + "complete the download, or train on what is there with data.allow_absent=true");
        }
    }
}
