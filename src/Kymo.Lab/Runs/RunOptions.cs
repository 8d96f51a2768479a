namespace Kymo.Lab.Runs;

/// <summary>Where results go.</summary>
/// <param name="Root">The results folder; the run is <c>ROOT/runs/NAME</c>.</param>
/// <param name="Name">The run's name; empty for one made of recipe, dataset and seed.</param>
public sealed record RunOptions(string Root = "results", string Name = "");
