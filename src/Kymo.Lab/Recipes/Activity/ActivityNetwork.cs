using Kymo.Lab.Models;
using Kymo.Lab.Training;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.Activity;

/// <summary>
/// All networks of a scenario under the original's names. As one network it names the activity of a real signal: (batch, axis, time) to logits.
/// </summary>
sealed class ActivityNetwork : Module
{
    /// <summary>Names of the networks that a scenario uses, the discriminator aside.</summary>
    public static IReadOnlyList<string> ModulesOf(ActivityConfig config)
    {
        var scenario = config.Scenario;
        string[] Where(bool there, string name) => there ? [name] : [];
        return
        [
            .. Where(scenario.UsesSimulation || scenario.Secondary.Enabled, "pose2imu"), "fe", "ac", .. Where(HasOwnExtractor(config), "fe_sim"),
            .. Where(scenario.SeparateClassifiers, "ac_sim"), .. Where(scenario.Secondary.Enabled, "ac_aux"),
        ];
    }

    /// <summary>Builds the networks that a scenario needs.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="streams">Gives the streams of weights and dropout; each network has its own, so that one more moves no other.</param>
    public ActivityNetwork(ActivityConfig config, RandomStreams streams)
    {
        var (model, scenario) = (config.Model, config.Scenario);
        RandomGenerator Init(string name) => streams.Generator("init." + name);
        var dropout = streams.Generator("dropout");
        Regressor = Add("pose2imu", new HarRegressor(model.Regressor, Init("pose2imu"), dropout));
        Extractor = Add("fe", model.NewExtractor(Init("fe"), dropout));
        Classifier = Add("ac", model.NewClassifier(Init("ac"), dropout));
        SimulatedExtractor = HasOwnExtractor(config) ? Add("fe_sim", model.NewExtractor(Init("fe_sim"), dropout)) : Extractor;
        SimulatedClassifier = scenario.SeparateClassifiers ? Add("ac_sim", model.NewClassifier(Init("ac_sim"), dropout)) : Classifier;
        if (scenario.Secondary.Enabled)
            SecondaryClassifier = Add("ac_aux", new HarClassifier(new HarClassifierConfig(FIn: model.Classifier.FIn, NClasses: scenario.Secondary.NClasses), Init("ac_aux")));
        if (scenario.Adversarial.Enabled) Discriminator = NewDiscriminator(config, Init("discriminator"), streams.Generator("dropout.discriminator"));
        if (Discriminator is Module judge) Add("discriminator", judge);
    }

    /// <summary>From movement to signal.</summary>
    public HarRegressor Regressor { get; }

    /// <summary>From signal to embedding.</summary>
    public Module Extractor { get; }

    /// <summary>From embedding to class.</summary>
    public Module Classifier { get; }

    /// <summary>The extractor of simulated signals; the same one unless they are separate.</summary>
    public Module SimulatedExtractor { get; }

    /// <summary>The classifier of simulated signals; the same one unless they are separate.</summary>
    public Module SimulatedClassifier { get; }

    /// <summary>The second task's classifier.</summary>
    public HarClassifier? SecondaryClassifier { get; }

    /// <summary>Tells real from simulated.</summary>
    public IHarDiscriminator? Discriminator { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Classifier.Forward(Extractor.Forward(input));

    /// <summary>Logits of real signals as in use: nothing of the networks moves, no dropout is drawn, no gradient flows.</summary>
    public Tensor Answer(Tensor signal)
    {
        using var noGrad = Autograd.NoGrad();
        Module[] training = [.. new[] { Extractor, Classifier }.Where(module => module.Training)];
        foreach (var module in training) module.Eval();
        var logits = Forward(signal);
        foreach (var module in training) module.Train();
        return logits;
    }

    /// <summary>Embeddings of simulated signals.</summary>
    public Tensor EmbedSimulated(Tensor signal) =>
        SimulatedExtractor == Extractor && Extractor is HarFeatureExtractor shared ? shared.ForwardSimulated(signal) : SimulatedExtractor.Forward(signal);

    /// <summary>Parameters that the scenario's optimiser moves: those of trainable modules without the discriminator.</summary>
    public IEnumerable<NamedTensor> Trained(IReadOnlyList<string> trainable) => NamedParameters().Where(parameter =>
        !parameter.Name.StartsWith("discriminator.", StringComparison.Ordinal) && IsTrainable(parameter.Name.Split('.')[0], trainable));

    /// <summary>Parameters of the discriminator.</summary>
    public IEnumerable<NamedTensor> Judging() => NamedParameters().Where(parameter => parameter.Name.StartsWith("discriminator.", StringComparison.Ordinal));

    /// <summary>Switches modules that are not trained to evaluation, so that their statistics stay too.</summary>
    public void Freeze(IReadOnlyList<string> trainable)
    {
        foreach (var (name, child) in Children)
            if (name != "discriminator" && !IsTrainable(name, trainable)) child.Eval();
    }

    static bool HasOwnExtractor(ActivityConfig config) => config.Scenario.SeparateFeatureExtractors && config.Compat.Scenario24 == "separate";

    static bool IsTrainable(string module, IReadOnlyList<string> trainable) => trainable.Count == 0 || trainable.Contains(module);

    static IHarDiscriminator NewDiscriminator(ActivityConfig config, RandomGenerator init, RandomGenerator dropout)
    {
        var (adversary, model) = (config.Scenario.Adversarial, config.Model);
        var (options, classes) = (adversary.Discriminator, adversary.UseAcgan ? model.Classifier.NClasses : 0);
        return options.InputType == "signal"
            ? new HarSignalDiscriminator(new HarSignalDiscriminatorConfig(options.HiddenChannels, model.FeatureExtractor.InputChannels, model.FeatureExtractor.WindowSize,
                NClasses: classes, EmbedDim: options.EmbedDim, Dropout: options.Dropout), init, dropout)
            : new HarFeatureDiscriminator(new HarFeatureDiscriminatorConfig(options.HiddenUnits, model.Classifier.FIn, classes, options.EmbedDim, options.Dropout,
                options.NormalizeFeatures), init, dropout);
    }
}
