using System.Text.Json;
using Kymo.Lab.Data.Music;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Music;

/// <summary>Reads RTNeural's JSON back by the rules of its parser and computes the network from the text alone.</summary>
static class RtNeuralCheck
{
    /// <summary>The largest difference from the network's own answers.</summary>
    public static double Difference(string path, MusicCard card, Module network)
    {
        using var document = JsonFile.Open(path);
        var input = MusicExport.Probe(card.InputSize);
        var answer = Forward(document.RootElement, input);
        // RTNeural runs one step at a time; a net that is written for it has none, or answers each by itself.
        return MusicExport.Own(card with { Steps = 0 }, network, input, 1).Zip(answer, (a, b) => Math.Abs(a - b)).Max();
    }

    /// <summary>One pass from a state of zeros.</summary>
    public static double[] Forward(JsonElement root, float[] input)
    {
        double[] x = [.. input.Select(value => (double)value)];
        foreach (var layer in root.GetProperty("layers").EnumerateArray())
        {
            var weights = layer.GetProperty("weights");
            x = layer.GetProperty("type").GetString() == "dense"
                ? Activate(layer.GetProperty("activation").GetString()!, Affine(x, weights[0], weights[1]))
                : Lstm(Affine(x, weights[0], weights[2]));
        }
        return x;
    }

    static double[] Affine(double[] x, JsonElement matrix, JsonElement bias)
    {
        double[] y = [.. bias.EnumerateArray().Select(value => value.GetDouble())];
        foreach (var (i, row) in matrix.EnumerateArray().Index())
            foreach (var (o, value) in row.EnumerateArray().Index()) y[o] += x[i] * value.GetDouble();
        return y;
    }

    // With a state of zeros the recurrent kernel and the forget gate say nothing.
    static double[] Lstm(double[] gates)
    {
        var hidden = gates.Length / 4;
        return [.. Enumerable.Range(0, hidden).Select(k =>
            Sigmoid(gates[(3 * hidden) + k]) * Math.Tanh(Sigmoid(gates[k]) * Math.Tanh(gates[(2 * hidden) + k])))];
    }

    static double[] Activate(string activation, double[] x)
    {
        if (activation == "softmax")
        {
            var largest = x.Max();
            var sum = x.Sum(value => Math.Exp(value - largest));
            return [.. x.Select(value => Math.Exp(value - largest) / sum)];
        }
        return [.. x.Select(value => activation switch { "tanh" => Math.Tanh(value), "relu" => Math.Max(0, value), "sigmoid" => Sigmoid(value), _ => value })];
    }

    static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
}
