using Kymo.Signals.Spectra;

namespace Kymo.Signals.Tests.Spectra;

public sealed class MelFilterBankTests
{
    [Theory]
    [InlineData(22050, 2048, 128, 0, 11025, "slaney", "slaney")]
    [InlineData(16000, 512, 64, 20, 8000, "slaney", "slaney")]
    [InlineData(16000, 512, 40, 20, 7600, "htk", "none")]
    [InlineData(44100, 1024, 26, 50, 16000, "htk", "slaney")]
    [InlineData(8000, 200, 40, 0, 4000, "slaney", "none")]
    public void ToMatrix_equals_torchaudio(int rate, int nFft, int nMels, double fMin, double fMax, string scale, string norm)
    {
        var expected = SignalOracle.Spectra("filters", rate, nFft, nMels, fMin, fMax, scale, norm);
        var bank = new MelFilterBank(
            rate, nFft, nMels, fMin, fMax, scale == "htk" ? MelFormula.Htk : MelFormula.Slaney, norm == "slaney");
        var matrix = bank.ToMatrix().Cast<float>().ToArray();
        var largest = expected.Max();
        // torchaudio computes the edges in single precision: that is the tolerance.
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], matrix[i], 2e-4 * largest);
    }

    [Fact]
    public void Urban_filters_have_the_specified_weights()
    {
        var bank = new MelFilterBank(22050, 2048, 128, 0, 11025);
        var matrix = bank.ToMatrix();
        double[] first = [0, 0.0161829, 0.0323657, 0.0289901];
        for (var bin = 0; bin < 4; bin++) Assert.Equal(first[bin], matrix[0, bin], 1e-7);
        Assert.Equal(11.88668, matrix.Cast<float>().Sum(weight => (double)weight), 1e-5);
        var row = Enumerable.Range(0, 1025).Select(bin => matrix[64, bin]).ToArray();
        Assert.Equal((187, 0.0172788), (Array.IndexOf(row, row.Max()), Math.Round(row.Max(), 7)));
        var (firstBin, weights) = bank.Filter(127);
        Assert.Equal((971, 1023), (firstBin, firstBin + weights.Length - 1));
        Assert.Equal(0.00348525, weights.ToArray().Max(), 1e-8);
        var edges = MelScale.Frequencies(130, 0, 11025);
        AssertAll([0, 25.7936, 51.5872, 77.3808], edges[..4], 1e-4);
        AssertAll([10453.79, 10735.60, 11025], edges[^3..], 1e-2);
    }

    [Fact]
    public void Sleep_filters_have_the_specified_weights()
    {
        var bank = new MelFilterBank(16000, 512, 64, 20, 8000);
        var filters = Enumerable.Range(0, 64).Select(mel => bank.Filter(mel).Weights.ToArray()).ToArray();
        Assert.Equal([3, 3, 3, 3, 3, 2], filters[..6].Select(filter => filter.Length));
        Assert.Equal(
            (2, 23, 23), (filters.Min(filter => filter.Length), filters.Max(filter => filter.Length), filters[63].Length));
        int[] rows = [0, 1, 31, 63];
        var sums = rows.Select(row => filters[row].Sum(weight => (double)weight)).ToArray();
        AssertAll([0.03397413, 0.02964209, 0.03142342, 0.03199671], sums, 1e-8);
        AssertAll(
            [0.01999968, 0.01566764, 0.01097416, 0.00272849], rows.Select(row => (double)filters[row].Max()).ToArray(), 1e-8);
        var edges = MelScale.Frequencies(66, 20, 8000);
        AssertAll([20, 66.0981, 112.1962, 158.2943], edges[..4], 1e-4);
        AssertAll([7274.4031, 7628.5795, 8000], edges[^3..], 1e-4);
        Assert.Equal(22, Array.FindIndex(edges, edge => edge >= 1000));
    }

    [Fact]
    public void Apply_equals_the_dense_matrix()
    {
        var bank = new MelFilterBank(8000, 200, 150, 0, 4000);
        var bins = SignalOracle.Noise(101);
        var mels = new float[150];
        bank.Apply(bins, mels);
        var matrix = bank.ToMatrix();
        for (var mel = 0; mel < 150; mel++)
            Assert.Equal(Enumerable.Range(0, 101).Sum(bin => (double)matrix[mel, bin] * bins[bin]), mels[mel], 1e-9);
        Assert.Contains(Enumerable.Range(0, 150), mel => bank.Filter(mel).Weights.IsEmpty);
        Assert.Throws<ArgumentException>("bins", () => bank.Apply(new float[100], mels));
        Assert.Throws<ArgumentException>("mels", () => bank.Apply(bins, new float[151]));
    }

    [Theory]
    [InlineData(MelFormula.Slaney, 440, 6.6)]
    [InlineData(MelFormula.Slaney, 1000, 15)]
    [InlineData(MelFormula.Slaney, 6400, 42)]
    [InlineData(MelFormula.Htk, 1000, 999.9855371)]
    public void FromHertz_and_ToHertz_follow_the_formula(MelFormula formula, double hertz, double mel)
    {
        Assert.Equal(mel, MelScale.FromHertz(hertz, formula), 1e-6);
        for (var f = 0.0; f < 20000; f += 37.3) Assert.Equal(f, MelScale.ToHertz(MelScale.FromHertz(f, formula), formula), 1e-8);
    }

    static void AssertAll(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], tolerance);
    }
}
