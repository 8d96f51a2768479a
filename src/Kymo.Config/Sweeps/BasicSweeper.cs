namespace Kymo.Config;

/// <summary>
/// Makes the jobs of a sweep: every combination of the members of its sweep overrides, the rightmost changing fastest, as Hydra's
/// basic sweeper does.
/// </summary>
public static class BasicSweeper
{
    /// <summary>Makes the jobs.</summary>
    /// <param name="overrides">The overrides. Of two with the same key the later one counts, at the place of the first.</param>
    /// <param name="maxBatchSize">How many jobs one batch holds at most (1 or more); null for one batch of all.</param>
    /// <param name="groupOptions">Gives the options of a config group, for <c>glob(...)</c>.</param>
    /// <param name="random">Orders shuffled sweeps. Without one the order is the same each time.</param>
    /// <returns>Batches of jobs, numbered through from 0.</returns>
    /// <exception cref="ConfigException">A kind of sweep that cannot be listed, or more than a million jobs.</exception>
    public static IReadOnlyList<IReadOnlyList<SweepJob>> Plan(
        IEnumerable<Override> overrides,
        int? maxBatchSize = null,
        Func<string, IReadOnlyList<string>>? groupOptions = null,
        Random? random = null)
    {
        if (maxBatchSize < 1) throw new ConfigException($"max_batch_size is {maxBatchSize}; it must be null or 1 or more.");
        var places = new Dictionary<string, int>();
        var columns = new List<IReadOnlyList<Override>>();
        foreach (var item in overrides)
        {
            var members = Members(item, groupOptions, random);
            if (places.TryAdd(item.KeyElement, columns.Count)) columns.Add(members);
            else columns[places[item.KeyElement]] = members;
        }
        var jobs = Product(columns);
        return maxBatchSize is { } size ? [.. jobs.Chunk(size)] : [jobs];
    }

    static List<SweepJob> Product(List<IReadOnlyList<Override>> columns)
    {
        var count = columns.Aggregate(1L, (product, column) => Math.Min(product * column.Count, SweepMembers.Most + 1L));
        if (columns.Any(column => column.Count == 0)) count = 0;
        if (count > SweepMembers.Most) throw new ConfigException(
            $"The sweep has more than {SweepMembers.Most} jobs. Sweep over fewer values.");
        var jobs = new List<SweepJob>((int)count);
        for (var number = 0; number < count; number++)
        {
            var job = new Override[columns.Count];
            var rest = number;
            for (var i = columns.Count - 1; i >= 0; i--) (rest, job[i]) = (rest / columns[i].Count,
                columns[i][rest % columns[i].Count]);
            jobs.Add(new SweepJob(number, job));
        }
        return jobs;
    }

    static IReadOnlyList<Override> Members(Override item, Func<string, IReadOnlyList<string>>? groupOptions, Random? random) =>
        item.Value switch
        {
            ChoiceSweep choice => [.. SweepMembers.Of(choice, random).Select(value => Member(item, value))],
            RangeSweep range => [.. SweepMembers.Of(range, random).Select(value => Member(item, value))],
            GlobSweep glob => [.. Options(item, glob, groupOptions).Select(option => Member(item, new TextValue(option)))],
            IntervalSweep => throw new ConfigException(
                "BasicSweeper does not support sweep type : INTERVAL_SWEEP\n"
                + $"'{item.Text}' stands for all numbers between two ends. Name the values (choice or range), or use "
                    + $"hydra/sweeper=optuna."),
            _ => [Member(item, item.Value)],
        };

    static IEnumerable<string> Options(Override item, GlobSweep glob, Func<string, IReadOnlyList<string>>? groupOptions)
    {
        if (groupOptions is null)
            throw new ConfigException($"'{item.Text}' needs the options of the config group '{item.KeyOrGroup}', but there is "
                + $"no configuration.");
        var (include, exclude) = (Patterns(item, glob.Include), Patterns(item, glob.Exclude));
        return groupOptions(item.KeyOrGroup).Where(option => Matches(option, include) && !Matches(option, exclude));
    }

    static List<string> Patterns(Override item, IReadOnlyList<OverrideValue> patterns) =>
        [.. patterns.Select(pattern => pattern switch
    {
        TextValue text => text.Text,
        QuotedValue quoted => quoted.Text,
        _ => throw new ConfigException($"In '{item.Text}': the pattern {pattern} is no text."),
    })];

    static bool Matches(string option, List<string> patterns) => patterns.Exists(pattern => NamePattern.Matches(option, pattern));

    /// <summary>
    /// The override of one job: its text as Hydra writes it, and the value that text has. Text that is not well formed there
    /// keeps the value it came from.
    /// </summary>
    static Override Member(Override item, OverrideValue? value)
    {
        var text = $"{item.KeyElement}={OverrideWriter.Write(value, OverrideStyle.Hydra)}";
        try
        {
            return Override.Parse(text);
        }
        catch (ConfigException)
        {
            return item with { Value = value ?? NullValue.Instance, Text = text };
        }
    }
}
