namespace Kymo.App.Searches;

/// <summary>Addresses of storages as people type them.</summary>
static class StorageAddress
{
    /// <summary>The file that an address names; null where it names a server.</summary>
    public static string? FileOf(string address) =>
        address.StartsWith("sqlite:///", StringComparison.Ordinal) ? address["sqlite:///".Length..]
        : address.StartsWith("journal:", StringComparison.Ordinal) ? address["journal:".Length..]
        : address.Contains("://", StringComparison.Ordinal) ? null : address;
}
