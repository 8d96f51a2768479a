using Kymo.Config;

namespace Kymo.Bench.Config;

/// <summary>A folder of twelve config groups with three options each, nested maps, lists and interpolations, and twenty overrides.</summary>
sealed class TwelveGroups : IDisposable
{
    static readonly string[] s_groups =
        ["data", "features", "model", "model/head", "augment", "optim", "optim/schedule", "trainer", "callbacks", "tracker", "compat", "paths"];

    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kymo-bench-");
    readonly IReadOnlyList<Override> _overrides;

    public TwelveGroups()
    {
        var defaults = string.Concat(s_groups.Select(group => $"  - {group}: one\n"));
        Write("config", $"defaults:\n{defaults}  - _self_\nseed: 0\nrun:\n  root: results\n  name: ''\ntags: []\nsum: ${{data.size}}-${{model.size}}\n");
        foreach (var group in s_groups)
            foreach (var option in new[] { "one", "two", "three" })
                Write($"{group}/{option}", $"""
                    # {group}: {option}
                    name: {option}
                    size: 64
                    rate: 1e-3
                    flag: true
                    nothing: null
                    list: [1, 2, 3]
                    nested:
                      first: text with blanks
                      second: '{option}'
                      deep:
                        path: ${"{run.root}"}/{option}
                        values:
                        - 0.1
                        - 0.2
                    """);
        _overrides = Override.ParseAll(
        [
            "data=two", "features=three", "model=two", "model/head=three", "optim=two", "seed=7", "run.name=bench", "data.size=128", "data.list=[4,5,6]", "model.rate=3e-4",
            "model.head.nested.first='other text'", "+model.extra={a:1,b:[x,y]}", "++trainer.epochs=60", "~augment.flag", "optim.schedule.nested.deep.values=[1,2]",
            "+tracker.tags=[a,b]", "callbacks.flag=false", "compat.nested.second=${run.name}", "paths.nested.deep.path=/srv/${seed}", "tags=[x]",
        ]);
    }

    public ComposeRequest Request() => new()
    {
        SearchPath = [new SearchPathEntry(SearchPathEntry.Main, _folder.FullName)],
        ConfigName = "config",
        Overrides = _overrides,
        WorkingDirectory = "/",
    };

    public void Dispose() => _folder.Delete(recursive: true);

    void Write(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name + ".yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
