using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Lab.Models;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.UrbanSounds;

/// <summary>The training of one held-out fold: network, augmented batches, cross-entropy with smoothed targets.</summary>
sealed class UrbanObjective
{
    readonly UrbanSoundsConfig _config;
    readonly SpectrogramExamples _examples;
    readonly Device _device;
    readonly RandomStream _augment;
    readonly float[] _clips, _targets, _clip, _scratch;
    readonly float[]? _weights;
    readonly int _classes;
    readonly PartLoss _loss;
    int _frames;

    UrbanObjective(UrbanSoundsConfig config, SpectrogramExamples examples, Split split, Device device, RandomStreams streams)
    {
        (_config, _examples, _device) = (config, examples, device);
        _classes = examples.Set.Classes.Count;
        _augment = streams.Stream("augment");
        Network = NewNetwork(config, _classes, streams.Generator("init"), streams.Generator("dropout"));
        Network.To(device);
        Standardizer = config.Features.Standardize == "train" ? examples.Fit(split.Train) : Standardizer.None(examples.Bands);
        var largest = config.Trainer.BatchSize + 1;
        (_clips, _targets) = (new float[largest * examples.Length], new float[largest * _classes]);
        (_clip, _scratch) = (new float[examples.Length], new float[examples.Length]);
        var counts = examples.Labels(split.Train).CountBy(label => label).ToDictionary();
        _weights = ClassWeights.Of(config.Objective.ClassWeights, [.. Enumerable.Range(0, _classes).Select(label => counts.GetValueOrDefault(label))]);
        _loss = Loss;
    }

    /// <summary>The network.</summary>
    public UrbanCnn Network { get; }

    /// <summary>Scales the inputs.</summary>
    public Standardizer Standardizer { get; }

    /// <summary>The training of a fold, and what it scales its inputs by.</summary>
    public static (Fit Fit, UrbanObjective Objective) Begin(
        UrbanSoundsConfig config, SpectrogramExamples examples, Split split, Device device, TimeProvider clock)
    {
        var title = $"fold {split.Fold}";
        var streams = new RandomStreams(config.Seed, title);
        var objective = new UrbanObjective(config, examples, split, device, streams);
        var plan = new FitPlan
        {
            Title = title,
            Network = objective.Network,
            Optimizer = config.Optim.NewOptimizer(objective.Network.NamedParameters()),
            Streams = streams,
            Train = split.Train,
            Validation = split.Validation,
            Prepare = objective.Prepare,
            Score = indices => Scores(objective.Evaluate(indices)),
            Classes = objective._classes,
            TrainLabels = examples.Labels(split.Train),
            SmallestBatch = 2,
            Device = device,
        };
        return (new Fit(plan, config.Trainer, config.Optim, clock), objective);
    }

    /// <summary>The recipe's network without weights of its own yet.</summary>
    public static UrbanCnn NewNetwork(UrbanSoundsConfig config, int classes, RandomGenerator init, RandomGenerator dropout) =>
        new(NetworkConfig(config, classes), init, dropout);

    /// <summary>The settings of the recipe's network.</summary>
    public static UrbanCnnConfig NetworkConfig(UrbanSoundsConfig config, int classes) =>
        new(classes, config.Features.NMels, config.Model.EncoderDropout, config.Model.HeadDropout);

    /// <summary>Scores some recordings with the present weights.</summary>
    public ClassEvaluation Evaluate(int[] indices) =>
        Classifier.Evaluate(Network, _examples, indices, Standardizer, _config.Trainer.EvalBatchSize, _device);

    static Dictionary<string, double> Scores(ClassEvaluation evaluation) => StandardScores.Classification(evaluation.Loss, evaluation.Matrix);

    // Reads, standardises, augments and mixes a batch; (batch, mel, frame) and (batch, class).
    PartLoss Prepare(ReadOnlyMemory<int> examples)
    {
        var indices = examples.Span;
        _frames = _config.Augment.CroppedFrames(_examples.Frames);
        var length = _examples.Bands * _frames;
        var clips = _clips.AsSpan(0, indices.Length * length);
        var targets = _targets.AsSpan(0, indices.Length * _classes);
        var smoothing = (float)_config.Objective.LabelSmoothing;
        targets.Fill(smoothing / _classes);
        for (var i = 0; i < indices.Length; i++)
        {
            targets[(i * _classes) + _examples.Set.Recordings[indices[i]].Label] += 1 - smoothing;
            _examples.Fill(indices.Slice(i, 1), Standardizer, _clip);
            _config.Augment.Apply(_clip, clips.Slice(i * length, length), _examples.Bands, _augment, _scratch);
        }
        _config.Augment.Mix(clips, targets, indices.Length, _augment);
        return _loss;
    }

    Tensor Loss(TensorScope scope, int first, int count, EpochSums sums)
    {
        var length = _examples.Bands * _frames;
        var clips = _clips.AsSpan(first * length, count * length);
        var targets = _targets.AsSpan(first * _classes, count * _classes);
        var logits = Network.Forward(scope.From<float>(clips, count, _examples.Bands, _frames).To(_device));
        sums.Count(logits.ToArray<float>(), targets);
        var weights = _weights is { } values ? scope.From<float>(values, _classes).To(_device) : (Tensor?)null;
        return Losses.CrossEntropy(logits, scope.From<float>(targets, count, _classes).To(_device), weights);
    }
}
