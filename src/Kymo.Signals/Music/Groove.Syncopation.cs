namespace Kymo.Signals.Music;

public static partial class Groove
{
    // Longuet-Higgins and Lee 1984, in the form of Fitch and Rosenfeld 2007: a rest that is stronger than the note it follows.
    static double LonguetHigginsLee(Grid grid)
    {
        var active = grid.Active(Stream.Any).ToArray();
        var sum = 0.0;
        // After the last stroke no rest is counted: what follows it is not known.
        for (var i = 0; i + 1 < active.Length; i++)
        {
            var own = Weight(active[i]);
            var rest = int.MinValue;
            for (var step = active[i] + 1; step < active[i + 1]; step++) rest = Math.Max(rest, Weight(step));
            if (rest > own) sum += rest - own;
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
            foreach (var hit in pattern.Hits) _streams[pattern.StepInPattern(hit)] |= (byte)(1 | (1 << (int)Of(hit.Drum)));
        }

        public int StepsPerBar { get; }

        public int Steps => _streams.Length;

        public int InBar(int step) => step % StepsPerBar;

        public IEnumerable<int> Active(Stream stream)
        {
            for (var step = 0; step < _streams.Length; step++)
                if (Has(step, stream)) yield return step;
        }

        public (bool Low, bool Mid, bool High) Bands(int step) => (
            Has(step, Stream.Kick), Has(step, Stream.Snare) || Has(step, Stream.Toms), Has(step, Stream.Hats) || Has(step, Stream.Cymbals));

        bool Has(int step, Stream stream) => (_streams[step] & (1 << (int)stream)) != 0;

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
