using Kymo.Lab.Models;
using Kymo.Torch;

namespace Kymo.Lab.Tests.Models;

/// <summary>Parameter counts and state names of the sleep-events networks, from the original's tables.</summary>
public sealed class EventNetworksTests
{
    [Theory]
    [InlineData(16, false, 8, 7, 23_491)]
    [InlineData(8, false, 8, 7, 5_987)]
    [InlineData(16, true, 4, 3, 24_061)]
    [InlineData(16, true, 8, 7, 23_881)]
    [InlineData(16, true, 16, 11, 23_895)]
    [InlineData(8, true, 4, 11, 6_377)]
    [InlineData(8, true, 8, 7, 6_167)]
    [InlineData(8, true, 16, 3, 6_054)]
    public void Parameters_are_those_of_the_original(int width, bool attention, int reduction, int kernel, long expected)
    {
        using var random = new RandomGenerator(1);
        using var network = new EventCnn(new EventCnnConfig(3, width, attention, AttentionMode.Cbam, reduction, kernel), random);
        Assert.Equal(expected, network.ParameterCount);
        using var scope = new TensorScope();
        Assert.Equal([2L, 3], network.Forward(scope.Normal(random, 2, 64, 101)).Shape.ToArray());
    }

    [Fact]
    public void Crnn_has_the_teachers_parameters_and_names()
    {
        using var random = new RandomGenerator(1);
        using var network = new EventCrnn(new EventCrnnConfig(), random);
        Assert.Equal(73_411, network.ParameterCount);
        Assert.Contains("rnn.weight_hh_l1", network.SaveState().Keys);
        Assert.Contains("cnn.6.weight", network.SaveState().Keys);
        Assert.Equal(78_345_408, EventCnn.Macs(16, 3, 64, 501));
        Assert.Equal(20_740_704, EventCnn.Macs(8, 3, 64, 501));
    }

    [Fact]
    public void Attention_parts_can_be_left_out_and_keep_their_names()
    {
        using var random = new RandomGenerator(1);
        string[] Names(AttentionMode mode)
        {
            using var network = new EventCnn(new EventCnnConfig(Attention: true, AttMode: mode), random);
            return [.. network.SaveState().Keys.Where(name => name.StartsWith("cbam.", StringComparison.Ordinal))];
        }
        Assert.Equal(["cbam.ca.mlp.0.weight", "cbam.ca.mlp.0.bias", "cbam.ca.mlp.2.weight", "cbam.ca.mlp.2.bias", "cbam.sa.conv.weight"], Names(AttentionMode.Cbam));
        Assert.DoesNotContain("cbam.sa.conv.weight", Names(AttentionMode.Ca));
        Assert.Equal(["cbam.sa.conv.weight"], Names(AttentionMode.Sa));
    }
}
