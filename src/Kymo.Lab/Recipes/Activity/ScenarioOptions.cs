using Kymo.Config;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Which terms, modules and data take part in a training: total = gamma mse + alpha classification + beta similarity + further terms.</summary>
/// <param name="Trainable">Modules that are trained; the others keep their bytes. Empty for all.</param>
/// <param name="Losses">Terms that count.</param>
/// <param name="Secondary">A second task on other joint tracks.</param>
/// <param name="Mmd">Maximum mean discrepancy between the embeddings.</param>
/// <param name="Contrastive">Supervised contrastive loss over both embeddings.</param>
/// <param name="Adversarial">A network that tells real from simulated.</param>
/// <param name="ExperimentName">Name in tables.</param>
/// <param name="Alpha">Weight of the classification.</param>
/// <param name="Beta">Weight of the similarity of the embeddings.</param>
/// <param name="Gamma">Weight of the regression.</param>
/// <param name="SeparateClassifiers">Whether the simulated branch has a classifier of its own.</param>
/// <param name="SeparateFeatureExtractors">Whether it has an extractor of its own.</param>
/// <param name="LabelSmoothing">Share of the target spread over all classes.</param>
public sealed record ScenarioOptions(
    IReadOnlyList<string> Trainable,
    ScenarioLosses Losses,
    SecondaryOptions Secondary,
    MmdOptions Mmd,
    ContrastiveOptions Contrastive,
    AdversarialOptions Adversarial,
    string ExperimentName = "scenario2",
    [property: Range(0, 1e6)] double Alpha = 100,
    [property: Range(0, 1e6)] double Beta = 1,
    [property: Range(0, 1e6)] double Gamma = 1,
    bool SeparateClassifiers = false,
    bool SeparateFeatureExtractors = false,
    [property: Range(0, 0.99)] double LabelSmoothing = 0)
{
    /// <summary>Whether anything needs the simulated signal.</summary>
    internal bool UsesSimulation => (Losses.Mse && Gamma > 0) || Losses.ActivitySim || (Losses.Similarity && Beta > 0) || Mmd.Enabled || Contrastive.Enabled || Adversarial.Enabled;

    /// <summary>Whether embeddings of real and of simulated signals are compared.</summary>
    internal bool ComparesEmbeddings => (Losses.Similarity && Beta > 0) || Mmd.Enabled || Contrastive.Enabled || Adversarial is { Enabled: true, Discriminator.InputType: "features" };

    /// <summary>Whether the extractor learns from real signals.</summary>
    internal bool LearnsFromReal => Losses.ActivityReal || ComparesEmbeddings;

    /// <summary>Whether simulated signals pass through an extractor.</summary>
    internal bool EmbedsSimulated => Losses.ActivitySim || ComparesEmbeddings || Secondary.Enabled;
}

/// <summary>Terms that count.</summary>
/// <param name="Mse">Regression of the signal.</param>
/// <param name="Similarity">Similarity of the embeddings.</param>
/// <param name="ActivityReal">Classification of real signals.</param>
/// <param name="ActivitySim">Classification of simulated signals.</param>
public sealed record ScenarioLosses(bool Mse = true, bool Similarity = true, bool ActivityReal = true, bool ActivitySim = true);

/// <summary>A second task: actions of other joint tracks, through regressor and extractor, with a linear head of its own.</summary>
/// <param name="Enabled">Whether it takes part.</param>
/// <param name="LossWeight">Its weight.</param>
/// <param name="NClasses">Its classes.</param>
public sealed record SecondaryOptions(bool Enabled = false, [property: Range(0, 1e6)] double LossWeight = 1, [property: Range(2, 1000)] int NClasses = 60);

/// <summary>Maximum mean discrepancy.</summary>
/// <param name="Enabled">Whether it counts.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="KernelMul">Ratio of one kernel's width to the next.</param>
/// <param name="KernelNum">Kernels.</param>
public sealed record MmdOptions(bool Enabled = false, [property: Range(0, 1e6)] double Weight = 0.5, [property: Range(1, 100)] double KernelMul = 2, [property: Range(1, 50)] int KernelNum = 5);

/// <summary>Supervised contrastive loss.</summary>
/// <param name="Enabled">Whether it counts.</param>
/// <param name="Weight">Its weight.</param>
/// <param name="Temperature">Divides the cosines.</param>
public sealed record ContrastiveOptions(bool Enabled = false, [property: Range(0, 1e6)] double Weight = 0.3, [property: Range(1e-3, 100)] double Temperature = 0.5);

/// <summary>A network that tells real from simulated, with an optimiser of its own.</summary>
/// <param name="PretrainTerms">Terms that count before it enters: <c>mse</c>, <c>activity</c>, <c>similarity</c>; empty for <c>mse</c>.</param>
/// <param name="Discriminator">The network.</param>
/// <param name="Enabled">Whether it takes part.</param>
/// <param name="Weight">Weight of its term.</param>
/// <param name="Loss"><c>bce</c> through gradient reversal, or <c>wgan</c> with gradient penalty and steps of its own.</param>
/// <param name="Lr">Its optimiser's rate.</param>
/// <param name="GrlLambda">Strength of the reversal, or its end where that is scheduled.</param>
/// <param name="ScheduleLambda">Whether the strength rises from 0.</param>
/// <param name="ScheduleGamma">How fast.</param>
/// <param name="NCritic">Its own steps for each step of the others (<c>wgan</c>).</param>
/// <param name="LambdaGp">Weight of the gradient penalty (<c>wgan</c>).</param>
/// <param name="PretrainEpochs">Epochs before it enters.</param>
/// <param name="LabelSmoothing">Real is 1 less this, simulated is this (<c>bce</c>).</param>
/// <param name="UseAcgan">Whether it names classes too.</param>
/// <param name="AuxWeight">Weight of that.</param>
public sealed record AdversarialOptions(
    [property: AllowedValues("mse", "activity", "similarity")] IReadOnlyList<string> PretrainTerms,
    DiscriminatorOptions Discriminator,
    bool Enabled = false,
    [property: Range(0, 1e6)] double Weight = 0.1,
    [property: AllowedValues("bce", "wgan")] string Loss = "bce",
    [property: Range(1e-9, 10)] double Lr = 1e-4,
    [property: Range(0, 1e6)] double GrlLambda = 1,
    bool ScheduleLambda = false,
    [property: Range(0, 1000)] double ScheduleGamma = 10,
    [property: Range(1, 100)] int NCritic = 5,
    [property: Range(0, 1e6)] double LambdaGp = 10,
    [property: Range(0, 100_000)] int PretrainEpochs = 0,
    [property: Range(0, 0.49)] double LabelSmoothing = 0.1,
    bool UseAcgan = false,
    [property: Range(0, 1e6)] double AuxWeight = 1)
{
    /// <summary>First epochs in which other terms count than later; 0 without an adversary.</summary>
    internal int Pretraining => Enabled ? PretrainEpochs : 0;
}

/// <summary>The network that tells real from simulated.</summary>
/// <param name="HiddenUnits">Units of the hidden layers (features).</param>
/// <param name="HiddenChannels">Filters of the convolutions (signal).</param>
/// <param name="InputType">What it judges: <c>features</c> or <c>signal</c>.</param>
/// <param name="Dropout">Share of units dropped.</param>
/// <param name="NormalizeFeatures">Whether embeddings are divided by their norm.</param>
/// <param name="EmbedDim">Numbers of a class embedding.</param>
public sealed record DiscriminatorOptions(
    [property: Range(1, 65_536)] IReadOnlyList<int> HiddenUnits,
    [property: Range(1, 4096)] IReadOnlyList<int> HiddenChannels,
    [property: AllowedValues("features", "signal")] string InputType = "features",
    [property: Range(0, 0.95)] double Dropout = 0.3,
    bool NormalizeFeatures = true,
    [property: Range(1, 4096)] int EmbedDim = 32);
