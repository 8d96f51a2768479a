namespace Kymo.Lab.Tests.Runs;

/// <summary>A file system of a few kilobytes, so that a full disk is a real one. Only root may mount one.</summary>
sealed class SmallDisk : IDisposable
{
    readonly TempFolder _folder = new();

    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    /// <summary>Mounts a disk; the test is skipped where that is not allowed.</summary>
    public static SmallDisk Mount(int kilobytes)
    {
        var disk = new SmallDisk();
        var (code, output) = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? Shell.Run("/", "mount", "-t", "tmpfs", "-o", $"size={kilobytes}k", "tmpfs", disk.Path)
            : (1, "not root on Linux");
        if (code == 0) return disk;
        disk._folder.Dispose();
        Assert.Skip($"needs a small file system: {output.Trim()}");
        return null!;
    }

    public void Dispose()
    {
        Shell.Run("/", "umount", "--lazy", Path);
        _folder.Dispose();
    }
}
