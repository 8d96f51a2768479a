using Kymo.Config;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>Settings that nothing reads beside the others: whoever types one means something by it, so it is an error.</summary>
static class UnreadSettings
{
    /// <summary>The first typed setting that changes nothing.</summary>
    /// <param name="configs">The settings of a run, or of each run of a series: what one of them reads is read.</param>
    /// <param name="overrides">What was typed.</param>
    /// <exception cref="ConfigException">There is one; says why, and what to type.</exception>
    public static void Refuse(IReadOnlyList<ActivityConfig> configs, IReadOnlyList<string> overrides)
    {
        foreach (var text in overrides)
        {
            var reasons = configs.Select(config => Reason(config, text.TrimStart('+').Split('=')[0])).ToArray();
            if (reasons.All(reason => reason is not null)) throw new ConfigException($"'{text}': nothing reads it, because {reasons[0]}");
        }
    }

    static string? Reason(ActivityConfig config, string key)
    {
        foreach (var (keys, isRead, reason) in Rules(config))
            if (!isRead && keys.Any(name => name == key || (name[^1] == '.' && key.StartsWith(name, StringComparison.Ordinal)))) return reason;
        return null;
    }

    // Keys (with a point at the end: all below), whether something reads them, and why not.
    static IEnumerable<(string[] Keys, bool IsRead, string Reason)> Rules(ActivityConfig config)
    {
        var (data, scenario, optim, model, compat) = (config.Data, config.Scenario, config.Optim, config.Model, config.Compat);
        var (isMmFit, adversary) = (data.Name is "mmfit" or "synthetic", scenario.Adversarial);
        string[] parts = ["feature_extractor", "classifier"];
        foreach (var (part, instead) in parts.Zip([model.Encoder is null ? "" : "encoder", model.Head is null ? "" : "head"]))
        {
            string[] own = part == "classifier" ? ["type"] : ["type", "n_filters", "filter_size", "drop_prob", "pool_size", "branch_norm"];
            yield return ([.. own.Select(name => $"model.{part}.{name}")],
                instead == "", $"model/{instead} stands in place of the {part}; type a setting of model.{instead}");
        }
        yield return (
            [
                "model.encoder.filters", "model.encoder.groups", "model.encoder.kernel_size", "model.encoder.drop_prob", "model.head.hidden", "model.head.drop_prob",
                "model.feature_extractor.n_filters", "model.feature_extractor.filter_size", "model.feature_extractor.drop_prob", "model.feature_extractor.pool_size",
            ],
            compat.TEncoder != "legacy", "compat.t_encoder=legacy builds the earlier networks as they were; type compat.t_encoder=named");
        yield return (["model.feature_extractor.drop_prob"], compat.Dropout is null, $"compat.dropout={compat.Dropout} stands in its place");
        yield return (["model.feature_extractor.branch_norm"], scenario.EmbedsSimulated && !(scenario.SeparateFeatureExtractors && compat.Scenario24 == "separate"),
            $"each extractor of {scenario.ExperimentName} meets one kind of signal; type scenario=scenario2");
        yield return (["compat.dropout"], model.Encoder is null, "it is the feature extractor's, and model/encoder stands in place of that; type model.encoder.drop_prob");
        yield return (["compat.t_encoder"], model.Encoder is not null || compat.TEncoder == "legacy", "no later encoder is asked for; type model/encoder=grouped");
        yield return (["compat.scenario24"], scenario.SeparateFeatureExtractors, $"{scenario.ExperimentName} has one extractor; type scenario=scenario24");

        yield return (
            [
                "data.source", "data.pose_file", "data.acc_file", "data.sim_acc_file", "data.labels_file", "data.preprocess", "data.sensor",
                "data.max_rows", "data.use_simulated_data", "data.simulated_subjects", "compat.preprocess", "compat.truncate", "compat.split",
            ],
            isMmFit, $"data={data.Name} has one form; it is a setting of MM-Fit (data=mmfit)");
        yield return (["data.pose_file", "data.acc_file"], data.Source != "raw", "data.source=raw reads the files as they were published; type data.source=preprocessed");
        yield return (["data.sensor", "data.preprocess", "compat.preprocess"], data.Source != "preprocessed",
            "prepared files hold one sensor, aligned already; type data.source=raw, or prepare them anew with kymo prepare activity");
        yield return (["data.max_rows"], compat.Truncate == 0, $"compat.truncate={compat.Truncate} stands in its place");
        yield return (["data.sampling_rate_hz"], isMmFit || scenario.Secondary.Enabled, $"data={data.Name} has a rate of its own");
        yield return (["data.dataset_name"], data.DataDir is null, "data.data_dir names the folder; type one of them");
        yield return (["compat.split"], data is { Name: "mmfit", Split: "people" or "original" }, $"data.split={data.Split} says who stands where; type data.split=original");
        yield return (["data.joints"], isMmFit || data.Name == "utd_mhad", $"data={data.Name} has no joints to choose from");
        yield return (["data.target"], data.Name == "sp_sw_har" || data.Target != "acc_gyr",
            $"data={data.Name} gives the acceleration alone; type data.target=acc");
        yield return (["data.fold"], data.Split == "loso", $"data.split={data.Split} has no folds; type data.split=loso");
        yield return (["data.split"],
            data.Split is "lists" or "loso" || data.TrainSubjects.Count + data.ValSubjects.Count + data.TestSubjects.Count == 0,
            "data.train_subjects, data.val_subjects and data.test_subjects name the parts; type them, or empty all three with =[]");
        yield return (["data.simulated_subjects", "data.sim_acc_file"], data.UseSimulatedData,
            "no simulated data are read; type data.use_simulated_data=true");
        yield return (["data.secondary_dir"], scenario.Secondary.Enabled, "there is no second task; type scenario=scenario3");

        yield return (["scenario.mmd.weight", "scenario.mmd.kernel_mul", "scenario.mmd.kernel_num"], scenario.Mmd.Enabled,
            "it is off; type scenario.mmd.enabled=true");
        yield return (["scenario.contrastive.weight", "scenario.contrastive.temperature"], scenario.Contrastive.Enabled,
            "it is off; type scenario.contrastive.enabled=true");
        yield return (["scenario.secondary.loss_weight", "scenario.secondary.n_classes"], scenario.Secondary.Enabled,
            "it is off; type scenario=scenario3");
        yield return (["scenario.separate_classifiers"], scenario.Losses.ActivitySim, $"{scenario.ExperimentName} classifies no simulated signal; type scenario=scenario23");
        yield return (["scenario.separate_feature_extractors"], scenario.EmbedsSimulated, $"{scenario.ExperimentName} embeds no simulated signal; type scenario=scenario24");
        yield return (["scenario.beta"], scenario.Losses.Similarity || scenario.Beta == 0, "scenario.losses.similarity is false");
        yield return (["scenario.gamma"], scenario.Losses.Mse || scenario.Gamma == 0, "scenario.losses.mse is false");
        string[] adversarial =
        [
            "pretrain_terms", "discriminator.", "weight", "loss", "lr", "grl_lambda", "schedule_lambda", "schedule_gamma", "n_critic",
            "lambda_gp", "pretrain_epochs", "label_smoothing", "use_acgan", "aux_weight",
        ];
        yield return ([.. adversarial.Select(name => "scenario.adversarial." + name)], adversary.Enabled,
            "there is no adversary; type scenario=scenario4 or scenario=scenario42");
        yield return (["scenario.adversarial.n_critic", "scenario.adversarial.lambda_gp"], adversary.Loss == "wgan",
            "the adversary has no steps of its own; type scenario=scenario42");
        string[] reversal = ["grl_lambda", "schedule_lambda", "schedule_gamma", "label_smoothing"];
        yield return ([.. reversal.Select(name => "scenario.adversarial." + name)],
            adversary.Loss == "bce", "a critic has no gradient reversal; type scenario=scenario4");
        yield return (["scenario.adversarial.schedule_gamma"], adversary.ScheduleLambda,
            "the strength is fixed; type scenario.adversarial.schedule_lambda=true");
        yield return (["scenario.adversarial.pretrain_terms"], adversary.PretrainEpochs > 0,
            "there is no pretraining; type scenario.adversarial.pretrain_epochs=N");
        yield return (["scenario.adversarial.aux_weight", "scenario.adversarial.discriminator.embed_dim"], adversary.UseAcgan,
            "the adversary names no classes; type scenario.adversarial.use_acgan=true");
        yield return (["scenario.adversarial.discriminator.hidden_units", "scenario.adversarial.discriminator.normalize_features"],
            adversary.Discriminator.InputType == "features",
            "the adversary judges signals; type scenario.adversarial.discriminator.hidden_channels=[...]");
        yield return (["scenario.adversarial.discriminator.hidden_channels"], adversary.Discriminator.InputType == "signal",
            "the adversary judges features; type scenario.adversarial.discriminator.hidden_units=[...]");

        yield return (["optim.warmup_epochs", "optim.warmup_start_factor"], optim.Scheduler.Name != "one_cycle" || optim.WarmupEpochs == 0,
            "optim.scheduler.name=one_cycle warms up by itself; type optim.scheduler.name=reduce_on_plateau");
        yield return (["optim.scheduler.metric", "optim.scheduler.mode", "optim.scheduler.factor", "optim.scheduler.patience"],
            optim.Scheduler.Name == "reduce_on_plateau",
            $"optim.scheduler.name={optim.Scheduler.Name} waits for nothing; type optim.scheduler.name=reduce_on_plateau");
    }
}
