using Kymo.Torch;

namespace Kymo.Lab.Models;

/// <summary>What tells real from simulated, by embedding or by signal.</summary>
public interface IHarDiscriminator
{
    /// <summary>Judges a batch.</summary>
    /// <param name="input">What is judged.</param>
    /// <param name="labels">Int64 classes (batch), for a discriminator with classes.</param>
    /// <returns>Logits (batch) that rise with "real", and class logits (batch, class) where it has classes.</returns>
    (Tensor Real, Tensor? Classes) Judge(Tensor input, Tensor? labels);
}
