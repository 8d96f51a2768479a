using Kymo.Torch.Generator;

// usage: dotnet run --project native/generator            (anywhere inside the checkout)
// Writes both sides of the binding from native/operations.yaml.
var folder = new DirectoryInfo(AppContext.BaseDirectory);
while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "native", "operations.yaml"))) folder = folder.Parent;
if (folder is null)
{
    Console.Error.WriteLine("no native/operations.yaml above " + AppContext.BaseDirectory);
    return 2;
}

foreach (var (path, text) in Generation.Files(File.ReadAllText(Path.Combine(folder.FullName, "native", "operations.yaml"))))
{
    var target = Path.Combine(folder.FullName, path);
    Directory.CreateDirectory(Path.GetDirectoryName(target)!);
    if (File.Exists(target) && File.ReadAllText(target) == text) continue;
    File.WriteAllText(target, text);
    Console.WriteLine(path);
}

return 0;
