namespace Kymo.Lab.Data.Fetching;

/// <summary>A file that a dataset's publisher offers.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Checksum"><c>md5:HEX</c> or <c>sha256:HEX</c> as published, or null where none is known.</param>
/// <param name="Extract">Whether it is an archive that is unpacked.</param>
/// <param name="Folder">Where below the dataset's folder it is unpacked; empty for that folder itself.</param>
public sealed record RemoteFile(Uri Address, string? Checksum, bool Extract, string Folder = "");

/// <summary>A public dataset.</summary>
/// <param name="Name">The word to type.</param>
/// <param name="Title">What it is.</param>
/// <param name="Licence">The licence its publisher states.</param>
/// <param name="Size">Download size in words.</param>
/// <param name="Recipes">Recipes that read it.</param>
/// <param name="Citation">Whom to cite.</param>
/// <param name="Files">The publisher's files; empty where it comes another way.</param>
/// <param name="Note">How else to get it, or what to know.</param>
public sealed record Dataset(
    string Name, string Title, string Licence, string Size, string Recipes, string Citation, IReadOnlyList<RemoteFile> Files, string Note = "")
{
    /// <summary>Where access is asked for; empty where none is needed. Its server is shown the token in HF_TOKEN.</summary>
    public string Gate { get; init; } = "";
}

/// <summary>The datasets Kymo knows where to get.</summary>
public static class Catalogue
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<Dataset> Datasets { get; } =
    [
        new("deam", "DEAM: 1,802 songs with valence and arousal", "CC BY-NC", "1.35 GB", "music-emotion",
            "Aljanaki, Yang and Soleymani, PLoS ONE 12(3), 2017",
            [Archive("https://cvml.unige.ch/databases/DEAM/DEAM_audio.zip"), Archive("https://cvml.unige.ch/databases/DEAM/DEAM_Annotations.zip")]),
        new("dreamcatcher", "DreamCatcher: sounds in the ear over nights, nine labels", "see its page", "tens of GB", "sleep-events",
            "Wang et al., NeurIPS 2024",
            [.. ((string[])["train", "validation", "test"]).Select(part => new RemoteFile(new Uri($"{DreamCatcher.Page}/resolve/{DreamCatcher.Revision}/data/{part}.tar.gz"), null, true, part))],
            $"gated: ask for access at {DreamCatcher.Page}, then type HF_TOKEN=... kymo data fetch dreamcatcher")
        {
            Gate = DreamCatcher.Page,
        },
        new("drumkits", "Drum hits of the Hydrogen drum machine's kits", "per kit: GPL, CC BY, CC0", "220 MB installed", "urban-sounds (demo)",
            "Debian's package hydrogen-drumkits", [], "apt-get install hydrogen-drumkits"),
        new("esc50", "ESC-50: 2,000 environmental sounds of five seconds", "CC BY-NC 3.0", "about 600 MB", "urban-sounds",
            "Piczak, ACM Multimedia 2015", [Archive("https://github.com/karolpiczak/ESC-50/archive/refs/heads/master.zip")]),
        new("fsdd", "Free Spoken Digit Dataset: 3,000 spoken digits", "CC BY-SA 4.0", "about 16 MB", "urban-sounds",
            "Jackson et al.", [Archive("https://github.com/Jakobovski/free-spoken-digit-dataset/archive/refs/heads/master.zip")]),
        new("groove", "Groove MIDI Dataset v1.0.0, MIDI only: 1,150 drum performances", "CC BY 4.0", "3.1 MiB", "music-groove",
            "Gillick et al., ICML 2019", [Archive("https://storage.googleapis.com/magentadata/datasets/groove/groove-v1.0.0-midionly.zip")]),
        new("lakh", "Lakh MIDI dataset v0.1, matched: 45,129 songs", "CC BY 4.0", "1.4 GB", "music-melody, music-harmony",
            "Raffel, PhD thesis, Columbia 2016",
            [Archive("http://hog.ee.columbia.edu/craffel/lmd/lmd_matched.tar.gz", "sha256:621ff830aed771f469e5bfa13dc12a33c6ed69090adeda63d0b5c47783af0191")]),
        new("maestro", "MAESTRO v3.0.0, MIDI only: 1,276 piano performances", "CC BY-NC-SA 4.0", "58 MB", "music-dynamics",
            "Hawthorne et al., ICLR 2019", [Archive("https://storage.googleapis.com/magentadata/datasets/maestro/v3.0.0/maestro-v3.0.0-midi.zip")]),
        new("pop909", "POP909: 909 songs as piano arrangements with chords and keys", "MIT", "about 50 MB", "music-harmony, music-melody, music-dynamics",
            "Wang et al., ISMIR 2020", [Archive("https://github.com/music-x-lab/POP909-Dataset/archive/refs/heads/master.zip")]),
        new("sleep-accel", "PhysioNet Sleep-Accel 1.0.0: 31 nights with a watch and polysomnography", "ODC-By 1.0", "about 560 MB packed", "sleep-stages",
            "Walch et al., SLEEP 42(12), 2019", [new RemoteFile(new Uri("https://physionet.org/files/sleep-accel/1.0.0/SHA256SUMS.txt"), null, false)],
            "SHA256SUMS.txt lists the files; each is fetched and checked against it"),
        new("urbansound8k", "UrbanSound8K: 8,732 city sounds in ten folds", "CC BY-NC 3.0", "6.0 GB", "urban-sounds",
            "Salamon, Jacoby and Bello, ACM Multimedia 2014",
            [Archive("https://zenodo.org/records/1203745/files/UrbanSound8K.tar.gz", "md5:9aa69802bbf37fb986f71ec1483a196e")]),
    ];

    /// <summary>A dataset by name, or null.</summary>
    public static Dataset? Find(string name) => Datasets.FirstOrDefault(dataset => dataset.Name == name);

    static RemoteFile Archive(string address, string? checksum = null) => new(new Uri(address), checksum, Extract: true);
}
