using System.Reflection;

namespace Kymo.App.Tests;

/// <summary>Rooms stand in one direction; nothing points back (docs/architecture.md).</summary>
public sealed class ArchitectureTests
{
    static readonly Dictionary<string, string[]> s_mayUse = new()
    {
        ["Kymo.Signals"] = [],
        ["Kymo.Config"] = [],
        ["Kymo.Tuning"] = [],
        ["Kymo.Torch"] = [],
        ["Kymo.Onnx"] = [],
        ["Kymo.Lab"] = ["Kymo.Signals", "Kymo.Config", "Kymo.Tuning", "Kymo.Torch", "Kymo.Onnx"],
        ["kymo"] = ["Kymo.Lab", "Kymo.Signals", "Kymo.Config", "Kymo.Tuning", "Kymo.Torch", "Kymo.Onnx"],
    };

    public static TheoryData<string> Assemblies => [.. s_mayUse.Keys];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void Assembly_uses_only_what_stands_before_it(string name)
    {
        var used = Assembly.LoadFrom(PathOf(name)).GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(reference => s_mayUse.ContainsKey(reference));
        Assert.Empty(used.Except(s_mayUse[name]));
    }

    [Fact]
    public void Lab_folders_name_no_recipe_and_no_recipe_names_another()
    {
        foreach (var (user, used) in UsingDirectives())
        {
            if (Task(used) is not { } task) continue;
            var allowed = Task(user) == task || user is "Kymo.Lab.Recipes";
            Assert.True(allowed, $"a type of {user} uses {used}");
        }
    }

    // The folder of a task below Recipes, or null.
    static string? Task(string nameSpace) =>
        nameSpace.StartsWith("Kymo.Lab.Recipes.", StringComparison.Ordinal) ? nameSpace.Split('.')[3] : null;

    static string PathOf(string assembly) => Path.Combine(AppContext.BaseDirectory, assembly + ".dll");

    // Which namespaces of Lab name which others, from the sources' own directives.
    static IEnumerable<(string User, string Used)> UsingDirectives()
    {
        foreach (var file in Directory.GetFiles(Repository.PathOf("src", "Kymo.Lab"), "*.cs", SearchOption.AllDirectories))
        {
            var lines = File.ReadAllLines(file);
            var user = lines.FirstOrDefault(line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..].TrimEnd(';');
            if (user is null) continue;
            foreach (var line in lines.Where(line => line.StartsWith("using Kymo.", StringComparison.Ordinal)))
                yield return (user, line["using ".Length..].TrimEnd(';'));
        }
    }
}
