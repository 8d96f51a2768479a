using System.Diagnostics;
using Kymo.Torch;
using Kymo.Torch.Optimizers;

namespace Kymo.Lab.Training.Loops;

/// <summary>One epoch of a training of one's own. Losses are weighted by the size of their batch.</summary>
public static class TrainingLoop
{
    /// <summary>Trains on every batch once.</summary>
    /// <param name="model">The network; left in training mode.</param>
    /// <param name="loader">The batches.</param>
    /// <param name="criterion">Mean loss of (output, target).</param>
    /// <param name="optimizer">Moves the weights.</param>
    /// <param name="device">Where the network is.</param>
    /// <returns><c>train_loss</c>, <c>samples</c>, <c>seconds</c>.</returns>
    /// <exception cref="TrainingException">No examples, or a loss that is not finite; with the step.</exception>
    public static IReadOnlyDictionary<string, double> TrainEpoch(
        Module model, DataLoader loader, Func<Tensor, Tensor, Tensor> criterion, Optimizer optimizer, Device? device = null)
    {
        model.Train();
        return Walk(model, loader, criterion, optimizer, device ?? Device.Cpu, "train_loss");
    }

    /// <summary>Scores every batch, without gradients.</summary>
    /// <param name="model">The network; left in evaluation mode.</param>
    /// <param name="loader">The batches.</param>
    /// <param name="criterion">Mean loss of (output, target).</param>
    /// <param name="device">Where the network is.</param>
    /// <returns><c>val_loss</c>, <c>samples</c>, <c>seconds</c>.</returns>
    /// <exception cref="TrainingException">No examples, or a loss that is not finite; with the step.</exception>
    public static IReadOnlyDictionary<string, double> ValidateEpoch(
        Module model, DataLoader loader, Func<Tensor, Tensor, Tensor> criterion, Device? device = null)
    {
        model.Eval();
        using var noGrad = Autograd.NoGrad();
        return Walk(model, loader, criterion, null, device ?? Device.Cpu, "val_loss");
    }

    static Dictionary<string, double> Walk(
        Module model, DataLoader loader, Func<Tensor, Tensor, Tensor> criterion, Optimizer? optimizer, Device device, string name)
    {
        if (loader.Count == 0) throw new TrainingException("the loader holds no examples; look at the split and the data set");
        var start = Stopwatch.GetTimestamp();
        var (sum, samples, step) = (0.0, 0, 0);
        using var scope = new TensorScope();
        foreach (var batch in loader)
        {
            step++;
            var input = scope.From<float>(batch.Inputs, [batch.Count, .. loader.InputShape]).To(device);
            var target = scope.From<float>(batch.Targets, batch.Count, loader.TargetLength).To(device);
            optimizer?.ZeroGrad();
            var loss = criterion(model.Forward(input), target);
            var value = loss.Item();
            if (!double.IsFinite(value)) throw new TrainingException($"step {step}: the loss is {value}; try a lower learning rate, and look at the inputs");
            if (optimizer is not null)
            {
                loss.Backward();
                optimizer.Step();
            }
            sum += value * batch.Count;
            samples += batch.Count;
            scope.Reset();
        }
        return new() { [name] = sum / samples, ["samples"] = samples, ["seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds };
    }
}
