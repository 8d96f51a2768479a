namespace Kymo.Tuning.Storages;

/// <summary>What every storage refuses, in the same words.</summary>
static class StorageChecks
{
    public static StudyException Exists(string name, string location) => new(
        $"{location} has a study named {name} already; choose another name, or open that one to add trials to it");

    public static StudyException NoStudy(long studyId, string location) =>
        new($"{location} has no study with the id {studyId}; it may have been deleted");

    public static StudyException NoTrial(long trialId, string location) => new($"{location} has no trial with the id {trialId}");

    public static TrialException Finished(int number, TrialState state) =>
        new($"trial {number} has ended as {state.Text()} and cannot be changed; ask the study for a new trial");

    public static void Updatable(FrozenTrial trial)
    {
        if (trial.IsFinished) throw Finished(trial.Number, trial.State);
    }
}
