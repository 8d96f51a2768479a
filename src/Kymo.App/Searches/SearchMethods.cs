using System.Globalization;
using Kymo.Config;
using Kymo.Tuning;

namespace Kymo.App.Searches;

/// <summary>Samplers and pruners by the words of the command line: a name, then settings as <c>,key=value</c>.</summary>
static class SearchMethods
{
    /// <summary>The samplers' names, for help.</summary>
    public const string Samplers = "tpe[,startup=N,candidates=N,multivariate=B,group=B,constant_liar=B], random, qmc, grid, cmaes, nsga2";

    /// <summary>The pruners' names, for help.</summary>
    public const string Pruners =
        "none, median[,startup=N,warmup=N,interval=N], percentile[,percentile=P,...], halving[,resource=N,reduction=N], hyperband[,least=N,most=N,reduction=N], "
        + "threshold[,lower=X,upper=X], and patience=N with any of them";

    /// <summary>Makes a sampler.</summary>
    /// <param name="text">What was typed.</param>
    /// <param name="seed">Start of its streams.</param>
    /// <param name="space">What it will search; a grid is made of it.</param>
    /// <param name="isParallel">Whether other workers search beside it: TPE then counts running trials as bad ones unless told otherwise.</param>
    /// <exception cref="ConfigException">An unknown name or setting.</exception>
    public static Sampler Sampler(string text, uint seed, SearchSpace space, bool isParallel)
    {
        var words = new Settings("--sampler", text);
        Sampler sampler = words.Name switch
        {
            "tpe" => new TpeSampler(seed, new TpeOptions
            {
                StartupTrials = (int)(words.Number("startup") ?? 10),
                Candidates = (int)(words.Number("candidates") ?? 24),
                Multivariate = words.Flag("multivariate") ?? false,
                Group = words.Flag("group") ?? false,
                ConstantLiar = words.Flag("constant_liar") ?? isParallel,
            }),
            "random" => new RandomSampler(seed),
            "qmc" => new QmcSampler(seed),
            "grid" => new GridSampler(space.ToDictionary(parameter => parameter.Key, parameter => Cells(parameter.Key, parameter.Value)), seed),
            "cmaes" => new CmaEsSampler(seed),
            "nsga2" => new NsgaSampler(seed),
            _ => throw new ConfigException($"--sampler {text}: expected {Samplers}"),
        };
        words.Done();
        return sampler;
    }

    /// <summary>Makes a pruner.</summary>
    /// <exception cref="ConfigException">An unknown name or setting.</exception>
    public static Pruner Pruner(string text)
    {
        var words = new Settings("--pruner", text);
        var patience = words.Number("patience");
        Pruner pruner = words.Name switch
        {
            "none" => new NoPruner(),
            "median" => new PercentilePruner(50, (int)(words.Number("startup") ?? 5), (long)(words.Number("warmup") ?? 0), (long)(words.Number("interval") ?? 1)),
            "percentile" => new PercentilePruner(
                words.Number("percentile") ?? 50, (int)(words.Number("startup") ?? 5), (long)(words.Number("warmup") ?? 0), (long)(words.Number("interval") ?? 1)),
            "halving" => new SuccessiveHalvingPruner((long?)words.Number("resource"), (int)(words.Number("reduction") ?? 4)),
            "hyperband" => new HyperbandPruner((long)(words.Number("least") ?? 1), (long?)words.Number("most"), (int)(words.Number("reduction") ?? 3)),
            "threshold" => new ThresholdPruner(words.Number("lower"), words.Number("upper")),
            _ => throw new ConfigException($"--pruner {text}: expected {Pruners}"),
        };
        words.Done();
        return patience is null ? pruner : new PatientPruner(pruner is NoPruner ? null : pruner, (int)patience);
    }

    static IReadOnlyList<object?> Cells(string name, Distribution distribution)
    {
        const int Most = 10_000;
        (double Low, double High, double Step) grid = distribution switch
        {
            CategoricalDistribution choice => (0, choice.Choices.Count - 1, 1),
            IntDistribution { Log: false } integer => (integer.Low, integer.High, integer.Step),
            FloatDistribution { Step: { } width } real => (real.Low, real.High, width),
            _ => throw new ConfigException($"--sampler grid: {name} has no grid ({distribution}); give it choices or a step, or use another sampler"),
        };
        var count = (long)Math.Round((grid.High - grid.Low) / grid.Step) + 1;
        if (count > Most) throw new ConfigException($"--sampler grid: {name} has {count} values; at most {Most} make a grid");
        return [.. Enumerable.Range(0, (int)count).Select(i => distribution.ToValue(Math.Min(grid.Low + i * grid.Step, grid.High)))];
    }

    // Settings that nobody asked for are refused at the end.
    sealed class Settings
    {
        readonly string _option, _text;
        readonly Dictionary<string, string> _values = [];
        readonly HashSet<string> _read = [];

        public Settings(string option, string text)
        {
            (_option, _text) = (option, text);
            var parts = text.Split(',');
            Name = parts[0].Trim();
            foreach (var part in parts[1..])
            {
                if (part.Split('=', 2) is not [var key, var value]) throw new ConfigException($"{option} {text}: '{part}' is no setting; expected key=value");
                _values[key.Trim()] = value.Trim();
            }
        }

        public string Name { get; }

        public double? Number(string key)
        {
            _read.Add(key);
            if (!_values.TryGetValue(key, out var text)) return null;
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && Math.Abs(number) < int.MaxValue
                ? number
                : throw new ConfigException($"{_option} {_text}: {key}={text} is no number");
        }

        public bool? Flag(string key)
        {
            _read.Add(key);
            if (!_values.TryGetValue(key, out var text)) return null;
            return bool.TryParse(text, out var flag) ? flag : throw new ConfigException($"{_option} {_text}: {key}={text}; expected true or false");
        }

        public void Done()
        {
            foreach (var key in _values.Keys.Except(_read))
                throw new ConfigException($"{_option} {_text}: {Name} has no setting '{key}'; it has {(_read.Count == 0 ? "none" : string.Join(", ", _read))}");
        }
    }
}
