using Kymo.Torch;

namespace Kymo.Lab.Training;

/// <summary>
/// The named random streams of one training, made when they are first asked for and saved together: <c>init</c>, <c>shuffle</c>,
/// <c>augment</c>, <c>dropout</c> ... A stream's numbers depend on the seed, its name and the training's title only.
/// </summary>
/// <param name="seed">The run's seed.</param>
/// <param name="title">What is trained, for instance <c>fold 3</c>.</param>
public sealed class RandomStreams(long seed, string title) : IDisposable
{
    readonly SortedDictionary<string, RandomStream> _streams = new(StringComparer.Ordinal);
    readonly SortedDictionary<string, RandomGenerator> _generators = new(StringComparer.Ordinal);

    /// <summary>A stream for this program.</summary>
    public RandomStream Stream(string name)
    {
        if (!_streams.TryGetValue(name, out var stream)) _streams[name] = stream = new RandomStream(seed, $"{name}/{title}");
        return stream;
    }

    /// <summary>A generator for the tensor engine.</summary>
    public RandomGenerator Generator(string name)
    {
        if (!_generators.TryGetValue(name, out var generator))
            _generators[name] = generator = new RandomGenerator(RandomStream.SeedFor(seed, $"{name}/{title}"));
        return generator;
    }

    /// <summary>The position of every stream, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> Save()
    {
        var saved = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (name, stream) in _streams) saved[name] = stream.State;
        foreach (var (name, generator) in _generators) saved[name] = generator.GetState();
        return saved;
    }

    /// <summary>Goes back to saved positions. Names that no stream has been made for yet are streams of this program.</summary>
    public void Load(IReadOnlyDictionary<string, byte[]> saved)
    {
        foreach (var (name, state) in saved)
            if (_generators.TryGetValue(name, out var generator)) generator.SetState(state);
            else Stream(name).State = state;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var generator in _generators.Values) generator.Dispose();
    }
}
