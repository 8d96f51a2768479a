using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kymo.Lab.Data.Sleep;
using Kymo.Lab.Metrics;
using Kymo.Lab.Runs;
using Kymo.Signals.Arrays;
using Kymo.Torch.Checkpoints;

namespace Kymo.Lab.Recipes.SleepStages;

/// <summary>
/// The files of a run beyond the common contract: the original's by their names, tables of stages, nights and agreement, hypnograms, and
/// the page of the nights.
/// </summary>
sealed class SleepArtefacts(
    SleepStagesConfig config, SleepNights nights, IReadOnlyList<SleepSplit> splits, IReadOnlyList<SleepOutcome> outcomes, SleepReport report, Action<string> warn)
{
    static readonly JsonWriterOptions s_indented = new() { Indented = true, IndentSize = 4, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The original writes its own unlike Kymo's in three places.</summary>
    bool IsOriginal => config.IsOriginal;

    /// <summary>Writes everything.</summary>
    public void Write(RunFolder folder)
    {
        WriteChecks(folder);
        WriteOriginals(folder);
        WriteTables(folder);
        WriteSample(folder);
        var figures = new SleepFigures(config, nights, report, outcomes, warn).Write(folder);
        folder.WriteText("nights.html", SleepPage.Of(config, nights, report, figures));
    }

    // The fold of each network whose validation kappa is best: its weights stand under the original's name.
    SleepOutcome Best(string model) => outcomes.Where(outcome => outcome.Model == model).MaxBy(outcome => outcome.ValidationKappa)!;

    void WriteChecks(RunFolder folder)
    {
        folder.WriteText("data_check_failures.txt", string.Concat(nights.Checks.Select(check => check.Line).Where(line => line is not null).Select(line => line + "\n")));
        var rows = nights.Checks.SelectMany(check => check.Counts.Select(count => (check.Id, count.Reason, count.Count))).Concat(nights.Dropped);
        folder.WriteTable("exclusions.csv", ["id", "reason", "count"], rows.Select(row =>
            (IReadOnlyList<string>)[row.Id, row.Reason, row.Count.ToString(CultureInfo.InvariantCulture)]));
        folder.WriteTable("data_faults.csv", ["id", "first_faults"], nights.Checks.SelectMany(check => check.Faults.SelectMany(file => file.Examples.Select(example =>
            (IReadOnlyList<string>)[check.Id, example]))));
    }

    void WriteOriginals(RunFolder folder)
    {
        foreach (var model in config.Models)
        {
            var best = Best(model);
            TorchFile.WriteStateDict(folder.PathOf($"{model}_best_model.pt"), [.. best.Weights.Select(entry => (entry.Key, entry.Value))]);
        }
        folder.WriteText("hparams.json", Indented(Hyperparameters()));
        var curves = config.Models.Select(Best).ToArray();
        var epochs = curves.Max(curve => curve.Outcome.History.Count);
        folder.WriteTable("model_accuracies.csv", ["epoch", .. config.Models], Enumerable.Range(0, epochs).Select(epoch => (IReadOnlyList<string>)
        [
            (IsOriginal ? epoch : epoch + 1).ToString(CultureInfo.InvariantCulture),
            .. curves.Select(curve => epoch < curve.Outcome.History.Count ? NumberText.Cell(curve.Outcome.History[epoch].Validation["acc"]) : ""),
        ]));
        var scaling = Best(config.Models[0]).Scaling;
        folder.WriteText("scaler.json", Indented(Scaler(scaling)));
        NpzFile.Write(folder.PathOf("scaler.npz"),
        [
            ("mean_", NpyArray.Of<float>(scaling.Mean, scaling.Mean.Length)), ("scale_", NpyArray.Of<float>(scaling.Deviation, scaling.Deviation.Length)),
            ("var_", NpyArray.Of<float>([.. scaling.Deviation.Select(value => value * value)], scaling.Deviation.Length)),
            ("n_samples_seen_", NpyArray.Of<long>([scaling.Rows], 1)),
        ]);
    }

    JsonObject Hyperparameters()
    {
        var data = config.Data;
        var stages = new JsonObject();
        for (var stage = 0; stage < 5; stage++) stages[SleepStage.CodeOf(stage).ToString(CultureInfo.InvariantCulture)] = SleepStage.Five[stage];
        return new JsonObject
        {
            ["dataset_dir"] = data.DatasetDir,
            ["negative_times"] = data.NegativeTimes,
            ["data_alignment"] = data.DataAlignment,
            ["motion_magnitude"] = data.MotionMagnitude,
            ["window_size"] = data.WindowSize,
            ["stride"] = data.Stride,
            ["batch_size"] = config.Trainer.BatchSize,
            ["hidden_dim"] = config.Model.HiddenDim,
            ["lr"] = config.Optim.Lr,
            ["epochs"] = config.Trainer.Epochs,
            ["train_split"] = config.Split.TrainSplit,
            ["label_map"] = stages,
            ["class_names"] = Texts(SleepStage.Names(config.Classes)),
            ["feature_names"] = Texts(nights.Features),
            ["input_dim"] = nights.Columns,
            ["seed"] = config.Seed,
            ["classes"] = config.Classes,
            ["compat"] = config.Compat,
            ["split"] = config.Split.Name,
            ["people"] = new JsonObject(splits.Select(split => KeyValuePair.Create($"fold_{split.Fold}", (JsonNode?)new JsonObject
            {
                ["train"] = Texts(People(split.TrainNights)),
                ["validation"] = Texts(People(split.ValidationNights)),
                ["test"] = Texts(People(split.TestNights)),
            }))),
            ["models"] = new JsonObject(config.Models.Select(model => KeyValuePair.Create(model, (JsonNode?)new JsonObject
            {
                ["fold"] = Best(model).Split.Fold,
                ["best_epoch"] = Best(model).Outcome.BestEpoch,
                ["validation_kappa"] = SleepReport.Number(Best(model).ValidationKappa),
                ["held_out"] = new JsonObject(report.Scores.Where(score => score.System.Name == model && score.Classes == config.Classes)
                    .Select(score => KeyValuePair.Create(score.Score, SleepReport.Number(score.Value.Estimate)))),
            }))),
            ["versions"] = new JsonObject { ["libtorch"] = Torch.TorchInfo.Version, ["dotnet"] = Environment.Version.ToString() },
            ["data_fingerprint"] = nights.Fingerprint,
        };
    }

    JsonObject Scaler(SleepScaling scaling) => new()
    {
        ["feature_names"] = Texts(nights.Features),
        ["mode"] = scaling.PerRecording ? "recording" : "pooled",
        ["pooled"] = new JsonObject
        {
            ["mean"] = Numbers(scaling.Mean.Select(value => (double)value)),
            ["std"] = Numbers(scaling.Deviation.Select(value => (double)value)),
            ["n"] = scaling.Rows,
        },
        ["per_recording"] = new JsonObject(nights.Nights.Select(night => KeyValuePair.Create(night.Id, (JsonNode?)new JsonObject
        {
            ["mean"] = Numbers(night.Mean),
            ["std"] = Numbers(night.Deviation),
        }))),
    };

    void WriteTables(RunFolder folder)
    {
        folder.WriteTable("stage_scores.csv", ["system", "classes", "score", "value", "low", "high", "people_mean", "people_sd"], report.Scores.Select(score => (IReadOnlyList<string>)
        [
            score.System.Name, score.Classes.ToString(CultureInfo.InvariantCulture), score.Score, NumberText.Cell(score.Value.Estimate), NumberText.Cell(score.Value.Low),
            NumberText.Cell(score.Value.High), NumberText.Cell(score.PeopleMean), NumberText.Cell(score.PeopleDeviation),
        ]));
        folder.WriteTable("stage_metrics.csv", ["system", "classes", "stage", "sensitivity", "specificity", "precision", "f1", "support"], report.Systems.SelectMany(StageRows));
        folder.WriteTable("sleep_wake.csv", ["system", "auc", "sensitivity", "specificity", "accuracy", "kappa", "threshold"], report.Systems.SelectMany(system =>
        {
            var curve = report.Curve(system);
            return SleepReport.Sensitivities.Select(curve.At).Select(point => (IReadOnlyList<string>)
            [
                system.Name, NumberText.Cell(curve.Area), NumberText.Cell(point.Sensitivity), NumberText.Cell(point.Specificity), NumberText.Cell(point.Accuracy),
                NumberText.Cell(point.Kappa), NumberText.Cell(point.Threshold),
            ]);
        }));
        folder.WriteTable("published.csv", ["source", "data", "classes", "score", "value"], PublishedFigures.All.Select(figure => (IReadOnlyList<string>)
            [figure.Source, figure.Data, figure.Classes.ToString(CultureInfo.InvariantCulture), figure.Score, NumberText.Cell(figure.Value)]));
        if (report.Nights.Count == 0) return;
        var names = SleepStage.Names(config.Classes);
        folder.WriteTable(
            "nights.csv",
            ["id", "fold", "model", "epochs", .. NightMeasures.Names.SelectMany(name => (string[])["true_" + name, "predicted_" + name]),
                .. names.SelectMany(name => (string[])[$"true_minutes_{name}", $"predicted_minutes_{name}"])],
            report.Nights.Select(night => (IReadOnlyList<string>)
            [
                nights.Nights[night.Night].Id, night.Fold.ToString(CultureInfo.InvariantCulture), night.System.Name, night.Epochs.Length.ToString(CultureInfo.InvariantCulture),
                .. night.True.Values.Zip(night.Measured.Values).SelectMany(pair => (string[])[Cell(pair.First), Cell(pair.Second)]),
                .. night.True.PerStage.Zip(night.Measured.PerStage).SelectMany(pair => (string[])[NumberText.Cell(pair.First), NumberText.Cell(pair.Second)]),
            ]));
        folder.WriteTable("bland_altman.csv", ["model", "measure", "nights", "bias", "bias_interval", "lower_limit", "upper_limit", "limit_interval", "slope"],
            config.Models.SelectMany(model => NightMeasures.Names.Index().Skip(1).Select(measure => AgreementRow(model, measure.Item, report.Agreement(model, measure.Index)))
                .Concat(names.Index().Select(stage => AgreementRow(model, "minutes_" + stage.Item, report.StageAgreement(model, stage.Index))))));
    }

    IEnumerable<IReadOnlyList<string>> StageRows(SleepSystem system)
    {
        foreach (var classes in SleepStage.ClassCounts.Where(classes => classes <= config.Classes))
        {
            var matrix = ConfusionMatrix.Of(classes, system.Truth(classes), system.Predicted(config.Classes, classes));
            for (var c = 0; c < classes; c++)
            {
                var scores = ClassScores.Of(matrix, c);
                yield return
                [
                    system.Name, classes.ToString(CultureInfo.InvariantCulture), SleepStage.Names(classes)[c], NumberText.Cell(scores.Recall),
                    NumberText.Cell(Specificity.Of(matrix, c)), NumberText.Cell(scores.Precision), NumberText.Cell(scores.F1), scores.Support.ToString(CultureInfo.InvariantCulture),
                ];
            }
        }
    }

    static IReadOnlyList<string> AgreementRow(string model, string measure, BlandAltman agreement) =>
    [
        model, measure, agreement.Count.ToString(CultureInfo.InvariantCulture), NumberText.Cell(agreement.Bias), NumberText.Cell(agreement.BiasInterval),
        NumberText.Cell(agreement.LowerLimit), NumberText.Cell(agreement.UpperLimit), NumberText.Cell(agreement.LimitInterval), NumberText.Cell(agreement.Slope),
    ];

    // One validation window as a request has it, and what is expected; the original's is window 0 of all, standardised.
    void WriteSample(RunFolder folder)
    {
        var best = Best(config.Models[0]);
        var window = nights.Windows[IsOriginal ? 0 : best.Split.Validation[0]];
        var night = nights.Nights[window.Night];
        var (from, to) = (Math.Max(window.Row, 0), Math.Min(window.Row + nights.Length, night.Count));
        var rows = night.Values.AsSpan(from * nights.Columns, (to - from) * nights.Columns).ToArray();
        if (IsOriginal) best.Scaling.Apply(night, rows.ToArray(), rows);
        folder.WriteTable("validation_sample.csv", nights.Features, rows.Chunk(nights.Columns).Select(row => (IReadOnlyList<string>)[.. row.Select(NumberText.Of)]));
        if (IsOriginal) return;
        var merged = SleepStage.Merge(config.Classes)[window.Target];
        folder.WriteJson("validation_sample.json", new JsonObject
        {
            ["person"] = night.Id,
            ["time"] = night.Times[from],
            ["label"] = SleepStage.Names(config.Classes)[merged],
            ["index"] = merged,
            ["stage_code"] = SleepStage.CodeOf(window.Target),
        });
    }

    IEnumerable<string> People(int[] indices) => indices.Select(index => nights.Nights[index].Id);

    static string Cell(double? value) => value is { } number ? NumberText.Cell(number) : "";

    static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    static JsonArray Numbers(IEnumerable<double> numbers) => new([.. numbers.Select(SleepReport.Number)]);

    static string Indented(JsonObject value)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_indented)) value.WriteTo(writer);
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
