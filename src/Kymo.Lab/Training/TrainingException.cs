namespace Kymo.Lab.Training;

/// <summary>Training cannot go on: a loss that is no number, a network that diverged. The program ends with 1.</summary>
/// <param name="message">Where it happened, and what to try.</param>
public sealed class TrainingException(string message) : Exception(message);
