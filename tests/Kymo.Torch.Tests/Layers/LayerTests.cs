using System.Text.Json;
using Kymo.Torch.Layers;

namespace Kymo.Torch.Tests.Layers;

/// <summary>Every layer against PyTorch: initial weights after the same seed, output, all gradients, buffers, evaluation mode.</summary>
public sealed class LayerTests
{
    static readonly JsonElement s_golden = Golden.Read("torch_layers");

    static readonly Dictionary<string, Func<RandomGenerator, Module>> s_cases = new()
    {
        ["linear"] = g => new Linear(5, 3, g),
        ["linear_no_bias"] = g => new Linear(5, 3, g, bias: false),
        ["conv1d"] = g => new Conv1d(3, 4, 3, g, padding: 1),
        ["conv1d_strided"] = g => new Conv1d(4, 4, 3, g, stride: 2, padding: 2, dilation: 2, groups: 2, bias: false),
        ["conv2d"] = g => new Conv2d(2, 3, 3, g, padding: 1),
        ["conv2d_strided"] = g => new Conv2d(2, 4, (3, 5), g, stride: (2, 1), padding: (1, 2), groups: 2),
        ["conv2d_dilated"] = g => new Conv2d(2, 3, 2, g, dilation: (1, 2), bias: false),
        ["batchnorm1d"] = _ => new BatchNorm1d(4),
        ["batchnorm1d_time"] = _ => new BatchNorm1d(3, 1e-3, 0.3),
        ["batchnorm2d"] = _ => new BatchNorm2d(3),
        ["layernorm"] = _ => new LayerNorm(6),
        ["layernorm_two"] = _ => new LayerNorm([4, 6], 1e-3),
        ["embedding"] = g => new Embedding(7, 3, g),
        ["embedding_padded"] = g => new Embedding(7, 3, g, paddingIndex: 2),
        ["maxpool1d"] = _ => new MaxPool1d(3, 2, 1),
        ["maxpool2d"] = _ => new MaxPool2d(2),
        ["maxpool2d_uneven"] = _ => new MaxPool2d((2, 4)),
        ["maxpool2d_ceil"] = _ => new MaxPool2d(3, 2, 1, ceilMode: true),
        ["avgpool1d"] = _ => new AvgPool1d(3, 2, 1),
        ["avgpool2d"] = _ => new AvgPool2d((2, 3), padding: (1, 0)),
        ["adaptive_avg1d"] = _ => new AdaptiveAvgPool1d(3),
        ["adaptive_avg2d"] = _ => new AdaptiveAvgPool2d((2, 3)),
        ["adaptive_avg2d_one"] = _ => new AdaptiveAvgPool2d(1),
        ["adaptive_max1d"] = _ => new AdaptiveMaxPool1d(3),
        ["adaptive_max2d"] = _ => new AdaptiveMaxPool2d((2, 3)),
        ["relu"] = _ => new Relu(),
        ["leaky_relu"] = _ => new LeakyRelu(0.2),
        ["elu"] = _ => new Elu(0.7),
        ["gelu"] = _ => new Gelu(),
        ["silu"] = _ => new Silu(),
        ["sigmoid"] = _ => new Sigmoid(),
        ["tanh"] = _ => new Tanh(),
        ["softmax"] = _ => new Softmax(),
        ["flatten"] = _ => new Flatten(),
        ["sequential"] = g => new Sequential(new Conv2d(1, 2, 3, g), new BatchNorm2d(2), new Relu(inPlace: true), new MaxPool2d(2),
            new Flatten(), new Linear(12, 3, g)),
        ["rnn_tanh"] = g => new LastStates(new Rnn(3, 4, g)),
        ["rnn_relu"] = g => new LastStates(new Rnn(3, 4, g, new RecurrentOptions { Layers = 2, Bias = false }, relu: true)),
        ["gru"] = g => new LastStates(new Gru(3, 4, g)),
        ["gru_two"] = g => new LastStates(new Gru(3, 4, g, new RecurrentOptions { Layers = 2 })),
        ["gru_both_ways"] = g => new LastStates(new Gru(3, 4, g, new RecurrentOptions { Layers = 2, Bidirectional = true })),
        ["lstm"] = g => new LastStates(new Lstm(3, 4, g)),
        ["lstm_two_no_bias"] = g => new LastStates(new Lstm(3, 4, g, new RecurrentOptions { Layers = 2, Bias = false })),
        ["lstm_both_ways"] = g => new LastStates(new Lstm(3, 4, g, new RecurrentOptions { Layers = 2, Bidirectional = true })),
        ["attention"] = g => new Inner(new MultiheadAttention(6, 2, g)),
        ["transformer_layer"] = g => new TransformerEncoderLayer(new TransformerOptions(6, 2) { FeedForward = 10, Dropout = 0 }, g, null),
        ["transformer_layer_norm_first"] = g => new TransformerEncoderLayer(
            new TransformerOptions(6, 3) { FeedForward = 10, Dropout = 0, Gelu = true, NormFirst = true }, g, null),
        ["transformer"] = g => new TransformerEncoder(new TransformerOptions(6, 2) { FeedForward = 10, Dropout = 0 }, 2, g, null),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Fact]
    public void Every_case_of_the_oracle_is_tested() =>
        Assert.Equal(s_golden.EnumerateObject().Select(p => p.Name).Order(), s_cases.Keys.Order());

    [Theory, MemberData(nameof(Names))]
    public void Layer_equals_PyTorch(string name)
    {
        using var leaks = new LeakCheck();
        using var generator = new RandomGenerator(7);
        using var scope = new TensorScope();
        using var module = s_cases[name](generator);
        var golden = s_golden.GetProperty(name);

        var state = module.State();
        Assert.Equal(golden.GetProperty("state").EnumerateObject().Select(p => p.Name), state.Select(s => s.Name));
        foreach (var (key, tensor, _) in state) Golden.AssertClose(golden.GetProperty("state").GetProperty(key), tensor, 0, key);

        var hasGrad = golden.GetProperty("inputGrad").ValueKind != JsonValueKind.Null;
        var input = golden.GetProperty("input").Tensor(scope);
        input = hasGrad ? input.SetRequiresGrad() : input.To(ElementType.Int64);
        var output = module.Forward(input);
        Golden.AssertClose(golden.GetProperty("output"), output, what: "output");
        output.Backward(golden.GetProperty("upstream").Tensor(scope));
        if (hasGrad) Golden.AssertClose(golden.GetProperty("inputGrad"), input.Grad!.Value, 1e-5, "input gradient");
        foreach (var (key, tensor, _) in module.NamedParameters())
            Golden.AssertClose(golden.GetProperty("grads").GetProperty(key), tensor.Grad!.Value, 1e-5, key);

        foreach (var (key, tensor, _) in module.State().Where(s => s.IsBuffer))
            Golden.AssertClose(golden.GetProperty("buffersAfter").GetProperty(key), tensor, what: key);
        module.Eval();
        Golden.AssertClose(golden.GetProperty("evalOutput"), module.Forward(input), what: "output in evaluation mode");
    }

    /// <summary>Output of every step with the last states behind it, as in the oracle.</summary>
    sealed class LastStates : Module
    {
        readonly Recurrent _rnn;

        internal LastStates(Recurrent rnn) => _rnn = Add("rnn", rnn);

        public override Tensor Forward(Tensor input)
        {
            if (_rnn is Lstm lstm)
            {
                var (all, last, cell) = lstm.ForwardWithCell(input);
                return Functional.Concatenate([all.Flatten(), last.Flatten(), cell.Flatten()]);
            }

            var (output, hidden) = _rnn.ForwardWithState(input);
            return Functional.Concatenate([output.Flatten(), hidden.Flatten()]);
        }
    }

    sealed class Inner : Module
    {
        readonly Module _inner;

        internal Inner(Module inner) => _inner = Add("inner", inner);

        public override Tensor Forward(Tensor input) => _inner.Forward(input);
    }
}
