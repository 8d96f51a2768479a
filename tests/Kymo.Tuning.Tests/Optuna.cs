using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

/// <summary>Asks the distribution's Optuna.</summary>
static class Optuna
{
    public static IReadOnlyList<object?> Ask(string script, params string[] arguments) =>
        (IReadOnlyList<object?>)PythonJson.Read(Oracle.Ask(script, ["optuna"], arguments), script)!;

    public static object? Of(this object? map, string key) => ((IReadOnlyDictionary<string, object?>)map!)[key];

    public static IReadOnlyList<object?> Items(this object? list) => (IReadOnlyList<object?>)list!;

    public static double[] Numbers(this object? list) => [.. list.Items().Select(item => PythonJson.Number(item)!.Value)];
}
