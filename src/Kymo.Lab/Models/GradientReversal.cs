using Kymo.Torch;

namespace Kymo.Lab.Models;

/// <summary>The identity whose gradient is turned round (Ganin and Lempitsky 2015): what follows learns, what goes before unlearns.</summary>
public static class GradientReversal
{
    /// <summary>The value of <paramref name="input"/>, with gradients multiplied by minus <paramref name="strength"/>.</summary>
    public static Tensor Apply(Tensor input, double strength) => input.Detach().Add(input.Detach().Subtract(input).Multiply(strength));

    /// <summary>The scheduled strength 2 / (1 + exp(-gamma p)) - 1, with p = epoch / (epochs - 1).</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="epochs">Epochs of the training; 1 gives the final strength.</param>
    /// <param name="gamma">How fast it rises; the original's is 10.</param>
    public static double Scheduled(int epoch, int epochs, double gamma = 10) =>
        (2 / (1 + Math.Exp(-gamma * (epochs > 1 ? epoch / (double)(epochs - 1) : 1)))) - 1;
}
