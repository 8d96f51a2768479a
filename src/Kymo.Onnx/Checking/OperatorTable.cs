using System.Collections.Frozen;

namespace Kymo.Onnx.Checking;

/// <summary>
/// The operators this program knows: since which opset, and the types they take and make. In a signature T, U are types bound where
/// they are first met; F is any floating type, I is int64, i is int32 or int64, B is bool, Q is a quantised byte, A is anything; ? marks
/// what may be left out, + one or more. Of outputs, @to is the type an attribute names, =n that of input n (uint8 without it), V
/// that of the attribute <c>value</c> (single precision without it).
/// </summary>
static class OperatorTable
{
    static readonly string s_table = """
        Abs Neg Sign: 7 T -> T
        Add Sub Mul Div: 7 T T -> T
        Pow: 7 T U -> T
        Max Min: 8 T+ -> T
        Sum Mean: 8 T+ -> T
        Sqrt Exp Log Erf Sin Cos Reciprocal Floor Ceil Round: 7 T -> T
        Relu LeakyRelu Elu Sigmoid Tanh HardSigmoid Softplus Softmax LogSoftmax: 7 F -> =0
        HardSwish: 14 F -> =0
        PRelu: 7 T T -> T
        Clip: 7 T T? T? -> T
        Gemm: 7 T T T? -> T
        MatMul: 7 T T -> T
        Conv ConvTranspose: 7 T T T? -> T
        BatchNormalization: 7 T T T T T -> T
        InstanceNormalization: 7 T T T -> T
        LayerNormalization: 17 T T T? -> T T? T?
        MaxPool: 8 T -> T I?
        AveragePool GlobalAveragePool GlobalMaxPool: 7 F -> =0
        LSTM: 7 T T T T? i? T? T? T? -> T? T? T?
        GRU RNN: 7 T T T T? i? T? -> T? T?
        ReduceMean ReduceMax ReduceMin ReduceL2 ReduceProd ReduceSum: 7 T I? -> T
        ArgMax ArgMin: 7 A -> I
        TopK: 10 T I -> T I
        CumSum: 11 T i -> T
        Concat: 7 T+ -> T
        Split: 7 T I? -> T+
        Slice: 7 T U? U? U? U? -> T
        Gather: 7 T i -> T
        Reshape Expand: 7 T I -> T
        Tile: 7 T I -> T
        Transpose Flatten Identity Dropout: 7 T -> T
        Squeeze Unsqueeze: 7 T I? -> T
        Pad: 7 T I? T? -> T
        Shape Size: 7 A -> I
        Cast: 7 A -> @to
        Where: 9 B T T -> T
        Equal: 7 T T -> B
        Less Greater LessOrEqual GreaterOrEqual: 9 T T -> B
        Not: 7 B -> B
        And Or: 7 B B -> B
        Constant: 7 -> V
        ConstantOfShape: 9 I -> V
        Range: 11 T T T -> T
        DFT: 17 T i? -> T
        STFT: 17 T i T? i? -> T
        HannWindow HammingWindow BlackmanWindow: 17 i -> @output_datatype
        MelWeightMatrix: 17 i i i F F -> @output_datatype
        QuantizeLinear: 10 A F Q? -> =2
        DequantizeLinear: 10 A F A? -> F
        QLinearConv: 10 Q F Q Q F Q F Q i? -> =7
        QLinearMatMul: 10 Q F Q Q F Q F Q -> =7
        MatMulInteger ConvInteger: 10 Q Q Q? Q? -> i
        """;

    /// <summary>The rules by operator.</summary>
    public static FrozenDictionary<string, OperatorRule> Rules { get; } = Parse().ToFrozenDictionary(rule => rule.Operator);

    static IEnumerable<OperatorRule> Parse()
    {
        foreach (var line in s_table.Split('\n'))
        {
            var (names, rest) = Cut(line, ":");
            var (inputs, outputs) = Cut(rest, "->");
            var words = Words(inputs);
            foreach (var name in Words(names)) yield return new(name, int.Parse(words[0]), words[1..], Words(outputs));
        }
    }

    static (string, string) Cut(string text, string at) => (text[..text.IndexOf(at, StringComparison.Ordinal)],
        text[(text.IndexOf(at, StringComparison.Ordinal) + at.Length)..]);

    static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

/// <summary>What one operator takes and makes.</summary>
/// <param name="Operator">Its name.</param>
/// <param name="Since">The first opset in the form known here.</param>
/// <param name="Inputs">Signature of the inputs.</param>
/// <param name="Outputs">Signature of the outputs.</param>
sealed record OperatorRule(string Operator, int Since, string[] Inputs, string[] Outputs)
{
    public int FewestInputs => Inputs.Count(one => !one.EndsWith('?'));

    public int MostInputs => Inputs is [.., var last] && last.EndsWith('+') ? int.MaxValue : Inputs.Length;

    public int MostOutputs => Outputs is [.., var last] && last.EndsWith('+') ? int.MaxValue : Outputs.Length;

    /// <summary>The sign of an input or output, without its mark.</summary>
    public static string Sign(string[] signature, int index) => signature[Math.Min(index, signature.Length - 1)].TrimEnd('?', '+');
}
