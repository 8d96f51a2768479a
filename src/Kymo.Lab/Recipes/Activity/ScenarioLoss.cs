using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>A batch of windows as tensors.</summary>
/// <param name="Input">The movement, (batch, axis, joint, row).</param>
/// <param name="Target">The signal that is predicted, (batch, channel, row).</param>
/// <param name="Signal">The signal that is classified: the target, perhaps augmented.</param>
/// <param name="Labels">Int64 classes (batch).</param>
readonly record struct ActivityBatch(Tensor Input, Tensor Target, Tensor Signal, Tensor Labels);

/// <summary>The second task's batch.</summary>
/// <param name="Input">The movement, (batch, axis, joint, row).</param>
/// <param name="Labels">Int64 classes (batch).</param>
readonly record struct SecondaryBatch(Tensor Input, Tensor Labels);

/// <summary>The terms of a batch; those that the scenario does not have are null.</summary>
/// <param name="Total">What is minimised.</param>
/// <param name="Logits">Of real signals, (batch, class); where nothing is learned from those, without a gradient and as in use.</param>
/// <param name="Simulated">The simulated signal.</param>
sealed record ScenarioTerms(Tensor Total, Tensor Logits, Tensor? Simulated)
{
    /// <summary>Regression.</summary>
    public Tensor? Mse { get; init; }

    /// <summary>Classification, the sum of both branches.</summary>
    public Tensor? Activity { get; init; }

    /// <summary>Dissimilarity of the embeddings.</summary>
    public Tensor? Similarity { get; init; }

    /// <summary>Logits of simulated signals, (batch, class).</summary>
    public Tensor? SimulatedLogits { get; init; }

    /// <summary>What the adversary makes of the batch.</summary>
    public AdversaryTerms? Adversary { get; init; }
}

/// <summary>What an adversary makes of a batch.</summary>
/// <param name="Loss">What the others minimise of it, unweighted.</param>
/// <param name="Real">Its values of real signals or embeddings (batch); a logit, or a critic's value.</param>
/// <param name="Simulated">Those of simulated ones.</param>
/// <param name="ClassLoss">Cross-entropy of the classes it names, where it does.</param>
/// <param name="Named">Logits of the classes it gives simulated ones, (batch, class).</param>
sealed record AdversaryTerms(Tensor Loss, Tensor Real, Tensor Simulated, Tensor? ClassLoss, Tensor? Named);

/// <summary>gamma mse + alpha classification + beta similarity, and what scenarios add.</summary>
static class ScenarioLoss
{
    /// <summary>Computes the terms of a batch.</summary>
    /// <param name="network">The networks.</param>
    /// <param name="scenario">Weights and switches.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="secondary">The second task's batch; null without one, and in validation.</param>
    /// <param name="reversal">Strength of the gradient reversal; null leaves the adversary out.</param>
    /// <param name="pretraining">Whether only the adversary's pretraining terms count.</param>
    public static ScenarioTerms Of(
        ActivityNetwork network, ScenarioOptions scenario, ActivityBatch batch, SecondaryBatch? secondary = null, double? reversal = null, bool pretraining = false)
    {
        var losses = scenario.Losses;
        var simulated = scenario.UsesSimulation || secondary is not null ? network.Regressor.Forward(batch.Input) : (Tensor?)null;
        // Real signals that nothing is learned from must not move the statistics of the normalisation either.
        var real = scenario.LearnsFromReal ? network.Extractor.Forward(batch.Signal) : (Tensor?)null;
        var logits = real is { } embedding ? network.Classifier.Forward(embedding) : network.Answer(batch.Signal);
        var sim = simulated is { } signal && (losses.ActivitySim || scenario.ComparesEmbeddings) ? network.EmbedSimulated(signal) : (Tensor?)null;

        var mse = simulated is { } predicted && losses.Mse ? Losses.MeanSquaredError(predicted, batch.Target) : (Tensor?)null;
        var simulatedLogits = losses.ActivitySim && sim is { } z ? network.SimulatedClassifier.Forward(z) : (Tensor?)null;
        var activity = Sum(
            losses.ActivityReal ? Losses.CrossEntropy(logits, batch.Labels, labelSmoothing: scenario.LabelSmoothing) : null,
            simulatedLogits is { } named ? Losses.CrossEntropy(named, batch.Labels, labelSmoothing: scenario.LabelSmoothing) : null);
        var similarity = losses.Similarity && scenario.Beta > 0 && sim is { } embedded ? Alignment.Dissimilarity(embedded, real!.Value) : (Tensor?)null;
        bool Counts(string term) => !pretraining || (scenario.Adversarial.PretrainTerms is { Count: > 0 } terms ? terms.Contains(term) : term == "mse");
        var adversary = pretraining || reversal is null ? null : Adversary(network, scenario.Adversarial, batch, reversal.Value, real, sim, simulated!.Value);
        var other = pretraining ? null : Sum(Other(network, scenario, batch, secondary, real, sim),
            adversary?.Loss.Multiply(scenario.Adversarial.Weight), adversary?.ClassLoss?.Multiply(scenario.Adversarial.AuxWeight));
        var total = Sum(
            Counts("mse") ? Weighted(mse, scenario.Gamma) : null, Counts("activity") ? Weighted(activity, scenario.Alpha) : null,
            Counts("similarity") ? Weighted(similarity, scenario.Beta) : null, other)
            ?? throw new Config.ConfigException("scenario: no term counts; switch one of scenario.losses on and give it a weight above 0");
        return new ScenarioTerms(total, logits, simulated) { Mse = mse, Activity = activity, Similarity = similarity, SimulatedLogits = simulatedLogits, Adversary = adversary };
    }

    /// <summary>What the critic of WGAN-GP minimises: its mean on simulated less that on real signals, and the gradient penalty (Gulrajani et al. 2017).</summary>
    /// <param name="critic">The critic.</param>
    /// <param name="adversary">Weights.</param>
    /// <param name="simulated">Simulated signals; gradients do not flow into them.</param>
    /// <param name="real">Real signals.</param>
    /// <param name="labels">Int64 classes.</param>
    /// <param name="mix">Share of the real signal in each interpolate, (batch, 1, 1).</param>
    public static Tensor Critic(HarSignalDiscriminator critic, AdversarialOptions adversary, Tensor simulated, Tensor real, Tensor labels, Tensor mix)
    {
        simulated = simulated.Detach();
        var (judgedReal, namedReal) = critic.Judge(real, labels);
        var (judgedSim, namedSim) = critic.Judge(simulated, labels);
        var gradient = critic.InputGradient(real.Multiply(mix).Add(simulated.Multiply(1 - mix)), labels);
        var penalty = gradient.Flatten(1).Square().Sum(1).Add(1e-12).Sqrt().Subtract(1).Square().Mean();
        return Sum(judgedSim.Mean() - judgedReal.Mean() + (penalty * adversary.LambdaGp), Names(namedReal, namedSim, labels)?.Multiply(adversary.AuxWeight))!.Value;
    }

    static Tensor? Other(ActivityNetwork network, ScenarioOptions scenario, ActivityBatch batch, SecondaryBatch? secondary, Tensor? real, Tensor? sim)
    {
        Tensor? sum = null;
        if (scenario.Mmd is { Enabled: true } mmd && sim is { } first) sum = Sum(sum, Alignment.Discrepancy(real!.Value, first, mmd.KernelMul, mmd.KernelNum) * mmd.Weight);
        if (scenario.Contrastive is { Enabled: true } contrastive && sim is { } second)
        {
            var labels = Functional.Concatenate([batch.Labels, batch.Labels]);
            sum = Sum(sum, Alignment.Contrastive(Functional.Concatenate([real!.Value, second]), labels, contrastive.Temperature) * contrastive.Weight);
        }
        if (secondary is { } task)
        {
            var named = network.SecondaryClassifier!.Forward(network.EmbedSimulated(network.Regressor.Forward(task.Input)));
            sum = Sum(sum, Losses.CrossEntropy(named, task.Labels) * scenario.Secondary.LossWeight);
        }
        return sum;
    }

    // Through gradient reversal both sides are in one sum; against a critic with steps of its own only the regressor's part is.
    static AdversaryTerms Adversary(
        ActivityNetwork network, AdversarialOptions adversary, ActivityBatch batch, double strength, Tensor? real, Tensor? sim, Tensor simulated)
    {
        var judge = network.Discriminator!;
        if (adversary.Loss == "wgan")
        {
            var (value, classes) = judge.Judge(simulated, batch.Labels);
            Tensor other;
            using (Autograd.NoGrad()) other = judge.Judge(batch.Signal, batch.Labels).Real;
            return new AdversaryTerms(value.Mean().Multiply(-1), other, value, Names(classes, null, batch.Labels), classes);
        }
        var (realInput, simInput) = adversary.Discriminator.InputType == "signal" ? (batch.Signal, simulated) : (real!.Value, sim!.Value);
        var (judgedReal, namedReal) = judge.Judge(GradientReversal.Apply(realInput, strength), batch.Labels);
        var (judgedSim, namedSim) = judge.Judge(GradientReversal.Apply(simInput, strength), batch.Labels);
        var ones = judgedReal.Detach().Multiply(0);
        var bce = Losses.BinaryCrossEntropyWithLogits(judgedReal, ones + (1 - adversary.LabelSmoothing))
            + Losses.BinaryCrossEntropyWithLogits(judgedSim, ones + adversary.LabelSmoothing);
        return new AdversaryTerms(bce, judgedReal, judgedSim, Names(namedReal, namedSim, batch.Labels), namedSim);
    }

    static Tensor? Names(Tensor? first, Tensor? second, Tensor labels) =>
        Sum(first is { } one ? Losses.CrossEntropy(one, labels) : null, second is { } other ? Losses.CrossEntropy(other, labels) : null);

    static Tensor? Weighted(Tensor? term, double weight) => term is { } given && weight > 0 ? given * weight : null;

    static Tensor? Sum(params ReadOnlySpan<Tensor?> terms)
    {
        Tensor? sum = null;
        foreach (var term in terms)
            if (term is { } given) sum = sum is { } before ? before + given : given;
        return sum;
    }
}
