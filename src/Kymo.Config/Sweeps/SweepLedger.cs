using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kymo.Config;

/// <summary>How far a job has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Not started yet.</summary>
    [JsonStringEnumMemberName("waiting")]
    Waiting,

    /// <summary>Started and not ended.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Ended well; it is not run again.</summary>
    [JsonStringEnumMemberName("done")]
    Done,

    /// <summary>Ended with an error; it is run again when the sweep is resumed.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It was running when its sweep ended; it is run again when the sweep is resumed.</summary>
    [JsonStringEnumMemberName("stale")]
    Stale,
}

/// <summary>What the ledger knows of a job.</summary>
/// <param name="Number">Its number, which never changes.</param>
/// <param name="Identity">What tells it from others: a hash of its overrides or of its configuration.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Overrides">Its overrides.</param>
public sealed record LedgerEntry(int Number, string Identity, JobState State, IReadOnlyList<string> Overrides);

/// <summary>
/// The jobs of a sweep folder and how far each has come, kept in a file of JSON lines beside <c>multirun.yaml</c>. A sweep that
/// is started again in the same folder gives the same job its old number. One process writes to a ledger at a time.
/// </summary>
public sealed class SweepLedger
{
    readonly string _path;
    readonly List<LedgerEntry> _entries = [];
    readonly Dictionary<string, int> _numbers = [];

    SweepLedger(string path) => _path = path;

    /// <summary>All jobs, by number.</summary>
    public IReadOnlyList<LedgerEntry> Entries => _entries;

    /// <summary>Reads the ledger of a sweep folder; without a file it is empty. Jobs that were running are stale now.</summary>
    /// <param name="path">The ledger's file.</param>
    /// <exception cref="ConfigException">The file is damaged; the message names the line.</exception>
    public static SweepLedger Open(string path)
    {
        var ledger = new SweepLedger(path);
        if (!File.Exists(path)) return ledger;
        var line = 0;
        foreach (var text in File.ReadLines(path))
        {
            line++;
            var entry = Read(path, line, text);
            if (entry.Number != ledger._entries.Count || !ledger._numbers.TryAdd(entry.Identity, entry.Number))
                throw Damaged(path, line, $"job {entry.Number} stands where job {ledger._entries.Count} belongs, or its "
                    + $"identity comes twice");
            ledger._entries.Add(entry.State == JobState.Running ? entry with { State = JobState.Stale } : entry);
        }
        return ledger;
    }

    /// <summary>The entry of a job: the one it had before, or a new one with the next number, waiting.</summary>
    /// <param name="job">The job.</param>
    /// <param name="identity">What tells it from others, default <see cref="SweepJob.Identity"/>.</param>
    public LedgerEntry Register(SweepJob job, string? identity = null)
    {
        identity ??= job.Identity;
        if (_numbers.TryGetValue(identity, out var number)) return _entries[number];
        var entry = new LedgerEntry(_entries.Count, identity, JobState.Waiting, [.. job.Overrides.Select(part => part.Text)]);
        _numbers.Add(identity, entry.Number);
        _entries.Add(entry);
        return entry;
    }

    /// <summary>Sets the state of a job and writes the ledger.</summary>
    public void Mark(int number, JobState state)
    {
        _entries[number] = _entries[number] with { State = state };
        Save();
    }

    /// <summary>Writes the ledger under a temporary name, then gives it its name.</summary>
    public void Save()
    {
        var temporary = _path + ".new";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            foreach (var entry in _entries) file.Write(
                Encoding.UTF8.GetBytes(JsonSerializer.Serialize(entry, LedgerJson.Default.LedgerEntry) + "\n"));
            file.Flush(flushToDisk: true);
        }
        File.Move(temporary, _path, overwrite: true);
    }

    static LedgerEntry Read(string path, int line, string text)
    {
        try
        {
            var entry = JsonSerializer.Deserialize(text, LedgerJson.Default.LedgerEntry);
            return entry is { Identity: not null, Overrides: not null } ? entry
                : throw Damaged(path, line, "the entry is incomplete");
        }
        catch (JsonException error)
        {
            throw Damaged(path, line, error.Message);
        }
    }

    static ConfigException Damaged(string path, int line, string why) => new(
        $"{path}, line {line}: {why}. Expected one job a line, as the sweep wrote it; delete the file to number the jobs anew.");
}

/// <summary>The JSON form of the ledger's lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LedgerEntry))]
sealed partial class LedgerJson : JsonSerializerContext;
