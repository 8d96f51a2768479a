namespace Kymo.App.Tests;

/// <summary>Tests of what belongs to the whole process (memory, listeners to every service in it); they run after all others, one by one.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
