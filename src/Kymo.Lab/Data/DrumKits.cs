using System.Xml;
using System.Xml.Linq;
using Kymo.Signals;

namespace Kymo.Lab.Data;

/// <summary>
/// Drum hits from the kits of the Hydrogen drum machine (Debian's package <c>hydrogen-drumkits</c>): one folder a kit with
/// <c>drumkit.xml</c> and the recordings of its instruments. The class follows from the instrument's name; the kit is the group, so
/// that a split never hears the same drums on both sides.
/// </summary>
public static class DrumKits
{
    /// <summary>Where Debian's package puts the kits.</summary>
    public const string DebianRoot = "/usr/share/hydrogen/data/drumkits";

    // The first rule whose word occurs in the instrument's name decides; an instrument that no rule names is left out.
    static readonly (string Word, string? Class)[] s_rules =
    [
        ("drum kit", null), ("beats", null), ("sample", null), ("zap", null), ("fx", null), ("conga", null), ("whistle", null),
        ("clap", "clap"), ("cowbell", "cowbell"), ("agogo", "cowbell"), ("maraca", "shaker"), ("shaker", "shaker"), ("cabasa", "shaker"),
        ("tambourine", "shaker"), ("rim click", "rim_stick"), ("stick", "rim_stick"), ("rimshot", "snare"), ("click", null),
        ("pedal hh", "hihat_closed"), ("hi-hat pedal", "hihat_closed"), ("hi-hat semiopen", "hihat_closed"), ("closed hh", "hihat_closed"),
        ("hi-hat closed", "hihat_closed"), ("hat closed", "hihat_closed"), ("hat 1 cl", "hihat_closed"), ("hat 2 cl", "hihat_closed"),
        ("hat 3 cl", "hihat_closed"), ("hat 1 pd", "hihat_closed"), ("hat closed bs", "hihat_closed"), ("open hh", "hihat_open"),
        ("hi-hat open", "hihat_open"), ("hat op", "hihat_open"), ("hat 1 op", "hihat_open"), ("ride", "ride"), ("crash", "crash"),
        ("china", "crash"), ("splash", "crash"), ("tom", "tom"), ("snare", "snare"), ("bass drum", "kick"), ("bassdrum", "kick"),
        ("kick", "kick"),
    ];

    /// <summary>Reads all kits below a folder.</summary>
    /// <param name="root">The folder that holds the kits; <see cref="DebianRoot"/> by default.</param>
    /// <exception cref="DataException">No kits there.</exception>
    public static RecordingSet Read(string root = DebianRoot)
    {
        if (!Directory.Exists(root))
            throw new DataException(root, "no drum kits here; install Debian's package hydrogen-drumkits, or name a folder with data.root=DIR");
        var hits = Directory.GetDirectories(root).Order(StringComparer.Ordinal).SelectMany(kit => ReadKit(root, kit)).ToArray();
        if (hits.Length == 0) throw new DataException(root, "none of its folders holds a drumkit.xml with recordings");
        var classes = hits.Select(hit => hit.Class).OfType<string>().Distinct().Order(StringComparer.Ordinal).ToArray();
        var named = hits.Where(hit => hit.Class is not null).DistinctBy(hit => hit.Id)
            .Select(hit => new Recording(hit.Id, hit.Path, Array.IndexOf(classes, hit.Class), Fold: 0, hit.Kit));
        var unnamed = hits.Where(hit => hit.Class is null).DistinctBy(hit => hit.Id)
            .Select(hit => new Exclusion(hit.Id, $"instrument '{hit.Instrument}' is of no class"));
        return new RecordingSet(
            "hydrogen-drumkits", Path.GetFullPath(root), "per kit: GPL, CC BY, CC0 (see the package's copyright file)", classes, [.. named], [.. unnamed]);
    }

    static string? ClassOf(string instrument)
    {
        var name = instrument.ToLowerInvariant();
        return s_rules.FirstOrDefault(rule => name.Contains(rule.Word, StringComparison.Ordinal)).Class;
    }

    static IEnumerable<Hit> ReadKit(string root, string folder)
    {
        var table = Path.Combine(folder, "drumkit.xml");
        if (!File.Exists(table)) yield break;
        foreach (var instrument in Load(table).Descendants().Where(element => element.Name.LocalName == "instrument"))
        {
            var name = instrument.Elements().FirstOrDefault(element => element.Name.LocalName == "name")?.Value.Trim() ?? "";
            foreach (var file in instrument.Descendants().Where(element => element.Name.LocalName == "filename"))
            {
                // The tables say .wav where the package holds .flac.
                var path = Path.Combine(folder, Path.GetFileName(file.Value.Trim()));
                if (!File.Exists(path)) path = Path.ChangeExtension(path, ".flac");
                if (File.Exists(path))
                    yield return new Hit(Path.GetRelativePath(root, path).Replace('\\', '/'), path, ClassOf(name), Path.GetFileName(folder)!, name);
            }
        }
    }

    static XDocument Load(string table)
    {
        try
        {
            using var reader = XmlReader.Create(table, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return XDocument.Load(reader);
        }
        catch (XmlException error)
        {
            throw new DataException(table, $"line {error.LineNumber}: {error.Message}", error);
        }
    }

    sealed record Hit(string Id, string Path, string? Class, string Kit, string Instrument);
}
