using Kymo.Onnx.Graphs;

namespace Kymo.Onnx;

public sealed partial class OnnxGraph
{
    /// <summary>PyTorch's <c>LSTM</c>. Layers and directions are as many as there are weights.</summary>
    /// <param name="x">(batch, time, feature).</param>
    /// <param name="weights">Holds <c>layer.weight_ih_l0</c>, <c>.weight_hh_l0</c>, <c>.bias_ih_l0</c>, <c>.bias_hh_l0</c>, <c>..._l1</c>, <c>..._reverse</c>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="batchFirst">False where <paramref name="x"/> is (time, batch, feature).</param>
    /// <param name="hidden">The state to begin with, (layers · directions, batch, hidden). Default zeros.</param>
    /// <param name="cell">The cell state to begin with. Default zeros.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public RecurrentOutput Lstm(OnnxValue x, NetworkWeights weights, string layer, bool batchFirst = true, OnnxValue? hidden = null,
        OnnxValue? cell = null) => Recurrent(GateOrder.Lstm, x, weights, layer, batchFirst, hidden, cell, _ => []);

    /// <summary>PyTorch's <c>GRU</c>: the reset gate acts after the state's product. Layers and directions are as many as there are weights.</summary>
    /// <param name="x">(batch, time, feature).</param>
    /// <param name="weights">Holds the weights under the names of <see cref="Lstm"/>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="batchFirst">False where <paramref name="x"/> is (time, batch, feature).</param>
    /// <param name="hidden">The state to begin with, (layers · directions, batch, hidden). Default zeros.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public RecurrentOutput Gru(OnnxValue x, NetworkWeights weights, string layer, bool batchFirst = true, OnnxValue? hidden = null) =>
        Recurrent(GateOrder.Gru, x, weights, layer, batchFirst, hidden, null, _ => [OnnxAttribute.Of("linear_before_reset", 1)]);

    /// <summary>PyTorch's <c>RNN</c>. Layers and directions are as many as there are weights.</summary>
    /// <param name="x">(batch, time, feature).</param>
    /// <param name="weights">Holds the weights under the names of <see cref="Lstm"/>.</param>
    /// <param name="layer">The layer's prefix.</param>
    /// <param name="batchFirst">False where <paramref name="x"/> is (time, batch, feature).</param>
    /// <param name="relu">max(x, 0) instead of tanh.</param>
    /// <param name="hidden">The state to begin with, (layers · directions, batch, hidden). Default zeros.</param>
    /// <exception cref="OnnxException">Weights are missing or do not fit.</exception>
    public RecurrentOutput Rnn(OnnxValue x, NetworkWeights weights, string layer, bool batchFirst = true, bool relu = false,
        OnnxValue? hidden = null)
    {
        string[] Activations(int directions) => [.. Enumerable.Repeat(relu ? "Relu" : "Tanh", directions)];
        return Recurrent(GateOrder.Rnn, x, weights, layer, batchFirst, hidden, null,
            directions => [OnnxAttribute.Of("activations", Activations(directions))]);
    }

    RecurrentOutput Recurrent(GateOrder order, OnnxValue x, NetworkWeights weights, string layer, bool batchFirst, OnnxValue? hidden,
        OnnxValue? cell, Func<int, OnnxAttribute[]> settings)
    {
        Shapes.ExpectRank(x, 3, layer);
        var isLstm = order == GateOrder.Lstm;
        if (isLstm && hidden is null != cell is null) throw new OnnxException($"{layer}: give both of an LSTM's states or neither");
        var both = weights.Has(layer + ".weight_ih_l0_reverse");
        List<OnnxValue> hiddenStates = [], cellStates = [];
        var sequence = batchFirst ? Transpose(x, 1, 0, 2) : x;
        for (var number = 0; number == 0 || weights.Has($"{layer}.weight_ih_l{number}"); number++)
        {
            var (w, r, b) = order.Weights(weights, layer, number, both);
            Shapes.Expect(sequence, 2, w.Shape[2], $"{layer}, layer {number},");
            long directions = w.Shape[0], size = r.Shape[2];
            OnnxValue? Begin(OnnxValue? state) => state is null ? null : Slice(state, 0, number * directions, (number + 1) * directions);
            OnnxValue?[] inputs = [sequence, Weight(w), Weight(r), b is null ? null : Weight(b), null, Begin(hidden), Begin(cell)];
            inputs = inputs[..(Array.FindLastIndex(inputs, input => input is not null) + 1)];
            OnnxDimension time = sequence.Shape[0], batch = sequence.Shape[1];
            OnnxDimension[] state = [directions, batch, size];
            (OnnxType, IReadOnlyList<OnnxDimension>)[] outputs = [(x.Type, [time, directions, batch, size]), (x.Type, state), (x.Type, state)];
            var made = Nodes(order.Operator, inputs, isLstm ? outputs : outputs[..2], [OnnxAttribute.Of("hidden_size", size),
                OnnxAttribute.Of("direction", both ? "bidirectional" : "forward"), .. settings((int)directions)]);
            hiddenStates.Add(made[1]);
            if (isLstm) cellStates.Add(made[2]);
            sequence = both ? Reshape(Transpose(made[0], 0, 2, 1, 3), 0, 0, directions * size) : Squeeze(made[0], 1);
        }
        return new(this, batchFirst ? Transpose(sequence, 1, 0, 2) : sequence, [.. hiddenStates], [.. cellStates]);
    }
}
