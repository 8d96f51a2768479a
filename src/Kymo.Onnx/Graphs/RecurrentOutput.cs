namespace Kymo.Onnx;

/// <summary>What a recurrent layer makes. The parts are added to the graph when they are asked for.</summary>
public sealed class RecurrentOutput
{
    readonly OnnxGraph _graph;
    readonly OnnxValue[] _hidden;
    readonly OnnxValue[] _cell;

    internal RecurrentOutput(OnnxGraph graph, OnnxValue sequence, OnnxValue[] hidden, OnnxValue[] cell) =>
        (_graph, Sequence, _hidden, _cell) = (graph, sequence, hidden, cell);

    /// <summary>The top layer's output at every step: (batch, time, directions · hidden), or (time, batch, ...) where time came first.</summary>
    public OnnxValue Sequence { get; }

    /// <summary>PyTorch's <c>h_n</c>: the last state of every layer and direction, (layers · directions, batch, hidden).</summary>
    public OnnxValue Hidden => Stacked(_hidden);

    /// <summary>PyTorch's <c>c_n</c> of an LSTM: as <see cref="Hidden"/>.</summary>
    /// <exception cref="OnnxException">The layer is no LSTM.</exception>
    public OnnxValue Cell => _cell.Length > 0 ? Stacked(_cell) : throw new OnnxException("only an LSTM has a cell state");

    /// <summary>PyTorch's <c>h_n[-1]</c>: the last state of the top layer's last direction, (batch, hidden).</summary>
    public OnnxValue LastHidden => _graph.Select(_hidden[^1], 0, -1);

    OnnxValue Stacked(OnnxValue[] states) => states.Length == 1 ? states[0] : _graph.Concat(0, states);
}
