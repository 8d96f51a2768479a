using System.Globalization;

namespace Kymo.App.Campaigns;

/// <summary>Whether the teacher is good enough, and which runs it is chosen from. Validation scores only; means over seeds.</summary>
/// <param name="Teacher">The setting of the best teacher so far.</param>
/// <param name="Student">The setting of the best student.</param>
/// <param name="TeacherF1">Its mean validation macro F1.</param>
/// <param name="StudentF1">Its mean validation macro F1.</param>
/// <param name="Needed">The gap that is asked for.</param>
sealed record GateResult(string Teacher, string Student, double TeacherF1, double StudentF1, double Needed)
{
    /// <summary>Teacher minus student.</summary>
    public double Gap => TeacherF1 - StudentF1;

    /// <summary>Whether it is wide enough.</summary>
    public bool Passed => Gap >= Needed;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"teacher gate {(Passed ? "passed" : "not passed")}: {Teacher} {TeacherF1:0.0000} - {Student} {StudentF1:0.0000} = {Gap:+0.0000;-0.0000} on validation clips, asked for {Needed:0.0000}");
}

/// <summary>What the first phase decides. Only this manifest's runs count; collapsed ones never win.</summary>
static class CampaignChoice
{
    /// <summary>The gate.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="teachers">Runs of the teacher, of the base setting and of those that were tuned.</param>
    /// <param name="students">Runs of the first phase.</param>
    public static GateResult Gate(CampaignManifest manifest, IReadOnlyList<RunScores> teachers, IReadOnlyList<RunScores> students)
    {
        var (teacher, teacherF1) = Best(teachers);
        var pool = manifest.TeacherGate.StudentPoolModels.Count > 0 ? manifest.TeacherGate.StudentPoolModels : manifest.Kd.Students;
        var (student, studentF1) = Best([.. students.Where(run => pool.Contains(run.Run.Model))]);
        return new GateResult(teacher, student, teacherF1, studentF1, manifest.TeacherGate.MinF1Gap);
    }

    /// <summary>Reduction and kernel of a student with attention: the best mean validation macro F1, the first by name among equals.</summary>
    public static (int Reduction, int Kernel) Attention(string model, IReadOnlyList<RunScores> phase1)
    {
        var runs = phase1.Where(run => run.Run.Model == model).ToArray();
        var (best, _) = Best(runs);
        return runs.First(run => run.Run.Setting == best).Run.Attention!.Value;
    }

    /// <summary>The setting with the best mean validation macro F1 over its seeds.</summary>
    public static (string Setting, double F1) Best(IReadOnlyList<RunScores> runs)
    {
        var best = runs.GroupBy(run => run.Run.Setting)
            .Select(group => (Setting: group.Key, F1: group.Average(run => run.Validation), Collapsed: group.Any(run => run.Collapsed)))
            .OrderBy(group => group.Collapsed).ThenByDescending(group => group.F1).ThenBy(group => group.Setting, StringComparer.Ordinal).First();
        return (best.Setting, best.F1);
    }
}
