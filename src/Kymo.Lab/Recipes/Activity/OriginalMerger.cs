using Kymo.Config;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// <c>compat.config=activity</c>: typed settings count as in the original, whose own merger put the keys of <c>env</c>, <c>data</c> and
/// <c>scenario</c> at the root and read them there. <c>data.batch_size=64</c> changed nothing; <c>+batch_size=64</c> does. Python's <c>False</c>
/// stays text, which is true; <c>env=</c>, <c>data=</c> and <c>scenario=</c> are the only groups that can be chosen.
/// </summary>
static class OriginalMerger
{
    // Keys of the original's files that lay flat at the root, by the group that they have here; the first that has a key reads it.
    static readonly (string Group, string[] Keys)[] s_flat =
    [
        ("env", ["data_dir", "experiments_dir"]),
        ("data",
        [
            "dataset_name", "pose_file", "acc_file", "sim_acc_file", "labels_file", "train_subjects", "val_subjects", "test_subjects", "batch_size",
            "sensor_window_length", "sampling_rate_hz", "stride_seconds", "use_simulated_data",
        ]),
        ("scenario", ["experiment_name", "alpha", "beta", "gamma"]),
    ];

    // Keys that stood in its files and were read by nothing; those that end in a point with everything below.
    static readonly string[] s_unread =
    [
        "data.data_dir", "model.regressor.sequence_length", "model.feature_extractor.window_size", "model.feature_extractor.drop_prob", "model.classifier.type",
        "trainer.deterministic", "trainer.log_every_n_steps", "trainer.gradient_clip_val", "trainer.enable_checkpointing", "trainer.logger",
        "trainer.limit_train_batches", "trainer.limit_val_batches", "trainer.limit_test_batches", "trainer.early_stopping.", "trainer.checkpoint.", "trainer.wandb.",
    ];

    static readonly string[] s_groups = ["optim", "trainer", "model/regressor", "model/feature_extractor", "model/classifier"];

    /// <summary>The overrides that the original's merger would have seen, in this program's words.</summary>
    /// <param name="typed">What was typed.</param>
    /// <returns>Those that count, and a sentence for each that does not.</returns>
    /// <exception cref="ConfigException">Something that broke the original.</exception>
    public static (IReadOnlyList<string> Overrides, IReadOnlyList<string> Dead) Read(IReadOnlyList<string> typed)
    {
        var (kept, dead) = (new List<string>(), new List<string>());
        foreach (var text in typed)
        {
            var equals = text.IndexOf('=');
            var key = text[..Math.Max(equals, 0)].TrimStart('+');
            var value = text[(equals + 1)..];
            if (equals <= 0) dead.Add($"{text} changes nothing: compat.config=activity leaves out what has no '='");
            else if (s_groups.Contains(key))
                throw new ConfigException($"'{text}': compat.config=activity puts this text in place of all settings of {key}; "
                    + "only env=, data= and scenario= choose groups there");
            else if (s_flat.FirstOrDefault(group => group.Keys.Contains(key)) is { Group: { } group }) kept.Add($"{group}.{key}={Value(text, value)}");
            else if (s_flat.Any(flat => flat.Keys.Any(name => key == $"{flat.Group}.{name}")))
                dead.Add($"{text} changes nothing: compat.config=activity reads the key at the root; type +{text[(text.IndexOf('.') + 1)..]}");
            else if (s_unread.Any(name => name == key || (name[^1] == '.' && key.StartsWith(name, StringComparison.Ordinal))))
                dead.Add($"{text} changes nothing: nothing of the original read {key} (compat.config=activity)");
            else kept.Add(key.StartsWith("model.", StringComparison.Ordinal) ? $"{text[..equals]}={Value(text, value)}" : text);
        }
        return (kept, dead);
    }

    // Values are JSON or text; a text that is not empty is true.
    static string Value(string text, string value) => value switch
    {
        "True" or "False" => "true",
        "None" => throw new ConfigException($"'{text}': compat.config=activity keeps None as text; type null"),
        _ => value,
    };
}
