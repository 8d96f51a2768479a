using System.Globalization;
using Kymo.Lab.Training;

namespace Kymo.Lab.Data.Sleep;

/// <summary>How nights are made up.</summary>
public sealed record SyntheticNightOptions
{
    /// <summary>Length of a night, seconds; a multiple of 30. Default 2 hours.</summary>
    public int Seconds { get; init; } = 7200;

    /// <summary>Motion samples a second. Default 10.</summary>
    public double MotionRate { get; init; } = 10;

    /// <summary>Seconds of a bin of steps. Default 60.</summary>
    public int StepBin { get; init; } = 60;
}

/// <summary>
/// Nights made up for tests and first runs: a chain of stages, and streams that depend on them (a faster heart and moving arms awake, a
/// slow steady heart in N3, an uneven one in REM). They look like recordings and prove nothing about sleep.
/// </summary>
public static class SyntheticNights
{
    // Chance of the next epoch's stage: Wake, N1, N2, N3, REM.
    static readonly double[][] s_next =
    [
        [0.80, 0.17, 0.02, 0.00, 0.01], [0.06, 0.62, 0.28, 0.00, 0.04], [0.02, 0.03, 0.88, 0.04, 0.03],
        [0.01, 0.01, 0.06, 0.92, 0.00], [0.02, 0.04, 0.04, 0.00, 0.90],
    ];

    static readonly double[] s_beats = [68, 62, 58, 54, 63], s_unrest = [3.5, 1.8, 1.2, 0.6, 4.0], s_movement = [0.25, 0.05, 0.015, 0.004, 0.03];

    /// <summary>A night that depends on the seed and the person alone.</summary>
    public static NightStreams Make(string id, long seed, SyntheticNightOptions options)
    {
        var random = new RandomStream(seed, "synthetic/" + id);
        var stages = Hypnogram(options.Seconds / 30, random);
        var own = random.Uniform(-6, 6);
        return new NightStreams(id, HeartRate(stages, own, options, random), Motion(stages, options, random), Steps(stages, options, random),
            new SensorSeries("labels", [.. stages.Select((_, epoch) => epoch * 30.0)], [[.. stages.Select(stage => (double)SleepStage.CodeOf(stage))]]));
    }

    /// <summary>Writes nights in the published layout.</summary>
    /// <param name="root">The folder to make.</param>
    /// <param name="people">How many people.</param>
    /// <param name="seed">Seeds them.</param>
    /// <param name="options">Length and rates.</param>
    public static void WriteTree(string root, int people, long seed, SyntheticNightOptions options)
    {
        for (var person = 0; person < people; person++) Write(root, Make(Id(person), seed, options));
    }

    /// <summary>Number of the n-th made-up person.</summary>
    public static string Id(int person) => (100_001 + person).ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes one night in the published layout.</summary>
    public static void Write(string root, NightStreams night)
    {
        foreach (var (kind, series) in night.All)
        {
            var path = SleepAccelTree.FileOf(root, night.Id, kind);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var file = new StreamWriter(path) { NewLine = "\n" };
            for (var i = 0; i < series.Count; i++)
            {
                file.Write(series.Times[i].ToString("R", CultureInfo.InvariantCulture));
                foreach (var channel in series.Channels)
                {
                    file.Write(kind.Separator);
                    file.Write(channel[i].ToString("R", CultureInfo.InvariantCulture));
                }
                file.WriteLine();
            }
        }
    }

    static int[] Hypnogram(int epochs, RandomStream random)
    {
        var stages = new int[epochs];
        for (var epoch = 1; epoch < epochs; epoch++)
        {
            var draw = random.Uniform();
            var chances = s_next[stages[epoch - 1]];
            var stage = 0;
            while (stage < 4 && draw >= chances[stage]) draw -= chances[stage++];
            stages[epoch] = stage;
        }
        return stages;
    }

    // Every 5 s or so, from ten minutes before the night.
    static SensorSeries HeartRate(int[] stages, double own, SyntheticNightOptions options, RandomStream random)
    {
        var (times, beats, level) = (new List<double>(), new List<double>(), 65.0);
        for (var time = -600 + random.Uniform(); time < options.Seconds + 60; time += random.Uniform(4.5, 5.5))
        {
            var stage = stages[Math.Clamp((int)Math.Floor(time / 30), 0, stages.Length - 1)];
            level += 0.2 * (s_beats[stage] + own - level);
            times.Add(Math.Round(time, 5));
            beats.Add(Math.Round(Math.Clamp(level + s_unrest[stage] * random.Normal(), 35, 180)));
        }
        return new SensorSeries("heart_rate", [.. times], [[.. beats]]);
    }

    static SensorSeries Motion(int[] stages, SyntheticNightOptions options, RandomStream random)
    {
        var count = (int)((options.Seconds + 120) * options.MotionRate);
        var times = new double[count];
        double[][] axes = [new double[count], new double[count], new double[count]];
        var (tilt, effort) = (random.Uniform(-1, 1), 0.0);
        for (var i = 0; i < count; i++)
        {
            times[i] = Math.Round(-60 + i / options.MotionRate + 0.002 * random.Uniform(), 6);
            var stage = stages[Math.Clamp((int)Math.Floor(times[i] / 30), 0, stages.Length - 1)];
            if (random.Uniform() < s_movement[stage] / options.MotionRate) (effort, tilt) = (random.Uniform(0.2, 1), random.Uniform(-1, 1));
            effort *= Math.Pow(0.7, 1 / options.MotionRate);
            axes[0][i] = Math.Round(Math.Sin(tilt) + 0.004 * random.Normal() + 0.4 * effort * random.Normal(), 7);
            axes[1][i] = Math.Round(0.1 + 0.004 * random.Normal() + 0.4 * effort * random.Normal(), 7);
            axes[2][i] = Math.Round(Math.Cos(tilt) + 0.004 * random.Normal() + 0.4 * effort * random.Normal(), 7);
        }
        return new SensorSeries("motion", times, axes);
    }

    static SensorSeries Steps(int[] stages, SyntheticNightOptions options, RandomStream random)
    {
        var bins = options.Seconds / options.StepBin + 2;
        var (times, steps) = (new double[bins], new double[bins]);
        for (var bin = 0; bin < bins; bin++)
        {
            times[bin] = (bin - 1) * (double)options.StepBin;
            var stage = stages[Math.Clamp((int)(times[bin] / 30), 0, stages.Length - 1)];
            steps[bin] = stage == 0 && random.Uniform() < 0.1 ? random.Integer(1, 20) : 0;
        }
        return new SensorSeries("steps", times, [steps]);
    }
}
