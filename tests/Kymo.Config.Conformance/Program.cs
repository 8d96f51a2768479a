using Kymo.Config.Conformance;

// FILE.jsonl ... --configs DIR: one line for each failing case, then a count for each kind; 0 only if all pass.
var files = new List<string>();
var configs = ".";
for (var i = 0; i < args.Length; i++)
{
    if (args[i] == "--configs" && i + 1 < args.Length) configs = args[++i];
    else files.Add(args[i]);
}
if (files.Count == 0)
{
    Console.Error.WriteLine("usage: Kymo.Config.Conformance FILE.jsonl ... --configs DIR");
    return 2;
}
var counts = new SortedDictionary<string, (int Passed, int Failed)>(StringComparer.Ordinal);
foreach (var result in files.SelectMany(file => ConformanceRunner.Run(file, configs)))
{
    var (passed, failed) = counts.GetValueOrDefault(result.Kind);
    counts[result.Kind] = result.Fault is null ? (passed + 1, failed) : (passed, failed + 1);
    if (result.Fault is not null) Console.WriteLine($"{result.Id} {result.Kind}: {result.Fault.ReplaceLineEndings(" | ")}");
}
foreach (var (kind, count) in counts) Console.WriteLine($"{kind}: {count.Passed} passed, {count.Failed} failed");
return counts.Values.Any(count => count.Failed > 0) || counts.Count == 0 ? 1 : 0;
