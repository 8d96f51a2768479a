using Kymo.Tuning.Json;

namespace Kymo.Tuning.Tests;

public sealed class StudyExportTests : IDisposable
{
    readonly MemoryStorage _storage = new(TimeProvider.System);

    public void Dispose() => _storage.Dispose();

    Study MakeStudy()
    {
        var study = Study.Create(_storage, "s", [StudyDirection.Maximize], new FirstSampler());
        study.SetUserAttribute("note", "n");
        var first = study.Ask();
        first.SuggestCategorical("sizes", "[16, 32]", "[32, 64]");
        first.SuggestFloat("lr", 1e-5, 1, log: true);
        study.Tell(first, 0.5);
        study.TellFailed(study.Ask(), "exit code 1");
        study.Ask().SuggestInt("n", 2, 8, step: 2);
        return study;
    }

    [Fact]
    public void Trials_become_a_table() => Assert.Equal(
        "number,value,state,params\n" +
        "0,0.5,COMPLETE,\"{\"\"sizes\"\": \"\"[16, 32]\"\", \"\"lr\"\": 1e-05}\"\n" +
        "1,,FAIL,{}\n" +
        "2,,RUNNING,\"{\"\"n\"\": 2}\"\n",
        StudyExport.TrialsCsv(MakeStudy()));

    [Fact]
    public void Best_trial_becomes_a_map() => Assert.Equal(
        """
        {"best_value": 0.5, "best_params": {"sizes": "[16, 32]", "lr": 1e-05}, "best_trial_number": 0, "direction": "maximize",
        """ + " " + """
        "metric": "val_f1", "storage": "memory", "study_name": "s", "n_trials": 3}
        """,
        StudyExport.BestJson(MakeStudy(), "val_f1"));

    [Fact]
    public void Copy_equals_its_study_but_for_running_trials()
    {
        var study = MakeStudy();
        using var folder = new TempFolder();
        using var journal = new JournalStorage(folder["s.log"], TimeProvider.System);
        StudyExport.Copy(study, journal);
        var copy = Study.Open(journal, "s", new FirstSampler());
        Assert.Equal("n", copy.Read().UserAttributes["note"]);
        var pairs = study.Trials().Zip(copy.Trials()).ToArray();
        Assert.Equal([TrialState.Complete, TrialState.Fail, TrialState.Fail], pairs.Select(pair => pair.Second.State));
        foreach (var (trial, copied) in pairs)
        {
            Assert.Equal(trial.Parameters, copied.Parameters);
            Assert.Equal(trial.Values, copied.Values);
            Assert.Equal(PythonJson.Write(trial.UserAttributes), PythonJson.Write(copied.UserAttributes));
        }
        Assert.Throws<StudyException>(() => StudyExport.Copy(study, journal));
    }

    [Fact]
    public void Changed_space_is_told()
    {
        var study = MakeStudy();
        var same = new SearchSpace(
            study.Trials().SelectMany(trial => trial.Parameters).Select(p => KeyValuePair.Create(p.Name, p.Distribution)));
        Assert.Empty(study.Differences(same));
        var changed = new SearchSpace(
            [same[0], new("lr", new FloatDistribution(1e-4, 1, log: true)), new("z", new IntDistribution(0, 1))]);
        Assert.Equal(
            [
                "lr was " + same[1].Value.Json + " and is " + changed[1].Value.Json,
                "z is new: " + changed[2].Value.Json,
                "n is gone: it was " + same[2].Value.Json,
            ],
            study.Differences(changed));
    }
}
