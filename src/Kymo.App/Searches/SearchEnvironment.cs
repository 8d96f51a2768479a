using System.Globalization;
using Kymo.Config;

namespace Kymo.App.Searches;

/// <summary>
/// The environment variables that jobs of a search are steered by: <c>HPO</c>, <c>SPACE_CONFIG</c>, <c>STUDY_NAME</c>, <c>OUTPUT_ROOT</c>,
/// <c>STORAGE</c>, <c>N_TRIALS</c>, <c>SEED</c>, <c>OVERRIDES</c>, <c>ENV_NAME</c>, <c>DATA_NAME</c>, <c>EPOCHS</c>, <c>PROJECT_ROOT</c>,
/// <c>CONTAINER_IMAGE</c>. Options typed win. They are read for <c>--launcher slurm</c>, inside a job, and where <c>HPO</c> is set.
/// </summary>
sealed class SearchEnvironment
{
    readonly Func<string, string?> _read;

    /// <summary>Takes the environment, or leaves it alone.</summary>
    public SearchEnvironment(Terminal terminal, bool isSlurm)
    {
        var isMeant = isSlurm || terminal.Environment("HPO") is { Length: > 0 } || terminal.Environment("SLURM_JOB_ID") is { Length: > 0 };
        _read = name => isMeant && terminal.Environment(name) is { Length: > 0 } value ? value : null;
    }

    /// <summary>A variable, or null.</summary>
    public string? this[string name] => _read(name);

    /// <summary>A variable that counts, or null.</summary>
    /// <exception cref="ConfigException">It is no count.</exception>
    public int? Count(string name) => this[name] is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new ConfigException($"environment variable {name}={text}: expected a whole number");

    /// <summary>The overrides that the variables give; a later one of the same key, of <c>OVERRIDES</c> or typed, replaces an earlier one.</summary>
    public IReadOnlyList<string> Overrides(IReadOnlyList<string> typed)
    {
        var given = new List<string>();
        void Add(string key, string variable)
        {
            if (this[variable] is { } value) given.Add($"{key}={value}");
        }
        Add("env", "ENV_NAME");
        Add("data", "DATA_NAME");
        Add("trainer.epochs", "EPOCHS");
        var words = this["OVERRIDES"] is { } line ? ParameterText.Words(line, "environment variable OVERRIDES") : [];
        return [.. Replaced(given, words), .. Replaced(words, typed), .. typed];
    }

    static IEnumerable<string> Replaced(IEnumerable<string> earlier, IReadOnlyList<string> later)
    {
        var keys = later.Select(Key).ToHashSet();
        return earlier.Where(text => !keys.Contains(Key(text)));
    }

    static string Key(string text) => text.Split('=', 2)[0].TrimStart('+', '~');
}
