namespace Kymo.App.Campaigns;

/// <summary>A training that a manifest implies.</summary>
/// <param name="Stage"><c>phase1_full_base</c>, <c>phase1_full_cbam</c>, <c>phase1_teacher_tune</c> or <c>phase2_full_kd</c>.</param>
/// <param name="Name">The run's name.</param>
/// <param name="Model">The network.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Overrides">Its settings, as <c>kymo train sleep-events</c> takes them.</param>
sealed record PlannedRun(string Stage, string Name, string Model, long Seed, IReadOnlyList<string> Overrides)
{
    /// <summary>Reduction and kernel of a network with attention; null for one without.</summary>
    public (int Reduction, int Kernel)? Attention { get; init; }

    /// <summary>Alpha and temperature of a training with a teacher; null for one without.</summary>
    public (double Alpha, double Temperature)? Distillation { get; init; }

    /// <summary>The name of what is repeated with each seed: the run's without it.</summary>
    public string Setting => Name[..Name.LastIndexOf("_seed", StringComparison.Ordinal)];

    /// <summary>Whether it is a control: everything as in distillation, without the teacher's word.</summary>
    public bool IsControl => Distillation is { Alpha: 0 };
}
