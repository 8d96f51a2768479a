using Kymo.Lab.Prediction;
using Kymo.Lab.Recipes;
using Kymo.Lab.Recipes.Activity;
using Kymo.Lab.Recipes.SleepEvents;
using Kymo.Lab.Recipes.SleepStages;
using Kymo.Lab.Recipes.UrbanSounds;

namespace Kymo.App.Web.Models;

/// <summary>
/// A network that is served. Requests hold it while they use it; once it is retired it is closed when the last of them has let go, so that
/// a change of models fails no request.
/// </summary>
sealed class ServedModel
{
    int _holders = 1;

    /// <summary>Takes an opened export.</summary>
    /// <param name="name">The name that requests use.</param>
    /// <param name="version">Its version.</param>
    /// <param name="network">The export; closed with the model.</param>
    /// <param name="options">Sizes of the queue.</param>
    /// <param name="metrics">Told of what it does.</param>
    /// <param name="loaded">When it was loaded.</param>
    public ServedModel(string name, int version, ExportedNetwork network, ServeOptions options, Metrics metrics, DateTimeOffset loaded)
    {
        (Name, Version, Network, Loaded) = (name, version, network, loaded);
        var recipe = Registry.Recipes.FirstOrDefault(recipe => recipe.Name == network.Recipe);
        Sound = network.Recipe switch
        {
            "urban-sounds" => UrbanSoundsPredictor.OpenExport(network),
            SleepEventsRecipe.Name => EventPredictor.OpenExport(network),
            _ => null,
        };
        // An activity export may hold one part of the network only, which reads tensors.
        var isPart = network["part"] is "regressor" or "extractor" or "classifier";
        Predictor = Sound?.AsPredictor() ?? (isPart ? null : recipe?.OpenExport?.Invoke(network));
        if (network.Recipe == SleepStagesRecipe.Name) Sleep = SleepWindowAnswers.Of(network);
        if (network.Recipe == ActivityRecipe.Name && !isPart) Activity = ActivityPredictor.Open(network);
        Statistics = metrics.Of(name, version);
        if (network.Session.Inputs.Count == 1 && network.Session.Outputs.Count == 1 && network.Session.Inputs[0].Type == Kymo.Onnx.OnnxType.Float32)
            Queue = new BatchQueue(network, options, Statistics.Computed);
    }

    /// <summary>The name that requests use.</summary>
    public string Name { get; }

    /// <summary>Its version, from 1.</summary>
    public int Version { get; }

    /// <summary>The export.</summary>
    public ExportedNetwork Network { get; }

    /// <summary>When it was loaded.</summary>
    public DateTimeOffset Loaded { get; }

    /// <summary>Answers for files; null for networks that take arrays only.</summary>
    public Predictor? Predictor { get; }

    /// <summary>Answers for sound; null for other recipes.</summary>
    public SoundPredictor? Sound { get; }

    /// <summary>Answers for windows of a night; null for other recipes.</summary>
    public SleepWindowAnswers? Sleep { get; }

    /// <summary>Answers for arrays of a worn sensor; null for other recipes.</summary>
    public ActivityPredictor? Activity { get; }

    /// <summary>Computes items together; null for graphs of several inputs or outputs.</summary>
    public BatchQueue? Queue { get; }

    /// <summary>What it has done.</summary>
    public ModelStatistics Statistics { get; }

    /// <summary>Holds the model for a request; false where it is closed already.</summary>
    public bool Hold()
    {
        for (var seen = Volatile.Read(ref _holders); seen > 0; seen = Volatile.Read(ref _holders))
            if (Interlocked.CompareExchange(ref _holders, seen + 1, seen) == seen) return true;
        return false;
    }

    /// <summary>Lets go; the last one closes it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) > 0) return;
        // Its workers are waited for, which the last request's own thread must not do.
        ThreadPool.QueueUserWorkItem(_ =>
        {
            Queue?.Dispose();
            Network.Dispose();
        });
    }
}

/// <summary>A request's hold on a model.</summary>
/// <param name="Model">The model.</param>
readonly record struct ModelHold(ServedModel Model) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Model.Release();
}
