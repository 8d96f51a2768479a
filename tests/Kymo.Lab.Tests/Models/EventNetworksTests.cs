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

    // What is padded has no say: the same clip with silence behind it has the same answer, but for what its last frames see of it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Mean_over_sounding_frames_does_not_hear_padding(bool isRecurrent)
    {
        using var random = new RandomGenerator(1);
        using Module network = isRecurrent ? new EventCrnn(new EventCrnnConfig(Pooling: EventPooling.Sounding), random) : new EventCnn(new EventCnnConfig(Pooling: EventPooling.Sounding), random);
        var pooling = network is EventCnn cnn ? cnn.Pooling! : ((EventCrnn)network).Pooling!;
        pooling.SetSilence([.. Enumerable.Repeat(-2f, 64)]);
        network.Eval();
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        // Long before its end the clip is as good as silent, so that no convolution sees the difference.
        float[] Clip(int frames, float rest) => [.. Enumerable.Range(0, 64 * frames).Select(i => i % frames < 40 ? MathF.Sin(i / frames * 40 + i % frames) : rest)];
        var (brief, padded, loud) = (Answer(Clip(60, -2)), Answer(Clip(200, -2)), Answer(Clip(200, -1)));
        for (var i = 0; i < 3; i++) Assert.Equal(brief[i], padded[i], 1e-5f);
        Assert.True(padded.Zip(loud).Max(pair => Math.Abs(pair.First - pair.Second)) > 1e-4);
        Assert.All(Answer([.. Enumerable.Repeat(-2f, 64 * 60)]), value => Assert.True(float.IsFinite(value)));

        float[] Answer(float[] clip) => network.Forward(scope.From<float>(clip, 1, 64, clip.Length / 64)).ToArray<float>();
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
