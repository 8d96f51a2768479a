namespace Kymo.Tuning.Samplers;

/// <summary>
/// A numerical parameter on the continuous axis that samplers draw from: logarithms for logarithmic scales, half a step more at
/// each end for grids and integers.
/// </summary>
static class Encoding
{
    /// <summary>The bounds of the axis. A float without step keeps its own bounds.</summary>
    public static (double Low, double High) Bounds(Distribution distribution) => distribution switch
    {
        FloatDistribution { Log: true } real => (Math.Log(real.Low), Math.Log(real.High)),
        FloatDistribution { Step: { } step } real => (real.Low - 0.5 * step, real.High + 0.5 * step),
        FloatDistribution real => (real.Low, real.High),
        IntDistribution { Log: true } integer => (Math.Log(integer.Low - 0.5), Math.Log(integer.High + 0.5)),
        IntDistribution integer => (integer.Low - 0.5 * integer.Step, integer.High + 0.5 * integer.Step),
        _ => throw new ArgumentException("a choice has no axis"),
    };

    /// <summary>The place of an internal number on the axis.</summary>
    public static double Encode(Distribution distribution, double number) =>
        distribution is FloatDistribution { Log: true } or IntDistribution { Log: true } ? Math.Log(number) : number;

    /// <summary>The internal number at a place of the axis; a float stays below its upper bound.</summary>
    public static double Decode(Distribution distribution, double place)
    {
        switch (distribution)
        {
            case FloatDistribution { Step: { } step } real:
                return OnGrid(place, real.Low, real.High, step);
            case FloatDistribution real:
                var number = real.Log ? Math.Exp(place) : place;
                return real.IsSingle ? number : Math.Min(number, Math.BitDecrement(real.High));
            case IntDistribution { Log: true } integer:
                return Math.Clamp(Math.Round(Math.Exp(place)), integer.Low, integer.High);
            case IntDistribution integer:
                return OnGrid(place, integer.Low, integer.High, integer.Step);
            default:
                throw new ArgumentException("a choice has no axis");
        }
    }

    /// <summary>The value of the grid next to a place; halves go to the even cell.</summary>
    public static double OnGrid(double place, double low, double high, double step) =>
        Math.Clamp(Math.Round((place - low) / step) * step + low, low, high);
}
