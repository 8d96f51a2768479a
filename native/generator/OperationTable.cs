using System.Text.RegularExpressions;

namespace Kymo.Torch.Generator;

/// <summary>Reads <c>operations.yaml</c>: a list of mappings of plain one-line scalars, nothing else of YAML.</summary>
public static partial class OperationTable
{
    /// <summary>All entries in the order of the file.</summary>
    /// <exception cref="FormatException">A line or a declaration is not in the table's grammar; the message names the line.</exception>
    public static IReadOnlyList<Operation> Parse(string text)
    {
        var operations = new List<Operation>();
        Dictionary<string, string>? entry = null;
        var number = 0;
        foreach (var line in text.Split('\n').Append("- end:"))
        {
            number++;
            if (line.Length == 0 || line.StartsWith('#')) continue;
            if (line.StartsWith("- ", StringComparison.Ordinal))
            {
                if (entry is not null) operations.Add(Describe(entry));
                entry = [];
            }

            var colon = line.IndexOf(':');
            if (entry is null || colon < 0 || !(line.StartsWith("- ", StringComparison.Ordinal) || line.StartsWith("  ", StringComparison.Ordinal)))
                throw new FormatException($"operations.yaml line {number}: expected '- func: ...' or '  key: value', found '{line}'");
            entry[line[2..colon]] = line[(colon + 1)..].Trim();
        }

        var twice = operations.GroupBy(o => o.Export).FirstOrDefault(g => g.Count() > 1);
        return twice is null ? operations : throw new FormatException($"operations.yaml declares {twice.Key} twice");
    }

    static Operation Describe(Dictionary<string, string> entry)
    {
        var func = entry.GetValueOrDefault("func") ?? throw new FormatException("an entry of operations.yaml has no 'func'");
        var match = Declaration().Match(func);
        if (!match.Success) throw new FormatException($"not a declaration: {func}");
        var name = match.Groups["name"].Value;
        var arguments = match.Groups["arguments"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(Describe).ToArray();
        var result = match.Groups["result"].Value;
        var inPlace = result == "Tensor(a!)";
        string[] results = inPlace ? []
            : result == "Tensor" ? ["result"]
            : result.StartsWith('(') ? [.. result[1..^1].Split(", ").Select(r => r["Tensor ".Length..])]
            : throw new FormatException($"unknown result '{result}' in {func}");
        var csharp = entry.GetValueOrDefault("cs")
            ?? Words.Pascal(name) + (name.EndsWith('_') ? "InPlace" : "");
        return new Operation(name, match.Groups["overload"].Value, arguments, results, inPlace,
            entry.GetValueOrDefault("variants") == "method", entry.GetValueOrDefault("doc") ?? throw new FormatException($"no 'doc' for {func}"),
            entry.GetValueOrDefault("cpp"), csharp);
    }

    static Argument Describe(string text)
    {
        var match = ArgumentText().Match(text);
        if (!match.Success) throw new FormatException($"not an argument: {text}");
        var type = match.Groups["type"].Value;
        var kind = type switch
        {
            "Tensor" or "Tensor(a!)" => Kind.Tensor,
            "Tensor?" => Kind.OptionalTensor,
            "Tensor[]" => Kind.TensorList,
            "int" => Kind.Int,
            "int?" => Kind.OptionalInt,
            "float" => Kind.Float,
            "float?" => Kind.OptionalFloat,
            "Scalar" => Kind.Scalar,
            "bool" => Kind.Bool,
            "ScalarType" => Kind.ScalarType,
            "MemoryFormat" => Kind.MemoryFormat,
            "Reduction" => Kind.Reduction,
            "Generator" => Kind.Generator,
            _ when type.StartsWith("int[", StringComparison.Ordinal) => Kind.IntList,
            _ => throw new FormatException($"unknown type '{type}' of argument '{text}'"),
        };
        var value = match.Groups["default"];
        return new Argument(kind, match.Groups["name"].Value, value.Success ? value.Value : null, type == "int[1]", type == "Tensor(a!)");
    }

    [GeneratedRegex(@"^(?<name>\w+)(\.(?<overload>\w+))?\((?<arguments>.*)\) -> (?<result>.+)$")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^(?<type>\S+) (?<name>\w+)(=(?<default>\S+))?$")]
    private static partial Regex ArgumentText();
}
