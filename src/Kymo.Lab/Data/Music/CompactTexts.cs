using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Kymo.Lab.Data.Music;

/// <summary>Many short texts as UTF-8 in one array, four bytes besides for each; a string is made when one is asked for.</summary>
sealed class CompactTexts : IReadOnlyList<string>
{
    readonly List<byte> _bytes = [];
    readonly List<int> _ends = [];

    /// <inheritdoc/>
    public int Count => _ends.Count;

    /// <inheritdoc/>
    public string this[int index]
    {
        get
        {
            var first = index == 0 ? 0 : _ends[index - 1];
            return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_bytes)[first.._ends[index]]);
        }
    }

    /// <summary>Adds a text.</summary>
    public void Add(string text)
    {
        var first = _bytes.Count;
        CollectionsMarshal.SetCount(_bytes, first + Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, CollectionsMarshal.AsSpan(_bytes)[first..]);
        _ends.Add(_bytes.Count);
    }

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator()
    {
        for (var index = 0; index < Count; index++) yield return this[index];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
