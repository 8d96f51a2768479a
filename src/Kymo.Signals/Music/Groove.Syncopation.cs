namespace Kymo.Signals.Music;

public static partial class Groove
{
    // Longuet-Higgins and Lee 1984, in the form of Fitch and Rosenfeld 2007: a rest that is stronger than the note it follows.
    static double LonguetHigginsLee(Grid grid)
    {
        var (sum, own, rest) = (0.0, int.MaxValue, int.MinValue);
        // Before the first stroke there is none that a rest could follow; after the last none is counted: what follows it is not known.
        for (var step = 0; step < grid.Steps; step++)
        {
            if (!grid.Has(step, Stream.Any))
            {
                rest = Math.Max(rest, Weight(step));
                continue;
            }
            if (rest > own) sum += rest - own;
            (own, rest) = (Weight(step), int.MinValue);
        }
        return sum;

        int Weight(int step) => grid.InBar(step) switch
        {
            0 => 0,
            8 when grid.StepsPerBar == 16 => -1,
            var s when s % 4 == 0 => -2,
            var s when s % 2 == 0 => -3,
            _ => -4,
        };
    }

    // Witek et al. 2014: strokes of one stream that another answers on a stronger step right after.
    static double Witek(Grid grid)
    {
        var sum = 0.0;
        for (var step = 0; step + 1 < grid.Steps; step++)
        {
            var gain = Weight(step + 1) - Weight(step);
            if (gain < 0) continue;
            var (low, mid, _) = grid.Bands(step);
            var (nextLow, nextMid, nextHigh) = grid.Bands(step + 1);
            var instrument = 0;
            if (low && nextMid && nextHigh) instrument = 2;
            if (mid && nextLow && nextHigh) instrument = 1;
            if ((low || mid) && nextHigh && !nextLow && !nextMid) instrument = 5;
            if (instrument > 0) sum += gain + instrument;
        }
        return sum;

        int Weight(int step) => grid.InBar(step) switch { 0 => 0, var s when s % 4 == 0 => -1, var s when s % 2 == 0 => -2, _ => -3 };
    }

    enum Stream
    {
        Any,
        Kick,
        Snare,
        Hats,
        Toms,
        Cymbals,
    }

    // Which streams sound at which step of the pattern.
    sealed class Grid
    {
        readonly byte[] _streams;

        public Grid(DrumPattern pattern)
        {
            StepsPerBar = pattern.StepsPerBar;
            _streams = new byte[pattern.Steps];
            foreach (ref readonly var hit in pattern.Strokes) _streams[pattern.StepInPattern(hit)] |= (byte)(1 | (1 << (int)Of(hit.Drum)));
        }

        public int StepsPerBar { get; }

        public int Steps => _streams.Length;

        public int InBar(int step) => step % StepsPerBar;

        /// <summary>Steps at which a stream sounds.</summary>
        public int Count(Stream stream)
        {
            var count = 0;
            foreach (var streams in _streams) count += (streams >> (int)stream) & 1;
            return count;
        }

        /// <summary>The same, of the steps whose place in the bar leaves a rest.</summary>
        public int Count(Stream stream, int every, int rest)
        {
            var count = 0;
            for (var step = 0; step < _streams.Length; step++)
                if (Has(step, stream) && InBar(step) % every == rest) count++;
            return count;
        }

        /// <summary>Length of the sum of unit vectors, one for each step that sounds, that point where in the bar it stands.</summary>
        public double DirectionSum()
        {
            var directions = new (double Sine, double Cosine)[StepsPerBar];
            for (var step = 0; step < StepsPerBar; step++) directions[step] = Math.SinCos(2 * Math.PI * step / StepsPerBar);
            double x = 0, y = 0;
            for (var step = 0; step < _streams.Length; step++)
            {
                if (!Has(step, Stream.Any)) continue;
                x += directions[InBar(step)].Cosine;
                y += directions[InBar(step)].Sine;
            }
            return Math.Sqrt((x * x) + (y * y));
        }

        public (bool Low, bool Mid, bool High) Bands(int step) => (
            Has(step, Stream.Kick), Has(step, Stream.Snare) || Has(step, Stream.Toms), Has(step, Stream.Hats) || Has(step, Stream.Cymbals));

        public bool Has(int step, Stream stream) => (_streams[step] & (1 << (int)stream)) != 0;

        static Stream Of(Drum drum) => drum switch
        {
            Drum.Kick => Stream.Kick,
            Drum.Snare => Stream.Snare,
            Drum.ClosedHat or Drum.OpenHat => Stream.Hats,
            Drum.Crash or Drum.Ride => Stream.Cymbals,
            _ => Stream.Toms,
        };
    }
}
