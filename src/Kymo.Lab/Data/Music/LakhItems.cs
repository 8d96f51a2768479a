using System.Collections;

namespace Kymo.Lab.Data.Music;

/// <summary>The files of one of Lakh's trees, under a hundred bytes each; an item is made when one is asked for.</summary>
/// <param name="tree">The folder.</param>
sealed class LakhItems(string tree) : IReadOnlyList<MusicItem>
{
    readonly CompactTexts _names = [], _groups = [];
    readonly List<Emotion> _emotions = [];

    /// <inheritdoc/>
    public int Count => _names.Count;

    /// <inheritdoc/>
    public MusicItem this[int index] =>
        new(_names[index], Path.Combine(tree, _names[index]), _groups[index], Emotion: _emotions.Count > 0 ? _emotions[index] : null);

    /// <summary>Adds a file.</summary>
    /// <param name="name">Path below the tree with <c>/</c>.</param>
    /// <param name="group">What it belongs to.</param>
    /// <param name="emotion">Its label; all files have one, or none has.</param>
    public void Add(string name, string group, Emotion? emotion)
    {
        _names.Add(name);
        _groups.Add(group);
        if (emotion is { } known) _emotions.Add(known);
    }

    /// <inheritdoc/>
    public IEnumerator<MusicItem> GetEnumerator()
    {
        for (var index = 0; index < Count; index++) yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
