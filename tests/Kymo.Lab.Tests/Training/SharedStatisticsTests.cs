using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Torch;
using Kymo.Torch.Layers;

namespace Kymo.Lab.Tests.Training;

/// <summary>Batch normalisation over a batch that several processes share.</summary>
public sealed class SharedStatisticsTests
{
    [Fact]
    public async Task A_batch_in_two_unequal_parts_moves_a_convolution_network_as_the_whole_batch_does()
    {
        static Module NewNetwork() => new UrbanCnn(
            new UrbanCnnConfig(EncoderDropout: 0, HeadDropout: 0), new RandomStreams(3, "shared").Generator("init"), new RandomStreams(3, "shared").Generator("dropout"));
        await AssertEqual(NewNetwork, [5, 128, 173], firstPart: 2, 1e-4);
    }

    [Fact]
    public async Task Vectors_are_normalised_over_both_parts_too()
    {
        static Module NewNetwork()
        {
            var init = new RandomStreams(4, "shared").Generator("init");
            return new Sequential(new Linear(6, 8, init), new BatchNorm1d(8), new Tanh(), new Linear(8, 2, init));
        }
        await AssertEqual(NewNetwork, [7, 6], firstPart: 1, 1e-6);
    }

    // Equal to the tolerance with shared statistics, and ten times further away without.
    static async Task AssertEqual(Func<Module> newNetwork, long[] shape, int firstPart, double tolerance)
    {
        var random = new RandomStream(5, "shared");
        float[] data = [.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => (float)random.Normal())];
        var whole = Learn(newNetwork(), data, shape, 0, (int)shape[0], null, false);
        Assert.InRange(await Difference(true), 0, tolerance);
        Assert.True(await Difference(false) > 10 * tolerance);

        async Task<double> Difference(bool shares)
        {
            var port = Ports.Free();
            var parts = await Workers.Run(2, rank =>
            {
                using var group = ProcessGroup.Join("127.0.0.1", port, rank, 2, Wait.Limit);
                return Learn(newNetwork(), data, shape, rank == 0 ? 0 : firstPart, rank == 0 ? firstPart : (int)shape[0], group, shares);
            });
            Assert.Equal(whole.Keys, parts[0].Keys);
            return whole.Max(entry => entry.Value.Zip(parts[0][entry.Key], (a, b) => Math.Abs(a - b)).Max() / Math.Max(1.0, entry.Value.Max(Math.Abs)));
        }
    }

    // The gradients and moved statistics of one batch, of which this process sees examples first..last - 1; the loss is the mean square of
    // all answers of the whole batch.
    static Dictionary<string, float[]> Learn(Module network, float[] data, long[] shape, int first, int last, ProcessGroup? group, bool shares)
    {
        using var scope = new TensorScope();
        var length = data.Length / (int)shape[0];
        using var sharing = shares ? group?.ShareStatistics() : null;
        var answers = network.Forward(scope.From<float>(data.AsSpan(first * length, (last - first) * length), [last - first, .. shape[1..]]));
        ((answers - 1) * (answers - 1) * (1.0 / shape[0])).Sum().Backward();
        var parameters = network.NamedParameters().ToArray();
        group?.SumGradients(parameters);
        var learned = parameters.ToDictionary(parameter => "gradient of " + parameter.Name, parameter => parameter.Tensor.Grad!.Value.ToArray<float>());
        foreach (var buffer in network.State().Where(entry => entry.IsBuffer && entry.Tensor.Type == ElementType.Float32))
            learned.Add(buffer.Name, buffer.Tensor.ToArray<float>());
        return learned;
    }
}
