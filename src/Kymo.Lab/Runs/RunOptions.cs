namespace Kymo.Lab.Runs;

/// <summary>Where results go.</summary>
/// <param name="Root">The results folder; the run is <c>ROOT/runs/NAME</c>.</param>
/// <param name="Name">The run's name; empty for one made of recipe, dataset and seed.</param>
/// <param name="Label">Stands behind a name that was not given.</param>
/// <param name="Dir">A link to the run's folder is made here; relative to where the command was typed. Null for none.</param>
public sealed record RunOptions(string Root = "results", string Name = "", string Label = "", string? Dir = null);
