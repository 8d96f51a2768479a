using System.Globalization;
using Kymo.Tuning.Json;

namespace Kymo.Tuning.Storages.Journal;

/// <summary>
/// Applies lines to a table by Optuna's rules: a line that came too late, for a study that is deleted, a trial that ended or a
/// name that is taken, does nothing.
/// </summary>
sealed class JournalReplay(string path)
{
    public StudyTable Table { get; } = new();

    public void Apply(string line, int number)
    {
        var entry = new JournalEntry(line, string.Create(CultureInfo.InvariantCulture, $"{path}, line {number}"));
        switch (entry.Operation)
        {
            case JournalOperation.CreateStudy: CreateStudy(entry); break;
            case JournalOperation.DeleteStudy: Table.DeleteStudy(entry.Integer("study_id")); break;
            case JournalOperation.SetStudyUserAttribute: SetStudyAttribute(entry, AttributeOwner.User, "user_attr"); break;
            case JournalOperation.SetStudySystemAttribute: SetStudyAttribute(entry, AttributeOwner.System, "system_attr"); break;
            case JournalOperation.CreateTrial: CreateTrial(entry); break;
            case JournalOperation.SetParameter: SetParameter(entry); break;
            case JournalOperation.SetStateAndValues: SetStateAndValues(entry); break;
            case JournalOperation.SetIntermediateValue:
                if (Updatable(entry) is { } reported)
                    Table.Replace(reported.With(entry.Integer("step"), entry.Number("intermediate_value")));
                break;
            case JournalOperation.SetTrialUserAttribute: SetTrialAttribute(entry, AttributeOwner.User, "user_attr"); break;
            case JournalOperation.SetTrialSystemAttribute: SetTrialAttribute(entry, AttributeOwner.System, "system_attr"); break;
            default: throw entry.Missing("op_code", "0 to 9");
        }
    }

    void CreateStudy(JournalEntry entry)
    {
        var name = entry.Text("study_name");
        var directions = entry.Numbers("directions") ?? throw entry.Missing("directions", "a list");
        if (directions.Any(direction => direction is not (0 or 1 or 2))) throw entry.Missing("directions", "0, 1 or 2");
        if (!Table.HasStudy(name)) Table.AddStudy(name, [.. directions.Select(direction => (StudyDirection)(int)direction)]);
    }

    void SetStudyAttribute(JournalEntry entry, AttributeOwner owner, string field)
    {
        if (!Table.HasStudy(entry.Integer("study_id"))) return;
        foreach (var (key, value) in entry.Map(field)) Table.SetStudyAttribute(entry.Integer("study_id"), owner, key, value);
    }

    void CreateTrial(JournalEntry entry)
    {
        if (!Table.HasStudy(entry.Integer("study_id"))) return;
        Table.AddTrial(entry.Integer("study_id"), new FrozenTrial
        {
            State = entry.State(TrialState.Running),
            Values = entry.Numbers("values") ?? (entry.OptionalNumber("value") is { } value ? [value] : null),
            Started = entry.Time("datetime_start"),
            Completed = entry.Time("datetime_complete"),
            Parameters = Parameters(entry),
            UserAttributes = entry.Map("user_attrs"),
            SystemAttributes = entry.Map("system_attrs"),
            IntermediateValues = IntermediateValues(entry),
        });
    }

    static List<TrialParameter> Parameters(JournalEntry entry)
    {
        var distributions = entry.Map("distributions");
        var parameters = new List<TrialParameter>();
        foreach (var (name, value) in entry.Map("params"))
        {
            if (distributions.GetValueOrDefault(name) is not string text)
                throw entry.Missing("distributions", "text for each of params");
            var number = PythonJson.Number(value) ?? throw entry.Missing("params", "numbers");
            parameters.Add(new TrialParameter(name, DistributionJson.Read(text), number));
        }
        return parameters;
    }

    void SetParameter(JournalEntry entry)
    {
        if (Updatable(entry) is not { } trial) return;
        var parameter = new TrialParameter(
            entry.Text("param_name"), DistributionJson.Read(entry.Text("distribution")), entry.Number("param_value_internal"));
        if (Table.FirstDistribution(trial, parameter.Name)?.IsCompatible(parameter.Distribution) != false)
            Table.Replace(trial.With([parameter]));
    }

    void SetStateAndValues(JournalEntry entry)
    {
        if (Updatable(entry) is not { } trial) return;
        var state = entry.State(TrialState.Running);
        if (state == TrialState.Running && trial.State == TrialState.Running) return;
        Table.Replace(trial with
        {
            State = state,
            Values = entry.Numbers("values") ?? trial.Values,
            Started = state == TrialState.Running ? entry.Time("datetime_start") : trial.Started,
            Completed = state.IsFinished() ? entry.Time("datetime_complete") : trial.Completed,
        });
    }

    void SetTrialAttribute(JournalEntry entry, AttributeOwner owner, string field)
    {
        if (Updatable(entry) is not { } trial) return;
        foreach (var (key, value) in entry.Map(field)) trial = trial.With(owner, key, value);
        Table.Replace(trial);
    }

    FrozenTrial? Updatable(JournalEntry entry)
    {
        var id = entry.Integer("trial_id");
        return Table.HasTrial(id) && Table.Trial(id) is { IsFinished: false } trial ? trial : null;
    }

    static SortedList<long, double> IntermediateValues(JournalEntry entry)
    {
        var values = new SortedList<long, double>();
        foreach (var (key, value) in entry.Map("intermediate_values"))
        {
            if (!long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var step))
                throw entry.Missing("intermediate_values", "an object with steps as keys");
            values[step] = PythonJson.Number(value) ?? throw entry.Missing("intermediate_values", "numbers");
        }
        return values;
    }
}
