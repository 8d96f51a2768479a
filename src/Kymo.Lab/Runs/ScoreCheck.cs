using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Lab.Metrics;

namespace Kymo.Lab.Runs;

/// <summary>Computes the reported scores again from <c>predictions.csv</c> and compares.</summary>
sealed class ScoreCheck
{
    const double Tolerance = 1e-9;

    readonly string _folder;
    readonly RunContract _contract;
    readonly JsonObject _metrics;
    readonly List<RunFinding> _findings = [];

    ScoreCheck(string folder, RunContract contract, JsonObject metrics) =>
        (_folder, _contract, _metrics) = (folder, contract, metrics);

    public static IReadOnlyList<RunFinding> Run(string folder, RunContract contract, JsonObject metrics)
    {
        var check = new ScoreCheck(folder, contract, metrics);
        if (contract.Kind == TaskKind.Classification) check.Classification();
        else check.Regression();
        return check._findings;
    }

    void Classification()
    {
        var predictions = PredictionTable.ReadClasses(PathOf(RunFiles.Predictions), _contract);
        CheckIdentities(predictions.Select(p => (p.Id, p.Fold)));
        var matrix = PredictionTable.Matrix(_contract, predictions);
        CompareTest(Scores(matrix));
        CompareConfusion(matrix);
        CompareClasses(matrix);
        if (!_contract.IsCrossValidated) return;
        var folds = predictions.ToLookup(p => p.Fold);
        CompareFolds(f => folds[f].Count(), f => Scores(PredictionTable.Matrix(_contract, folds[f])));
    }

    void Regression()
    {
        var predictions = PredictionTable.ReadNumbers(PathOf(RunFiles.Predictions), _contract);
        CheckIdentities(predictions.Select(p => (p.Id, p.Fold)));
        CompareTest(Errors(predictions));
        if (!_contract.IsCrossValidated) return;
        var folds = predictions.ToLookup(p => p.Fold);
        CompareFolds(f => folds[f].Count(), f => Errors([.. folds[f]]));
    }

    Dictionary<string, double> Scores(ConfusionMatrix matrix)
    {
        var scores = StandardScores.Classification(double.NaN, matrix, _contract.MacroAverage);
        scores.Remove("loss");
        return scores;
    }

    Dictionary<string, double> Errors(IReadOnlyList<NumberPrediction> predictions)
    {
        var (mse, mae) = StandardScores.Regression(predictions);
        return new Dictionary<string, double> { ["mse"] = mse, ["mae"] = mae }
            .Where(s => _contract.Scores.Contains(s.Key)).ToDictionary(s => s.Key, s => s.Value);
    }

    void CheckIdentities(IEnumerable<(string Id, int? Fold)> items)
    {
        var seen = new HashSet<(string, int?)>();
        foreach (var item in items)
        {
            if (!seen.Add(item)) Error(RunFiles.Predictions, $"item '{item.Id}' is there twice");
            if (_contract.IsCrossValidated && (item.Fold is not { } fold || !_contract.Folds.Contains(fold)))
                Error(RunFiles.Predictions,
                    $"item '{item.Id}' is of fold '{RunContract.FoldCell(item.Fold)}', which the run does not have");
            if (_findings.Count >= 10) return;
        }
    }

    void CompareTest(Dictionary<string, double> computed)
    {
        var test = new JsonFields(RunFiles.Metrics, _metrics).Fields("test");
        foreach (var (name, value) in computed) Compare(RunFiles.Metrics, $"test.{name}", test.Number(name), value);
        if (!File.Exists(PathOf(RunFiles.TestMetrics))) return;
        var table = CsvTable.Read(PathOf(RunFiles.TestMetrics));
        if (table.Rows.Count != 1) return;
        foreach (var name in _contract.Scores)
            Compare(RunFiles.TestMetrics, $"test_{name}", table.Number(0, table.Column($"test_{name}")),
                computed.TryGetValue(name, out var value) ? value : test.Number(name));
        var runId = table.Rows[0][table.Column("run_id")];
        if (runId != (string?)_metrics["run_id"])
            Error(RunFiles.TestMetrics, $"run_id is '{runId}'; {RunFiles.Metrics} says '{_metrics["run_id"]}'");
    }

    void CompareConfusion(ConfusionMatrix matrix)
    {
        if (Table(RunFiles.ConfusionMatrix, _contract.Classes.Count) is not { } table) return;
        for (var t = 0; t < _contract.Classes.Count; t++)
        {
            if (table.Rows[t][0] != _contract.Classes[t])
                Error(RunFiles.ConfusionMatrix, $"row {t + 1} is '{table.Rows[t][0]}'; expected '{_contract.Classes[t]}'");
            for (var p = 0; p < _contract.Classes.Count; p++)
                Compare(RunFiles.ConfusionMatrix, $"{_contract.Classes[t]} called {_contract.Classes[p]}",
                    table.Number(t, p + 1), matrix[t, p]);
        }
    }

    void CompareClasses(ConfusionMatrix matrix)
    {
        var count = _contract.Classes.Count;
        if (Table(RunFiles.ClassMetrics, 2 * count) is not { } table) return;
        for (var row = 0; row < 2 * count; row++)
        {
            var (split, index) = (row < count ? "validation" : "test", row % count);
            string[] expected = [split, index.ToString(CultureInfo.InvariantCulture), _contract.Classes[index]];
            if (!table.Rows[row].AsSpan(1, 3).SequenceEqual(expected))
            {
                var found = string.Join(' ', table.Rows[row][1..4]);
                Error(RunFiles.ClassMetrics, $"line {row + 2} is of {found}; expected {string.Join(' ', expected)}");
                continue;
            }
            if (split == "validation") continue;
            var scores = ClassScores.Of(matrix, index);
            double[] values = [scores.Precision, scores.Recall, scores.F1, scores.Support];
            for (var i = 0; i < values.Length; i++)
                Compare(RunFiles.ClassMetrics, $"{table.Header[4 + i]} of {expected[2]}", table.Number(row, 4 + i), values[i]);
        }
    }

    void CompareFolds(Func<int, int> count, Func<int, Dictionary<string, double>> scores)
    {
        if (Table(RunFiles.FoldMetrics, _contract.Folds.Count) is not { } table) return;
        for (var row = 0; row < table.Rows.Count; row++)
        {
            var fold = _contract.Folds[row];
            Compare(RunFiles.FoldMetrics, $"row {row + 1}, fold", table.Number(row, 0), fold);
            Compare(RunFiles.FoldMetrics, $"n_test of fold {fold}", table.Number(row, table.Column("n_test")), count(fold));
            foreach (var (name, value) in scores(fold))
                Compare(RunFiles.FoldMetrics, $"test_{name} of fold {fold}", table.Number(row, table.Column($"test_{name}")),
                    value);
        }
        CompareMeans(table);
        CompareEpochs();
    }

    void CompareMeans(CsvTable folds)
    {
        var reported = new JsonFields(RunFiles.Metrics, _metrics).Fields("cross_validation").Fields("test");
        foreach (var name in _contract.Scores)
        {
            var column = folds.Column($"test_{name}");
            var mean = MeanAndDeviation.Of([.. Enumerable.Range(0, folds.Rows.Count).Select(r => folds.Number(r, column))]);
            var fields = reported.Fields(name);
            void Same(string key, double value) =>
                Compare(RunFiles.Metrics, $"cross_validation.test.{name}.{key}", fields.Number(key), value);
            Same("mean", mean.Mean);
            Same("std_population", mean.PopulationDeviation);
            Same("std_sample", mean.SampleDeviation);
        }
    }

    void CompareEpochs()
    {
        var names = _contract.Folds.Select(f => PathOf($"{RunFiles.Fold(f)}/{RunFiles.EpochMetrics}")).ToArray();
        if (!File.Exists(PathOf(RunFiles.EpochMetrics)) || !names.All(File.Exists)) return;
        var folds = names.SelectMany(n => CsvTable.Read(n).Rows.Select(Csv.Line));
        if (!folds.SequenceEqual(CsvTable.Read(PathOf(RunFiles.EpochMetrics)).Rows.Select(Csv.Line)))
            Error(RunFiles.EpochMetrics, "its rows are not those of the folds' tables in order");
    }

    CsvTable? Table(string name, int rows)
    {
        if (!File.Exists(PathOf(name))) return null;
        var table = CsvTable.Read(PathOf(name));
        return table.Rows.Count == rows ? table : null;
    }

    void Compare(string file, string what, double reported, double computed)
    {
        if (double.IsNaN(reported) && double.IsNaN(computed)) return;
        if (Math.Abs(reported - computed) <= Tolerance) return;
        Error(file, $"{what} is {Text(reported)}; computed again it is {Text(computed)}");
    }

    static string Text(double value) => double.IsFinite(value) ? NumberText.Of(value) : "blank";

    void Error(string file, string message) => _findings.Add(RunFinding.Error(file, message));

    string PathOf(string name) => Path.Combine(_folder, name);
}
