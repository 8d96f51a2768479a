using System.Globalization;

namespace Kymo.Tuning.Samplers;

/// <summary>Points that fill the unit cube evenly, without scrambling; equal to SciPy's.</summary>
static class QuasiRandom
{
    /// <summary>Most dimensions of the Sobol sequence here.</summary>
    public const int MostSobolDimensions = 128;

    const int Bits = 30;

    static readonly Lazy<uint[][]> s_directions = new(ReadDirections);

    /// <summary>Point <paramref name="index"/> of the Sobol sequence in Gray-code order (Joe and Kuo 2008), from 0.</summary>
    public static double[] Sobol(long index, int dimensions)
    {
        var gray = index ^ (index >> 1);
        var point = new double[dimensions];
        for (var d = 0; d < dimensions; d++)
        {
            uint word = 0;
            for (var bit = 0; bit < Bits; bit++)
                if ((gray >> bit & 1) == 1) word ^= s_directions.Value[d][bit];
            point[d] = word * (1.0 / (1 << Bits));
        }
        return point;
    }

    /// <summary>Point <paramref name="index"/> of the Halton sequence over the first primes, from 0.</summary>
    public static double[] Halton(long index, int dimensions)
    {
        var point = new double[dimensions];
        var prime = 1;
        for (var d = 0; d < dimensions; d++)
        {
            do prime++; while (!IsPrime(prime));
            var weight = 1.0 / prime;
            for (var rest = index; rest > 0; rest /= prime, weight /= prime) point[d] += rest % prime * weight;
        }
        return point;
    }

    static bool IsPrime(int number)
    {
        for (var divisor = 2; divisor * divisor <= number; divisor++)
            if (number % divisor == 0) return false;
        return true;
    }

    // One array of direction numbers for each dimension, shifted to the full width.
    static uint[][] ReadDirections()
    {
        using var stream = typeof(QuasiRandom).Assembly.GetManifestResourceStream("sobol.txt")!;
        using var reader = new StreamReader(stream);
        var directions = new List<uint[]> { Shifted(Enumerable.Repeat(1u, Bits).ToArray()) };
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            uint[] numbers = [.. line.Split(' ').Select(number => uint.Parse(number, CultureInfo.InvariantCulture))];
            directions.Add(Shifted(Extended(numbers[0], numbers[1..])));
        }
        return [.. directions];
    }

    // The recurrence of the primitive polynomial continues its initial numbers.
    static uint[] Extended(uint polynomial, uint[] initial)
    {
        var degree = initial.Length;
        var numbers = new uint[Bits];
        initial.CopyTo(numbers, 0);
        for (var j = degree; j < Bits; j++)
        {
            numbers[j] = numbers[j - degree];
            for (var k = 1; k <= degree; k++)
                if ((polynomial >> (degree - k) & 1) == 1) numbers[j] ^= numbers[j - k] << k;
        }
        return numbers;
    }

    static uint[] Shifted(uint[] numbers) => [.. numbers.Select((number, bit) => number << (Bits - 1 - bit))];
}
