namespace Kymo.Lab.Runs;

/// <summary>What a run learns, which decides the files that prove it.</summary>
public enum TaskKind
{
    /// <summary>One class per item: class table, confusion matrix and class probabilities are part of the evidence.</summary>
    Classification,

    /// <summary>One or several numbers per item.</summary>
    Regression,
}
