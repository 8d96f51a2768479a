namespace Kymo.Tuning.Storages;

/// <summary>Copies of a trial with one thing changed.</summary>
static class TrialEdits
{
    public static FrozenTrial With(this FrozenTrial trial, IReadOnlyList<TrialParameter> parameters)
    {
        List<TrialParameter> all = [.. trial.Parameters];
        foreach (var parameter in parameters)
        {
            var place = all.FindIndex(other => other.Name == parameter.Name);
            if (place >= 0) all[place] = parameter;
            else all.Add(parameter);
        }
        return trial with { Parameters = all };
    }

    public static FrozenTrial With(this FrozenTrial trial, long step, double value)
    {
        var values = new SortedList<long, double>(trial.IntermediateValues.Count + 1);
        foreach (var (otherStep, otherValue) in trial.IntermediateValues) values.Add(otherStep, otherValue);
        values[step] = value;
        return trial with { IntermediateValues = values };
    }

    public static FrozenTrial With(this FrozenTrial trial, AttributeOwner owner, string key, object? value) =>
        owner == AttributeOwner.User
            ? trial with { UserAttributes = With(trial.UserAttributes, key, value) }
            : trial with { SystemAttributes = With(trial.SystemAttributes, key, value) };

    public static FrozenStudy With(this FrozenStudy study, AttributeOwner owner, string key, object? value) =>
        owner == AttributeOwner.User
            ? study with { UserAttributes = With(study.UserAttributes, key, value) }
            : study with { SystemAttributes = With(study.SystemAttributes, key, value) };

    static Dictionary<string, object?> With(IReadOnlyDictionary<string, object?> attributes, string key, object? value) =>
        new(attributes) { [key] = value };
}
