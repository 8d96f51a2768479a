using Kymo.Signals.Arrays;
using Kymo.Signals.Sleep;

namespace Kymo.Signals.Tests.Sleep;

public sealed class SleepSignalTests
{
    [Fact]
    public void Band_pass_has_the_references_coefficients()
    {
        Assert.Equal(11, ActivityCount.Filter.Numerator.Count);
        Assert.Equal(0.00900363, ActivityCount.Filter.Numerator[0], 1e-8);
        Assert.Equal(-4.9296903, ActivityCount.Filter.Denominator[1], 1e-7);
    }

    [Fact]
    public void Band_pass_equals_scipy()
    {
        var x = Enumerable.Range(0, 400).Select(i => Math.Sin(i * 0.3) + Math.Cos(i * i * 0.01) + 0.2).ToArray();
        using var folder = new TempFolder();
        NpyFile.Write(folder["x.npy"], x, x.Length);
        Oracle.Ask("band_pass.py", ["scipy", "numpy"], folder["x.npy"], folder["y.npy"]);
        var expected = NpyFile.Read(folder["y.npy"]).AsFloat64();
        var actual = ActivityCount.Filter.Apply(x);
        for (var i = 0; i < x.Length; i++) Assert.Equal(expected[i], actual[i], 1e-9);
    }

    [Fact]
    public void A_shaking_of_half_a_minute_is_two_counts()
    {
        double[] times = [.. Enumerable.Range(0, 6000).Select(i => i / 50.0)];
        double[] z = [.. times.Select(t => t is >= 30 and < 60 ? 1 + 0.5 * Math.Sin(2 * Math.PI * 5 * t) : 1)];
        var counts = ActivityCount.Of(times, z);
        double[] expected = [0, 0, 543.39, 543.39, 0, 0, 0, 0];
        Assert.Equal(8, counts.Length);
        for (var i = 0; i < 8; i++) Assert.Equal(expected[i], counts[i], 1e-6);
    }

    [Fact]
    public void Count_weights_are_a_gaussian_of_fifty_seconds()
    {
        var weights = EpochFeatures.CountWeights(599);
        Assert.Equal(0.00797884, weights[299], 1e-8);
        Assert.Equal(1, weights.Sum(), 1e-6);
        // A constant count is left as it is.
        Assert.Equal(100, EpochFeatures.Counts([.. Enumerable.Repeat(100.0, 200)], 0, 2985, [1500])[0], 1e-4);
    }

    [Fact]
    public void Heart_rate_variation_of_a_slow_wave()
    {
        double[] times = [.. Enumerable.Range(0, 3600).Select(i => (double)i)];
        double[] beats = [.. times.Select(t => 60 + 10 * Math.Sin(2 * Math.PI * t / 900))];
        Assert.Equal(0.783945, EpochFeatures.HeartRateVariation(times, beats, [1800])[0], 1e-5);
    }

    [Fact]
    public void Clock_is_lowest_five_hours_after_the_first_epoch()
    {
        Assert.Equal(-1, EpochFeatures.ClockProxy(5 * 3600), 1e-12);
        Assert.Equal(-Math.Cos(5 * Math.PI / 12), EpochFeatures.ClockProxy(0), 1e-12);
    }
}
