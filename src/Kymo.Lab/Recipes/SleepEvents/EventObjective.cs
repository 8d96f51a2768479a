using Kymo.Lab.Data;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>
/// One training: weighted cross-entropy against the labels and, with a teacher, alpha T² KL(teacher ‖ student) at temperature T beside
/// (1 - alpha) of it. The student's initial weights and its order of clips are those of the same seed without a teacher.
/// </summary>
sealed class EventObjective
{
    readonly SleepEventsConfig _config;
    readonly SpectrogramExamples _examples;
    readonly Device _device;
    readonly float[] _weights;
    readonly float[][]? _teacher;
    readonly RandomStream _augment;
    readonly float[] _clips, _clip, _scratch, _rows, _targets, _soft;
    readonly int _classes;
    readonly PartLoss _loss;
    double _weightSum;
    int _count, _frames;

    internal EventObjective(SleepEventsConfig config, SpectrogramExamples examples, int[] train, float[][]? teacher, Device device, RandomStreams streams)
    {
        (_config, _examples, _teacher, _device) = (config, examples, teacher, device);
        _classes = examples.Set.Classes.Count;
        _augment = streams.Stream("augment");
        Network = EventNetwork.New(config.Model, _classes, streams.Generator("init"));
        Standardizer = config.Features.Standardize == "train" ? examples.Fit(train) : Standardizer.None(examples.Bands);
        EventNetwork.TellSilence(Network, Standardizer);
        Network.To(device);
        var counts = examples.Labels(train).CountBy(label => label).ToDictionary();
        _weights = ClassWeights.Of(config.Objective.ClassWeights, [.. Enumerable.Range(0, _classes).Select(label => counts.GetValueOrDefault(label))])
            ?? [.. Enumerable.Repeat(1f, _classes)];
        var largest = config.Trainer.BatchSize;
        (_clips, _clip, _scratch) = (new float[largest * examples.Length], new float[examples.Length], new float[examples.Length]);
        (_rows, _targets, _soft) = (new float[2 * largest * _classes], new float[largest * _classes], new float[largest * _classes]);
        _loss = Loss;
    }

    /// <summary>The network.</summary>
    public Module Network { get; }

    /// <summary>Scales the inputs.</summary>
    public Standardizer Standardizer { get; }

    /// <summary>Begins a training.</summary>
    public static (Fit Fit, EventObjective Objective) Begin(
        SleepEventsConfig config, SpectrogramExamples examples, int[] train, int[] validation, float[][]? teacher, Device device, TimeProvider clock)
    {
        var streams = new RandomStreams(config.Seed, "student");
        var objective = new EventObjective(config, examples, train, teacher, device, streams);
        return (new Fit(objective.Plan(streams, train, validation), config.Trainer, config.Optim, clock), objective);
    }

    /// <summary>What a training is made of.</summary>
    public FitPlan Plan(RandomStreams streams, int[] train, int[] validation) => new()
    {
        Title = _config.Model.Name,
        Network = Network,
        Optimizer = _config.Optim.NewOptimizer(Network.NamedParameters()),
        Streams = streams,
        Train = train,
        Validation = validation,
        Prepare = Prepare,
        Score = indices => Scores(Evaluate(indices)),
        Classes = _classes,
        TrainLabels = _examples.Labels(train),
        Device = _device,
        Extra = _config.Distill.Teacher == "" ? null
            : () => new Dictionary<string, double> { ["alpha"] = _config.Distill.Alpha, ["tau"] = _config.Distill.Temperature },
    };

    /// <summary>Scores recordings with the present weights; the loss is the weighted cross-entropy, without the teacher.</summary>
    public ClassEvaluation Evaluate(int[] indices)
    {
        var rows = Logits(Network, _examples, indices, Standardizer, _config.Trainer.EvalBatchSize, _device).Select(Probabilities).ToArray();
        var labels = _examples.Labels(indices);
        var evaluation = ClassEvaluation.Of(_classes, labels, rows);
        // The original weighs batch by batch, and the batches by their clips.
        var batch = _config.Compat == "original" ? _config.Trainer.EvalBatchSize : Math.Max(1, labels.Length);
        var loss = Enumerable.Range(0, labels.Length).Chunk(batch).Sum(part => part.Length * WeightedLoss(part, labels, rows)) / labels.Length;
        return evaluation with { Loss = loss };
    }

    double WeightedLoss(int[] part, int[] labels, float[][] rows) =>
        part.Sum(i => -_weights[labels[i]] * Math.Log(Math.Max(rows[i][labels[i]], 1e-12))) / part.Sum(i => (double)_weights[labels[i]]);

    /// <summary>Logits of recordings, without gradients.</summary>
    public static IEnumerable<float[]> Logits(
        Module network, SpectrogramExamples examples, int[] indices, Standardizer standardizer, int batchSize, Device device)
    {
        network.Eval();
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var rows = new List<float[]>(indices.Length);
        var batch = new float[Math.Min(batchSize, Math.Max(1, indices.Length)) * examples.Length];
        foreach (var chunk in indices.Chunk(batchSize))
        {
            var clips = batch.AsSpan(0, chunk.Length * examples.Length);
            examples.Fill(chunk, standardizer, clips);
            var flat = network.Forward(scope.From<float>(clips, chunk.Length, examples.Bands, examples.Frames).To(device)).ToArray<float>();
            rows.AddRange(flat.Chunk(flat.Length / chunk.Length));
            scope.Reset();
        }
        return rows;
    }

    static Dictionary<string, double> Scores(ClassEvaluation evaluation) => StandardScores.Classification(evaluation.Loss, evaluation.Matrix);

    static float[] Probabilities(float[] logits) => Softened(logits, 1);

    /// <summary>Class probabilities of logits over a temperature.</summary>
    public static float[] Softened(float[] logits, double temperature)
    {
        var largest = logits.Max();
        double[] powers = [.. logits.Select(logit => Math.Exp((logit - largest) / temperature))];
        var sum = powers.Sum();
        return [.. powers.Select(power => (float)(power / sum))];
    }

    // A row of targets holds the label's distribution and the teacher's, so that mixed clips have both mixed alike.
    PartLoss Prepare(ReadOnlyMemory<int> examples)
    {
        var indices = examples.Span;
        _count = indices.Length;
        _frames = _config.Augment.CroppedFrames(_examples.Frames);
        var length = _examples.Bands * _frames;
        var clips = _clips.AsSpan(0, _count * length);
        var rows = _rows.AsSpan(0, 2 * _count * _classes);
        rows.Clear();
        var smoothing = (float)_config.Objective.LabelSmoothing;
        for (var i = 0; i < _count; i++)
        {
            var row = rows.Slice(2 * i * _classes, 2 * _classes);
            row[.._classes].Fill(smoothing / _classes);
            row[_examples.Set.Recordings[indices[i]].Label] += 1 - smoothing;
            if (_teacher is not null) Softened(_teacher[indices[i]], _config.Distill.Temperature).CopyTo(row[_classes..]);
            _examples.Fill(indices.Slice(i, 1), Standardizer, _clip);
            _config.Augment.Apply(_clip, clips.Slice(i * length, length), _examples.Bands, _augment, _scratch);
        }
        _config.Augment.Mix(clips, rows, _count, _augment);
        _weightSum = 0;
        for (var i = 0; i < _count * _classes; i++)
        {
            (_targets[i], _soft[i]) = (rows[i + (i / _classes * _classes)], rows[i + ((1 + (i / _classes)) * _classes)]);
            _weightSum += _weights[i % _classes] * _targets[i];
        }
        return _loss;
    }

    // The labels' term is a mean over the weights of the whole batch, so that parts add up to it.
    Tensor Loss(TensorScope scope, int first, int count, EpochSums sums)
    {
        var length = _examples.Bands * _frames;
        var logits = Network.Forward(scope.From<float>(_clips.AsSpan(first * length, count * length), count, _examples.Bands, _frames).To(_device));
        var targets = _targets.AsSpan(first * _classes, count * _classes);
        sums.Count(logits.ToArray<float>(), targets);
        var picked = logits.LogSoftmax(-1) * scope.From<float>(targets, count, _classes).To(_device);
        var labels = (picked * scope.From<float>(_weights, _classes).To(_device)).Sum() * (-_count / (_weightSum * count));
        if (_teacher is null || _config.Distill.Alpha == 0) return labels;
        var (alpha, temperature) = (_config.Distill.Alpha, _config.Distill.Temperature);
        var soft = scope.From<float>(_soft.AsSpan(first * _classes, count * _classes), count, _classes).To(_device);
        var teaching = Losses.KullbackLeibler((logits / temperature).LogSoftmax(-1), soft);
        return (teaching * (alpha * temperature * temperature)) + (labels * (1 - alpha));
    }
}
