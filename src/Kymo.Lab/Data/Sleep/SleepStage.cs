namespace Kymo.Lab.Data.Sleep;

/// <summary>
/// The stages of sleep as a laboratory scores them (Berry et al., AASM manual), and their codes in PhysioNet's Sleep-Accel: 0 Wake, 1 N1,
/// 2 N2, 3 N3, 4 the older N4, 5 REM; -1 and 6 unscored.
/// </summary>
public static class SleepStage
{
    /// <summary>The class of an epoch that nobody scored.</summary>
    public const int Unscored = -1;

    /// <summary>The class of a code that does not exist.</summary>
    public const int Unknown = -2;

    /// <summary>Length of an epoch, seconds.</summary>
    public const double EpochSeconds = 30;

    /// <summary>Index of N3 in the five classes.</summary>
    public const int N3 = 3;

    static readonly int[] s_codes = [0, 1, 2, 3, 5];

    /// <summary>The five classes: Wake, N1, N2, N3, REM.</summary>
    public static IReadOnlyList<string> Five { get; } = ["Wake", "N1", "N2", "N3", "REM"];

    /// <summary>How many classes can be told apart: 2, 3, 4 or 5.</summary>
    public static IReadOnlyList<int> ClassCounts { get; } = [5, 4, 3, 2];

    /// <summary>The class of a code, N4 in N3; <see cref="Unscored"/> or <see cref="Unknown"/> where it has none.</summary>
    public static int FromCode(double code) => code switch
    {
        0 or 1 or 2 or 3 => (int)code,
        4 => N3,
        5 => 4,
        -1 or 6 => Unscored,
        _ => Unknown,
    };

    /// <summary>The code that the data set has for one of the five classes.</summary>
    public static int CodeOf(int stage) => s_codes[stage];

    /// <summary>Class names by their number: 5; 4 with Light and Deep; 3 with NREM; 2 with Sleep.</summary>
    /// <param name="classes">2 to 5.</param>
    public static IReadOnlyList<string> Names(int classes) => classes switch
    {
        5 => Five,
        4 => ["Wake", "Light", "Deep", "REM"],
        3 => ["Wake", "NREM", "REM"],
        2 => ["Wake", "Sleep"],
        _ => throw new ArgumentOutOfRangeException(nameof(classes), classes, "expected 2, 3, 4 or 5 classes"),
    };

    /// <summary>The class of each of the five stages when fewer are told apart.</summary>
    /// <param name="classes">2 to 5.</param>
    public static IReadOnlyList<int> Merge(int classes) => classes switch
    {
        5 => [0, 1, 2, 3, 4],
        4 => [0, 1, 1, 2, 3],
        3 => [0, 1, 1, 1, 2],
        2 => [0, 1, 1, 1, 1],
        _ => throw new ArgumentOutOfRangeException(nameof(classes), classes, "expected 2, 3, 4 or 5 classes"),
    };

    /// <summary>Probabilities of fewer classes: those of the stages that fall together are added.</summary>
    /// <param name="five">(epoch, 5), row-major.</param>
    /// <param name="classes">2 to 5.</param>
    /// <returns>(epoch, class), row-major.</returns>
    public static float[] MergeProbabilities(ReadOnlySpan<float> five, int classes)
    {
        var merge = Merge(classes);
        var merged = new float[five.Length / 5 * classes];
        for (var i = 0; i < five.Length; i++) merged[i / 5 * classes + merge[i % 5]] += five[i];
        return merged;
    }
}
