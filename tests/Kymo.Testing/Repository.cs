namespace Kymo.Testing;

/// <summary>Finds things that lie around a test: the checkout, the shared recordings, a folder to write in.</summary>
public static class Repository
{
    /// <summary>The root of the checkout (the folder that holds <c>Kymo.slnx</c>).</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A path inside the checkout.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A path inside <c>../shared</c>; the test is skipped where the checkout has no such folder beside it.</summary>
    public static string Shared(params string[] parts)
    {
        var path = Path.Combine([Root, "..", "shared", .. parts]);
        if (!Path.Exists(path)) Assert.Skip($"needs shared/{string.Join('/', parts)} beside the checkout");
        return Path.GetFullPath(path);
    }

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Kymo.slnx"))) return folder.FullName;
        throw new InvalidOperationException("no Kymo.slnx above " + AppContext.BaseDirectory);
    }
}
