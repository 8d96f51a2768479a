using System.Globalization;

namespace Kymo.Torch.Layers;

/// <summary>Settings of the recurrent layers.</summary>
public readonly record struct RecurrentOptions()
{
    /// <summary>How many layers lie on each other; default 1.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Whether a second net reads the sequence backwards, its output beside the first one's; default false.</summary>
    public bool Bidirectional { get; init; } = false;

    /// <summary>Whether there are bias vectors; default true.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>The probability of dropout between layers while training; default 0.</summary>
    public double Dropout { get; init; } = 0;

    /// <summary>What dropout draws from; needed where <see cref="Dropout"/> is above 0.</summary>
    public RandomGenerator? DropoutGenerator { get; init; }
}

/// <summary>
/// What the recurrent layers share: weights with PyTorch's names, rows of the gates below each other, and one native call for all
/// layers and time steps. Input (batch, time, feature), output (batch, time, hidden) or (batch, time, 2 hidden).
/// </summary>
public abstract class Recurrent : Module
{
    readonly Tensor[] _weights;
    readonly int _perLayer;

    private protected Recurrent(int gates, int inputSize, int hiddenSize, RandomGenerator? generator, RecurrentOptions options)
    {
        if (options is { Dropout: > 0, DropoutGenerator: null }) throw new ArgumentException("dropout between layers needs a generator to draw from");
        (HiddenSize, Options) = (hiddenSize, options);
        var weights = new List<Tensor>();
        for (var layer = 0; layer < options.Layers; layer++)
            for (var direction = 0; direction < Directions; direction++)
            {
                var suffix = "l" + layer.ToString(CultureInfo.InvariantCulture) + (direction == 1 ? "_reverse" : "");
                weights.Add(AddParameter("weight_ih_" + suffix, gates * hiddenSize, layer == 0 ? inputSize : hiddenSize * Directions));
                weights.Add(AddParameter("weight_hh_" + suffix, gates * hiddenSize, hiddenSize));
                if (!options.Bias) continue;
                weights.Add(AddParameter("bias_ih_" + suffix, gates * hiddenSize));
                weights.Add(AddParameter("bias_hh_" + suffix, gates * hiddenSize));
            }

        _weights = [.. weights];
        _perLayer = _weights.Length / options.Layers;
        if (generator is null) return;
        foreach (var weight in _weights) Initialization.Uniform(weight, 1 / Math.Sqrt(hiddenSize), generator);
    }

    /// <summary>Numbers in the state of one layer and direction.</summary>
    public int HiddenSize { get; }

    /// <summary>The settings.</summary>
    public RecurrentOptions Options { get; }

    private protected int Directions => Options.Bidirectional ? 2 : 1;

    /// <summary>The output of every time step of the last layer.</summary>
    public override Tensor Forward(Tensor input) => ForwardWithState(input).Output;

    /// <summary>
    /// The output of every time step, and the state after the last one: (layers × directions, batch, hidden), as PyTorch's <c>h_n</c>.
    /// </summary>
    /// <param name="input">(batch, time, feature).</param>
    /// <param name="hidden">The state at the start; zeros where not given.</param>
    public (Tensor Output, Tensor Hidden) ForwardWithState(Tensor input, Tensor? hidden = null)
    {
        var (output, last, _) = ForwardWithStates(input, hidden, null);
        return (output, last);
    }

    private protected abstract (Tensor Output, Tensor Hidden, Tensor? Cell) Run(
        Tensor input, Tensor hidden, Tensor? cell, ReadOnlySpan<Tensor> weights, int layers);

    private protected (Tensor Output, Tensor Hidden, Tensor? Cell) ForwardWithStates(Tensor input, Tensor? hidden, Tensor? cell)
    {
        if (input.Rank != 3) throw new TorchException($"a recurrent layer needs (batch, time, feature), not {input.Shape}");
        var first = hidden ?? ZeroState(input);
        return Options.Layers > 1 && Options.Dropout > 0 && Training
            ? LayerByLayer(input, first, cell)
            : Run(input, first, cell, _weights, Options.Layers);
    }

    Tensor ZeroState(Tensor input)
    {
        var batch = input.Shape[0];
        return input.NewZeros(Options.Layers * Directions, batch, HiddenSize);
    }

    (Tensor Output, Tensor Hidden, Tensor? Cell) LayerByLayer(Tensor input, Tensor hidden, Tensor? cell)
    {
        var states = new Tensor[Options.Layers];
        var cells = new Tensor[Options.Layers];
        Tensor? lastCell = null;
        for (var layer = 0; layer < Options.Layers; layer++)
        {
            if (layer > 0) input = Functional.Dropout(input, Options.Dropout, Options.DropoutGenerator!);
            var from = layer * Directions;
            (input, states[layer], lastCell) = Run(input, hidden.Narrow(0, from, Directions), cell?.Narrow(0, from, Directions),
                _weights.AsSpan(layer * _perLayer, _perLayer), 1);
            if (lastCell is { } given) cells[layer] = given;
        }

        return (input, Functional.Concatenate(states), lastCell is null ? null : Functional.Concatenate(cells));
    }
}

/// <summary>h' = tanh(W x + b + U h + c), or ReLU in place of tanh. PyTorch's <c>nn.RNN</c> with <c>batch_first</c>.</summary>
/// <param name="inputSize">Features of one time step.</param>
/// <param name="hiddenSize">Numbers in the state.</param>
/// <param name="generator">What the weights are drawn from; null leaves zeros.</param>
/// <param name="options">Layers, directions, dropout.</param>
/// <param name="relu">ReLU in place of tanh.</param>
public sealed class Rnn(int inputSize, int hiddenSize, RandomGenerator? generator, RecurrentOptions options, bool relu = false)
    : Recurrent(1, inputSize, hiddenSize, generator, options)
{
    /// <summary>One layer, one direction, tanh.</summary>
    public Rnn(int inputSize, int hiddenSize, RandomGenerator? generator) : this(inputSize, hiddenSize, generator, new RecurrentOptions())
    {
    }

    private protected override (Tensor Output, Tensor Hidden, Tensor? Cell) Run(
        Tensor input, Tensor hidden, Tensor? cell, ReadOnlySpan<Tensor> weights, int layers)
    {
        var (output, last) = relu
            ? Functional.RnnRelu(input, hidden, weights, Options.Bias, layers, Options.Bidirectional, true)
            : Functional.RnnTanh(input, hidden, weights, Options.Bias, layers, Options.Bidirectional, true);
        return (output, last, null);
    }
}

/// <summary>
/// Gated recurrent unit with gate rows reset, update, new; n = tanh(W x + b + r ⊙ (U h + c)), h' = (1 - z) ⊙ n + z ⊙ h. Cho et al. 2014;
/// PyTorch's <c>nn.GRU</c> with <c>batch_first</c>.
/// </summary>
/// <param name="inputSize">Features of one time step.</param>
/// <param name="hiddenSize">Numbers in the state.</param>
/// <param name="generator">What the weights are drawn from; null leaves zeros.</param>
/// <param name="options">Layers, directions, dropout.</param>
public sealed class Gru(int inputSize, int hiddenSize, RandomGenerator? generator, RecurrentOptions options)
    : Recurrent(3, inputSize, hiddenSize, generator, options)
{
    /// <summary>One layer, one direction.</summary>
    public Gru(int inputSize, int hiddenSize, RandomGenerator? generator) : this(inputSize, hiddenSize, generator, new RecurrentOptions())
    {
    }

    private protected override (Tensor Output, Tensor Hidden, Tensor? Cell) Run(
        Tensor input, Tensor hidden, Tensor? cell, ReadOnlySpan<Tensor> weights, int layers)
    {
        var (output, last) = Functional.Gru(input, hidden, weights, Options.Bias, layers, Options.Bidirectional, true);
        return (output, last, null);
    }
}

/// <summary>
/// Long short-term memory with gate rows input, forget, cell, output. Hochreiter and Schmidhuber 1997; PyTorch's <c>nn.LSTM</c> with
/// <c>batch_first</c>.
/// </summary>
/// <param name="inputSize">Features of one time step.</param>
/// <param name="hiddenSize">Numbers in the state.</param>
/// <param name="generator">What the weights are drawn from; null leaves zeros.</param>
/// <param name="options">Layers, directions, dropout.</param>
public sealed class Lstm(int inputSize, int hiddenSize, RandomGenerator? generator, RecurrentOptions options)
    : Recurrent(4, inputSize, hiddenSize, generator, options)
{
    /// <summary>One layer, one direction.</summary>
    public Lstm(int inputSize, int hiddenSize, RandomGenerator? generator) : this(inputSize, hiddenSize, generator, new RecurrentOptions())
    {
    }

    /// <summary>
    /// The output of every time step, and hidden and cell state after the last one, each (layers × directions, batch, hidden).
    /// </summary>
    /// <param name="input">(batch, time, feature).</param>
    /// <param name="hidden">The state at the start; zeros where not given.</param>
    /// <param name="cell">The cell at the start; zeros where not given.</param>
    public (Tensor Output, Tensor Hidden, Tensor Cell) ForwardWithCell(Tensor input, Tensor? hidden = null, Tensor? cell = null)
    {
        var (output, last, lastCell) = ForwardWithStates(input, hidden, cell);
        return (output, last, lastCell!.Value);
    }

    private protected override (Tensor Output, Tensor Hidden, Tensor? Cell) Run(
        Tensor input, Tensor hidden, Tensor? cell, ReadOnlySpan<Tensor> weights, int layers) =>
        Functional.Lstm(input, [hidden, cell ?? hidden.NewZeros(hidden.Shape)], weights, Options.Bias, layers, Options.Bidirectional, true);
}
