namespace Kymo.Testing;

/// <summary>A new folder that is deleted with all it holds when the test is over.</summary>
public sealed class TempFolder : IDisposable
{
    const int Attempts = 500;

    static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Makes the folder.</summary>
    public TempFolder() => Directory.CreateDirectory(Path);

    /// <summary>The folder's absolute path.</summary>
    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "kymo-test-" + Guid.NewGuid().ToString("N"));

    /// <summary>A path inside the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Deletes the folder; what a killed program started may write into it for a moment longer.</summary>
    public void Dispose()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Directory.Delete(Path, recursive: true);
                return;
            }
            catch (DirectoryNotFoundException) when (!Directory.Exists(Path))
            {
                return;
            }
            catch (IOException) when (attempt < Attempts)
            {
                Thread.Sleep(s_pause);
            }
        }
    }
}
