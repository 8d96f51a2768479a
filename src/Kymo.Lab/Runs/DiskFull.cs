using System.Globalization;

namespace Kymo.Lab.Runs;

/// <summary>Recognises a full disk or quota and says it plainly.</summary>
static class DiskFull
{
    const int NoSpaceLinux = 28;
    const int QuotaLinux = 122;
    const int QuotaMac = 69;
    const int FileTooLarge = 27;
    const int DiskFullWindows = unchecked((int)0x80070070);
    const int HandleDiskFullWindows = unchecked((int)0x80070027);

    public static bool Is(IOException e) =>
        e.HResult is NoSpaceLinux or QuotaLinux or QuotaMac or FileTooLarge or DiskFullWindows or HandleDiskFullWindows;

    public static IOException Error(string path, long? bytes, IOException cause)
    {
        var size = bytes is { } b ? string.Create(CultureInfo.InvariantCulture, $"{b:N0} bytes") : "the file";
        return new IOException(
            $"{path}: no room to write {size} ({cause.Message.TrimEnd('.')}). What was there before is untouched. " +
            "Free space on this disk, then continue the run with --resume.", cause.HResult);
    }
}
