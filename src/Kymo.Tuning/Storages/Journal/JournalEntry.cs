using System.Globalization;
using Kymo.Tuning.Json;

namespace Kymo.Tuning.Storages.Journal;

/// <summary>What a line does; the numbers are Optuna's.</summary>
enum JournalOperation
{
    CreateStudy = 0,
    DeleteStudy = 1,
    SetStudyUserAttribute = 2,
    SetStudySystemAttribute = 3,
    CreateTrial = 4,
    SetParameter = 5,
    SetStateAndValues = 6,
    SetIntermediateValue = 7,
    SetTrialUserAttribute = 8,
    SetTrialSystemAttribute = 9,
}

/// <summary>The fields of one line, read with checks.</summary>
sealed class JournalEntry(string line, string place)
{
    const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.ffffff";

    readonly IReadOnlyDictionary<string, object?> _fields =
        PythonJson.Read(line, place) as IReadOnlyDictionary<string, object?>
            ?? throw new StudyException($"{place}: expected an object");

    public JournalOperation Operation => (JournalOperation)Integer("op_code");

    public long Integer(string key) => _fields.GetValueOrDefault(key) is long number ? number : throw Missing(key, "an integer");

    public double Number(string key) => PythonJson.Number(_fields.GetValueOrDefault(key)) ?? throw Missing(key, "a number");

    public string Text(string key) => _fields.GetValueOrDefault(key) as string ?? throw Missing(key, "text");

    public TrialState State(TrialState otherwise) =>
        !_fields.ContainsKey("state") ? otherwise
        : Integer("state") is >= 0 and <= 4 and var state ? (TrialState)state
        : throw Missing("state", "0 to 4");

    /// <summary>An object; empty where it is left out.</summary>
    public IReadOnlyDictionary<string, object?> Map(string key) =>
        !_fields.TryGetValue(key, out var value) ? FrozenTrial.None
        : value as IReadOnlyDictionary<string, object?> ?? throw Missing(key, "an object");

    /// <summary>Numbers of a list; null where it is null or left out.</summary>
    public IReadOnlyList<double>? Numbers(string key) => _fields.GetValueOrDefault(key) switch
    {
        null => null,
        IReadOnlyList<object?> list => [.. list.Select(item => PythonJson.Number(item) ?? throw Missing(key, "numbers"))],
        _ => throw Missing(key, "a list"),
    };

    /// <summary>A number; null where it is null or left out.</summary>
    public double? OptionalNumber(string key) => _fields.GetValueOrDefault(key) is null ? null : Number(key);

    /// <summary>A local time; null where it is null or left out.</summary>
    public DateTime? Time(string key)
    {
        if (_fields.GetValueOrDefault(key) is null) return null;
        return DateTime.TryParse(Text(key), CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : throw Missing(key, "a date");
    }

    public static string Time(DateTime time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    public StudyException Missing(string key, string expected) => new($"{place}: '{key}' should be {expected}: {line}");
}
