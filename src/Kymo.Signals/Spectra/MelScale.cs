namespace Kymo.Signals.Spectra;

/// <summary>The formula between Hz and mel.</summary>
public enum MelFormula
{
    /// <summary>Linear below 1000 Hz, logarithmic above: Slaney, Auditory Toolbox, 1998; librosa's default.</summary>
    Slaney,

    /// <summary>2595 log10(1 + f / 700): the HTK book; torchaudio's default.</summary>
    Htk,
}

/// <summary>
/// Frequencies in mel. Slaney: <c>m = 3 f / 200</c> below 1000 Hz, <c>15 + 27 ln(f / 1000) / ln 6.4</c> from there on.
/// HTK: <c>2595 log10(1 + f / 700)</c>.
/// </summary>
public static class MelScale
{
    const double Corner = 1000;
    const double CornerMel = 15;
    static readonly double s_logStep = Math.Log(6.4) / 27;

    /// <summary>Mel of <paramref name="hertz"/> (not negative).</summary>
    public static double FromHertz(double hertz, MelFormula formula = MelFormula.Slaney) =>
        formula == MelFormula.Htk ? 2595 * Math.Log10(1 + hertz / 700)
        : hertz < Corner ? 3 * hertz / 200
        : CornerMel + Math.Log(hertz / Corner) / s_logStep;

    /// <summary>Hz of <paramref name="mel"/> (not negative).</summary>
    public static double ToHertz(double mel, MelFormula formula = MelFormula.Slaney) =>
        formula == MelFormula.Htk ? 700 * (Math.Pow(10, mel / 2595) - 1)
        : mel < CornerMel ? 200 * mel / 3
        : Corner * Math.Exp(s_logStep * (mel - CornerMel));

    /// <summary><paramref name="count"/> frequencies in Hz, evenly spaced in mel from fMin to fMax.</summary>
    public static double[] Frequencies(int count, double fMin, double fMax, MelFormula formula = MelFormula.Slaney)
    {
        var (low, high) = (FromHertz(fMin, formula), FromHertz(fMax, formula));
        var frequencies = new double[count];
        for (var i = 0; i < count; i++)
            frequencies[i] = ToHertz(count == 1 ? low : low + (high - low) * i / (count - 1), formula);
        return frequencies;
    }
}
