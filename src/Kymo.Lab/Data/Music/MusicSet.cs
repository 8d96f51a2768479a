using Kymo.Config;

namespace Kymo.Lab.Data.Music;

/// <summary>What a music set is for.</summary>
public enum MusicKind
{
    /// <summary>Audio with valence and arousal.</summary>
    Emotion,

    /// <summary>MIDI with pitches.</summary>
    Melody,

    /// <summary>MIDI or chord files.</summary>
    Harmony,

    /// <summary>MIDI with velocities.</summary>
    Dynamics,

    /// <summary>Drum MIDI.</summary>
    Groove,
}

/// <summary>Valence and arousal of a piece.</summary>
/// <param name="Valence">-1 to 1.</param>
/// <param name="Arousal">0 to 1.</param>
public readonly record struct Emotion(double Valence, double Arousal);

/// <summary>What Groove's table says of a performance.</summary>
/// <param name="Drummer">Who plays.</param>
/// <param name="Style">Style with its substyle, <c>funk/groove1</c>.</param>
/// <param name="Bpm">Beats a minute.</param>
/// <param name="IsBeat">Whether it is a beat, not a fill.</param>
/// <param name="Metre">As the table writes it, <c>4-4</c>.</param>
public sealed record DrumPerformance(string Drummer, string Style, double Bpm, bool IsBeat, string Metre);

/// <summary>A piece of a music set.</summary>
/// <param name="Id">Path below the set's root with <c>/</c>, stable across machines.</param>
/// <param name="Path">The file.</param>
/// <param name="Group">What must not stand on both sides of a split: the song, the artist, the composition.</param>
/// <param name="Split">The published part (<c>train</c>, <c>validation</c>, <c>test</c>), or null.</param>
/// <param name="Emotion">Valence and arousal, or null.</param>
/// <param name="Drums">What Groove says of it, or null.</param>
public sealed record MusicItem(
    string Id, string Path, string Group, string? Split = null, Emotion? Emotion = null, DrumPerformance? Drums = null);

/// <summary>What a reader finds.</summary>
/// <param name="Name">The set: <c>deam</c>, <c>lakh</c>, <c>maestro</c>, <c>groove</c>, <c>pop909</c>, <c>simple</c>.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Root">The folder it was read from.</param>
/// <param name="Licence">The licence its publisher states; <c>unknown</c> for a folder of one's own.</param>
/// <param name="LabelSource">The file the labels come from, or <c>none</c>.</param>
/// <param name="Items">The pieces, in ordinal order of their identifiers.</param>
/// <param name="Exclusions">What was left out, and labels without a file.</param>
/// <param name="Notes">What a reader of the results must know: layout taken, scales converted.</param>
public sealed record MusicSet(
    string Name, MusicKind Kind, string Root, string Licence, string LabelSource, IReadOnlyList<MusicItem> Items,
    IReadOnlyList<Exclusion> Exclusions, IReadOnlyList<string> Notes)
{
    /// <summary>Whether the licence forbids commercial use of what is made of the data.</summary>
    public bool IsNonCommercial => Licence.Contains("NC", StringComparison.Ordinal);
}

/// <summary>How labels are read.</summary>
/// <param name="Scale">
/// <c>auto</c> (a value above 1.5 anywhere makes the whole file 1 to 9), <c>unit</c> or <c>native</c> (1 to 9).
/// </param>
/// <param name="SkipUnlabelled">Whether files without a label are left out and counted; an error otherwise.</param>
public sealed record LabelOptions(
    [property: AllowedValues("auto", "unit", "native")] string Scale = "auto", bool SkipUnlabelled = false);
