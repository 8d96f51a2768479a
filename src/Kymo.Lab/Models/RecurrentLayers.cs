using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Models;

/// <summary>Recurrent layers by the kind of their cell.</summary>
static class RecurrentLayers
{
    /// <summary>Builds layers with PyTorch's default initial weights.</summary>
    public static Recurrent Create(RecurrentCell cell, int inputs, int hidden, RandomGenerator init, RecurrentOptions options) => cell switch
    {
        RecurrentCell.Gru => new Gru(inputs, hidden, init, options),
        RecurrentCell.Lstm => new Lstm(inputs, hidden, init, options),
        _ => new Rnn(inputs, hidden, init, options),
    };
}
