using System.Collections.Concurrent;
using Kymo.Tuning.Json;

namespace Kymo.Tuning;

/// <summary>
/// Reads the stored text of a distribution: Optuna's names, the ones deprecated in Optuna 3, and the short form with
/// <c>type</c>.
/// </summary>
public static class DistributionJson
{
    const int MostRemembered = 10_000;

    // A study repeats few texts very often, and equal distributions that are one object compare at once.
    static readonly ConcurrentDictionary<string, Distribution> s_known = new();

    /// <summary>The distribution of a stored text.</summary>
    /// <exception cref="StudyException">The text is no distribution; the message shows it.</exception>
    public static Distribution Read(string json)
    {
        if (s_known.TryGetValue(json, out var known)) return known;
        var distribution = Parse(json);
        if (s_known.Count < MostRemembered) s_known.TryAdd(json, distribution);
        return distribution;
    }

    static Distribution Parse(string json)
    {
        if (PythonJson.Read(json, "distribution") is not Dictionary<string, object?> map) throw Unknown(json);
        if (!map.TryGetValue("name", out var name)) return FromFields(map.GetValueOrDefault("type"), map, json);
        if (map.GetValueOrDefault("attributes") is not Dictionary<string, object?> attributes) throw Unknown(json);
        switch (name)
        {
            case "UniformDistribution": return FromFields("float", attributes, json);
            case "LogUniformDistribution":
                return new FloatDistribution(
                Real(attributes, "low", json), Real(attributes, "high", json), log: true);
            case "DiscreteUniformDistribution":
                return new FloatDistribution(
                    Real(attributes, "low", json), Real(attributes, "high", json), step: Real(attributes, "q", json));
            case "IntUniformDistribution": return FromFields("int", attributes, json);
            case "IntLogUniformDistribution":
                return new IntDistribution(
                Integer(attributes, "low", json), Integer(attributes, "high", json), log: true);
            case "FloatDistribution": return FromFields("float", attributes, json);
            case "IntDistribution": return FromFields("int", attributes, json);
            case "CategoricalDistribution": return FromFields("categorical", attributes, json);
            default: throw Unknown(json);
        }
    }

    static Distribution FromFields(object? type, Dictionary<string, object?> fields, string json)
    {
        var log = fields.GetValueOrDefault("log") is true;
        var stepped = fields.GetValueOrDefault("step") is not null;
        switch (type)
        {
            case "float":
                return new FloatDistribution(
                    Real(fields, "low", json), Real(fields, "high", json), log, stepped ? Real(fields, "step", json) : null);
            case "int":
                return new IntDistribution(Integer(fields, "low", json), Integer(fields, "high", json), log,
                    stepped ? Integer(fields, "step", json) : 1);
            case "categorical" when fields.GetValueOrDefault("choices") is List<object?> choices:
                return new CategoricalDistribution(choices);
            default:
                throw Unknown(json);
        }
    }

    static double Real(Dictionary<string, object?> fields, string key, string json) =>
        PythonJson.Number(fields.GetValueOrDefault(key)) ?? throw Unknown(json);

    static long Integer(Dictionary<string, object?> fields, string key, string json) => fields.GetValueOrDefault(key) switch
    {
        long number => number,
        double number when number == Math.Floor(number) && Math.Abs(number) < long.MaxValue => (long)number,
        _ => throw Unknown(json),
    };

    static StudyException Unknown(string json) =>
        new($"not a distribution: {json}; expected " +
            """{"name": "FloatDistribution" | "IntDistribution" | "CategoricalDistribution", "attributes": {…}}""");
}
