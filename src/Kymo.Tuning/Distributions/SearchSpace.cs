using System.Collections;

namespace Kymo.Tuning;

/// <summary>Named distributions in the order a trial asks for them; what a search-space file becomes.</summary>
public sealed class SearchSpace : IReadOnlyList<KeyValuePair<string, Distribution>>
{
    readonly KeyValuePair<string, Distribution>[] _parameters;

    /// <summary>Makes the space.</summary>
    /// <param name="parameters">Names and distributions, in order; names are unique and not empty.</param>
    /// <exception cref="StudyException">A name is empty or stands twice.</exception>
    public SearchSpace(IEnumerable<KeyValuePair<string, Distribution>> parameters)
    {
        _parameters = [.. parameters];
        var names = new HashSet<string>();
        foreach (var (name, _) in _parameters)
        {
            if (name.Length == 0) throw new StudyException("a parameter of the search space has no name");
            if (!names.Add(name))
                throw new StudyException($"the parameter {name} stands twice in the search space; leave one out");
        }
    }

    /// <inheritdoc/>
    public int Count => _parameters.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, Distribution> this[int index] => _parameters[index];

    /// <summary>The distribution of a name, or null.</summary>
    public Distribution? Find(string name) => Array.Find(_parameters, parameter => parameter.Key == name).Value;

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Distribution>> GetEnumerator() => _parameters.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _parameters.GetEnumerator();
}
