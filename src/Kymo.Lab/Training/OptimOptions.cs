using System.Text.Json.Serialization;
using Kymo.Config;
using Kymo.Torch;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Training;

/// <summary>How the learning rate moves.</summary>
public enum RateSchedule
{
    /// <summary>Constant.</summary>
    None,

    /// <summary>Up from a tenth along a line, then down to a hundredth along half a cosine.</summary>
    WarmupCosine,

    /// <summary>Up in a share of the steps, then down to almost nothing (Smith and Topin 2018).</summary>
    OneCycle,

    /// <summary>Down along half a cosine.</summary>
    Cosine,

    /// <summary>Multiplied by <c>plateau.factor</c> after <c>plateau.patience</c> epochs without a better <c>plateau.monitor</c>.</summary>
    Plateau,
}

/// <summary>Optimiser and schedule.</summary>
/// <param name="Plateau">For <c>schedule=plateau</c>.</param>
/// <param name="Name"><c>adam</c> (coupled weight decay), <c>adamw</c> or <c>sgd</c>.</param>
/// <param name="Lr">Learning rate; the highest one of a schedule.</param>
/// <param name="WeightDecay">Weight decay.</param>
/// <param name="Momentum">Momentum of <c>sgd</c>.</param>
/// <param name="Schedule">How the rate moves.</param>
/// <param name="Warmup">Share of the steps in which the rate rises.</param>
public sealed record OptimOptions(
    PlateauOptions Plateau,
    [property: AllowedValues("adam", "adamw", "sgd")] string Name = "adamw",
    [property: Range(1e-9, 10)] double Lr = 1e-3,
    [property: Range(0, 10)] double WeightDecay = 0,
    [property: Range(0, 0.9999)] double Momentum = 0,
    RateSchedule Schedule = RateSchedule.None,
    [property: Range(0.01, 0.99)] double Warmup = 0.15)
{
    /// <summary>The optimiser's class name, as reports show it.</summary>
    [JsonIgnore]
    public string Title => Name switch { "adam" => "Adam", "adamw" => "AdamW", _ => "SGD" };

    /// <summary>The schedule as reports show it; empty for none.</summary>
    [JsonIgnore]
    public string ScheduleTitle => Schedule == RateSchedule.None ? "" : Schedule.ToString();

    /// <summary>A new optimiser of a network's parameters.</summary>
    public Optimizer NewOptimizer(IEnumerable<NamedTensor> parameters)
    {
        var adam = new AdamOptions { LearningRate = Lr, WeightDecay = WeightDecay };
        return Name switch
        {
            "adam" => new Adam(parameters, adam),
            "adamw" => new AdamW(parameters, adam),
            _ => new Sgd(parameters, new SgdOptions { LearningRate = Lr, WeightDecay = WeightDecay, Momentum = Momentum }),
        };
    }
}

/// <summary>The schedule that waits for a plateau.</summary>
/// <param name="Monitor">The score that is watched.</param>
/// <param name="Mode"><c>min</c>, <c>max</c> or <c>auto</c>.</param>
/// <param name="Factor">What the rate is multiplied by.</param>
/// <param name="Patience">Epochs that are waited.</param>
/// <param name="Threshold">Relative change that counts as better.</param>
/// <param name="MinLr">The smallest rate.</param>
public sealed record PlateauOptions(
    string Monitor = "val_loss",
    [property: AllowedValues("min", "max", "auto")] string Mode = "auto",
    [property: Range(1e-6, 1)] double Factor = 0.2,
    [property: Range(0, 100_000)] int Patience = 5,
    [property: Range(0, 1)] double Threshold = 1e-4,
    [property: Range(0, 10)] double MinLr = 1e-5);
