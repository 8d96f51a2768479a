using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Music;

/// <summary>The training of one music task: batches, loss, and answers with the present weights.</summary>
sealed class MusicObjective
{
    readonly MusicTask _task;
    readonly MusicConfig _config;
    readonly Device _device;
    readonly PartLoss _loss;
    ReadOnlyMemory<int> _batch;

    MusicObjective(MusicConfig config, MusicTask task, Device device, RandomStreams streams)
    {
        (_config, _task, _device, _loss) = (config, task, device, Loss);
        Network = task.NewNetwork(streams.Generator("init"), streams.Generator("dropout"));
        Network.To(device);
    }

    /// <summary>The network.</summary>
    public Module Network { get; }

    /// <summary>The training of a task.</summary>
    public static (Fit Fit, MusicObjective Objective) Begin(MusicConfig config, MusicTask task, Device device, TimeProvider clock)
    {
        var streams = new RandomStreams(config.Seed, task.Name);
        var objective = new MusicObjective(config, task, device, streams);
        var plan = new FitPlan
        {
            Title = task.Model.Name,
            Network = objective.Network,
            Optimizer = config.Optim.NewOptimizer(objective.Network.NamedParameters()),
            Streams = streams,
            Train = task.Train,
            Validation = task.Select,
            Prepare = objective.Prepare,
            Score = objective.Scores,
            Classes = task.HasClasses ? task.Outputs : 0,
            TrainLabels = task.HasClasses && !task.AnswersEachStep ? [.. task.Train.Select(index => task.Examples[index].Labels[0])] : null,
            Device = device,
        };
        return (new Fit(plan, config.Trainer, config.Optim, clock), objective);
    }

    /// <summary>Outputs of some items, before softmax or sigmoid where the loss wants them so: (answer, output) each.</summary>
    public IEnumerable<(MusicExample Example, float[] Output)> Raw(IEnumerable<int> indices)
    {
        Network.Eval();
        foreach (var chunk in indices.Chunk(_config.Trainer.EvalBatchSize))
        {
            float[] outputs;
            using (Autograd.NoGrad())
            using (var scope = new TensorScope())
                outputs = MusicNetworks.Raw(Network, Inputs(scope, chunk), _task.Loss).ToArray<float>();
            var length = _task.AnswerCount * _task.Outputs;
            for (var i = 0; i < chunk.Length; i++) yield return (_task.Examples[chunk[i]], outputs[(i * length)..((i + 1) * length)]);
        }
    }

    /// <summary>What a class network makes of some items: one row for each answer that counts, in the absolute frame.</summary>
    public ClassEvaluation Classes(int[] indices) => MusicAnswers.Classes(_task, Raw(indices).Select(item => (item.Example, Softmax(item.Output))));

    /// <summary>Loss and counts of a class network, without the answers themselves: what is validated on may be of any length.</summary>
    public ClassEvaluation Tally(int[] indices)
    {
        var (loss, matrix) = (0.0, new ConfusionMatrix(_task.Outputs));
        foreach (var chunk in indices.Chunk(_config.Trainer.EvalBatchSize))
        {
            var part = Classes(chunk);
            matrix.Merge(part.Matrix);
            if (part.Matrix.Total > 0) loss += part.Loss * part.Matrix.Total;
        }
        return new(loss / matrix.Total, matrix, []);
    }

    /// <summary>What a number network makes of some items.</summary>
    public List<NumberAnswer> Numbers(int[] indices) => [.. Raw(indices).SelectMany(item => _task.Answers(item.Example, Activated(item.Output)))];

    // Losses that compare logits: the answer is their sigmoid or softmax.
    float[] Activated(float[] output) => _task.Loss switch
    {
        MusicLoss.Binary => [.. output.Select(value => 1 / (1 + MathF.Exp(-value)))],
        MusicLoss.Divergence => Softmax(output),
        _ => output,
    };

    float[] Softmax(float[] logits)
    {
        var classes = _task.Outputs;
        var result = new float[logits.Length];
        for (var start = 0; start < logits.Length; start += classes)
        {
            var row = logits.AsSpan(start, classes);
            var (largest, sum) = (float.NegativeInfinity, 0.0);
            foreach (var value in row) largest = Math.Max(largest, value);
            for (var k = 0; k < classes; k++) sum += result[start + k] = MathF.Exp(row[k] - largest);
            for (var k = 0; k < classes; k++) result[start + k] = (float)(result[start + k] / sum);
        }
        return result;
    }

    Dictionary<string, double> Scores(int[] indices)
    {
        if (_task.HasClasses)
        {
            var evaluation = Tally(indices);
            return StandardScores.Classification(evaluation.Loss, evaluation.Matrix);
        }
        var (sum, weight) = (0.0, 0.0);
        var totals = new (double Sum, long Count)[_task.Scores.Count];
        foreach (var (example, output) in Raw(indices))
        {
            var (s, w) = MusicAnswers.Loss(_task, example, output);
            sum += s;
            weight += w;
            foreach (var answer in _task.Answers(example, Activated(output)))
                foreach (var (k, score) in _task.Scores.Index())
                {
                    var (errors, count) = score.Of(answer);
                    totals[k] = (totals[k].Sum + errors, totals[k].Count + count);
                }
        }
        var scores = new Dictionary<string, double> { ["loss"] = sum / weight };
        foreach (var (k, score) in _task.Scores.Index()) scores[score.Name] = totals[k].Sum / totals[k].Count;
        return scores;
    }

    PartLoss Prepare(ReadOnlyMemory<int> examples)
    {
        _batch = examples;
        return _loss;
    }

    Tensor Inputs(TensorScope scope, ReadOnlySpan<int> indices)
    {
        var length = (int)_task.ItemShape.Aggregate((a, b) => a * b);
        var values = new float[indices.Length * length];
        for (var i = 0; i < indices.Length; i++) _task.Examples[indices[i]].Input.CopyTo(values.AsSpan(i * length));
        return scope.From<float>(values, [indices.Length, .. _task.ItemShape]).To(_device);
    }

    Tensor Loss(TensorScope scope, int first, int count, EpochSums sums)
    {
        var indices = _batch.Span.Slice(first, count);
        var output = MusicNetworks.Raw(Network, Inputs(scope, indices), _task.Loss);
        return _task.HasClasses ? ClassLoss(scope, indices, output, sums) : NumberLoss(scope, indices, output, sums);
    }

    // Answers without a class carry the index that the loss leaves out.
    Tensor ClassLoss(TensorScope scope, ReadOnlySpan<int> indices, Tensor output, EpochSums sums)
    {
        var (answers, classes) = (_task.AnswerCount, _task.Outputs);
        var labels = new long[indices.Length * answers];
        var logits = output.ToArray<float>();
        var target = new float[classes];
        for (var i = 0; i < labels.Length; i++)
        {
            var label = _task.Examples[indices[i / answers]].Labels[i % answers];
            labels[i] = label < 0 ? -100 : label;
            if (label < 0) continue;
            target[label] = 1;
            sums.Count(logits.AsSpan(i * classes, classes), target);
            target[label] = 0;
        }
        return Losses.CrossEntropy(output.Reshape(labels.Length, classes), scope.From<long>(labels, labels.Length).To(_device),
            labelSmoothing: _config.Model.LabelSmoothing);
    }

    Tensor NumberLoss(TensorScope scope, ReadOnlySpan<int> indices, Tensor output, EpochSums sums)
    {
        var length = _task.AnswerCount * _task.Outputs;
        var (numbers, mask) = (new float[indices.Length * length], new float[indices.Length * length]);
        var values = output.ToArray<float>();
        var answers = new List<NumberAnswer>();
        for (var i = 0; i < indices.Length; i++)
        {
            var example = _task.Examples[indices[i]];
            example.Numbers.CopyTo(numbers.AsSpan(i * length));
            if (example.Mask.Length > 0) example.Mask.CopyTo(mask.AsSpan(i * length));
            else mask.AsSpan(i * length, length).Fill(1);
            answers.AddRange(_task.Answers(example, Activated(values[(i * length)..((i + 1) * length)])));
        }
        foreach (var score in _task.Scores)
            if (answers.Count > 0) sums.Add(score.Name, score.Of(answers), answers.Count);
        long[] shape = [.. output.Shape.ToArray()];
        var target = scope.From<float>(numbers, shape).To(_device);
        if (_task.Loss == MusicLoss.Divergence) return Losses.KullbackLeibler(output.LogSoftmax(-1), target);
        if (_task.Loss == MusicLoss.Binary) return Losses.BinaryCrossEntropyWithLogits(output, target);
        var weight = scope.From<float>(mask, shape).To(_device);
        var difference = (output - target) * weight;
        var errors = _task.Loss == MusicLoss.MeanSquare ? difference * difference : difference.Abs();
        return errors.Sum() / Math.Max(1, mask.Sum(value => (double)value));
    }
}
