using System.Text.Json;
using System.Text.Json.Nodes;
using Kymo.Signals;

namespace Kymo.Lab.Runs.Trackers;

/// <summary>What a <c>.wandb</c> file holds.</summary>
/// <param name="RunId">Identifier of the run.</param>
/// <param name="Project">Project.</param>
/// <param name="Name">Name shown.</param>
/// <param name="Config">Configuration.</param>
/// <param name="History">One object per step, with <c>_step</c>, <c>_runtime</c> and <c>_timestamp</c>.</param>
/// <param name="Summary">Last values.</param>
/// <param name="ExitCode">What the process ended with; null if the run was not finished.</param>
public sealed record WandbFile(
    string RunId, string Project, string Name, JsonObject Config, IReadOnlyList<JsonObject> History, JsonObject Summary,
        long? ExitCode)
{
    /// <summary>Reads a file. What was not written to its end is ignored.</summary>
    /// <exception cref="DataException">The file is none, or a record is damaged.</exception>
    public static WandbFile Read(string path)
    {
        var file = new WandbFile("", "", "", [], [], [], null);
        var history = new List<JsonObject>();
        var number = 0L;
        foreach (var record in WandbLog.Read(path, out _))
            try
            {
                number++;
                file = Record(record, file, history, number);
            }
            catch (Exception e) when (e is FormatException or JsonException)
            {
                throw new DataException(path, $"record {number} cannot be read: {e.Message}", e);
            }
        return file with { History = history };
    }

    /// <summary>Cuts a record that was not written to its end. Returns the number of bytes cut.</summary>
    /// <exception cref="DataException">A record before the end is damaged; nothing is cut.</exception>
    public static long Mend(string path)
    {
        WandbLog.Read(path, out var whole);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write);
        var cut = stream.Length - whole;
        if (cut <= 0) return 0;
        stream.SetLength(whole);
        stream.Flush(flushToDisk: true);
        return cut;
    }

    static WandbFile Record(byte[] record, WandbFile file, List<JsonObject> history, long number)
    {
        var reader = new ProtoReader(record);
        while (reader.Next())
            switch (reader.Field)
            {
                case 1 when reader.Integer != number: throw new FormatException($"it is numbered {reader.Integer}");
                case 2: history.Add(Items(reader.Bytes, [])); break;
                case 4: file = file with { Summary = Items(reader.Bytes, file.Summary) }; break;
                case 5: file = file with { Config = Items(reader.Bytes, file.Config) }; break;
                case 17: file = Run(reader.Bytes, file); break;
                case 18: file = file with { ExitCode = Exit(reader.Bytes) }; break;
            }
        return file;
    }

    static WandbFile Run(ReadOnlySpan<byte> bytes, WandbFile file)
    {
        var reader = new ProtoReader(bytes);
        while (reader.Next())
            file = reader.Field switch
            {
                1 => file with { RunId = reader.Text },
                3 => file with { Project = reader.Text },
                4 => file with { Config = Items(reader.Bytes, file.Config) },
                8 => file with { Name = reader.Text },
                _ => file,
            };
        return file;
    }

    static long Exit(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        var code = 0L;
        while (reader.Next())
            if (reader.Field == 1) code = reader.Integer;
        return code;
    }

    static JsonObject Items(ReadOnlySpan<byte> bytes, JsonObject into)
    {
        var reader = new ProtoReader(bytes);
        while (reader.Next())
        {
            if (reader.Field != 1 || reader.Bytes.IsEmpty) continue;
            var (key, value) = ("", "null");
            var item = new ProtoReader(reader.Bytes);
            while (item.Next())
                if (item.Field is 1 or 2) key = item.Text;
                else if (item.Field == 16) value = item.Text;
            into[key] = JsonNode.Parse(value);
        }
        return into;
    }
}
