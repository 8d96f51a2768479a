namespace Kymo.Tuning;

/// <summary>How <see cref="TpeSampler"/> searches; the defaults are Optuna's.</summary>
public sealed record TpeOptions
{
    /// <summary>Trials drawn at random before the model is used; default 10.</summary>
    public int StartupTrials { get; init; } = 10;

    /// <summary>Candidates drawn from the good trials' density for each choice; default 24.</summary>
    public int Candidates { get; init; } = 24;

    /// <summary>Whether parameters that every trial has are modelled together; default false.</summary>
    public bool Multivariate { get; init; }

    /// <summary>
    /// Whether parameters are modelled together in the groups that trials ask for together; needs <see cref="Multivariate"/>;
    /// default false.
    /// </summary>
    public bool Group { get; init; }

    /// <summary>Whether running trials count as bad ones, which spreads parallel workers; default false.</summary>
    public bool ConstantLiar { get; init; }
}
