using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Runs;
using Kymo.Torch;

namespace Kymo.Lab.Recipes.SleepEvents;

/// <summary>A trained network whose logits a student learns from; it may differ from the student in every setting but the spectrograms.</summary>
sealed class EventTeacher : IDisposable
{
    readonly SpectrogramExamples _examples;

    EventTeacher(Module network, EventModelCard card, SpectrogramExamples examples) => (Network, Card, _examples) = (network, card, examples);

    /// <summary>The network, in evaluation mode on the CPU.</summary>
    public Module Network { get; }

    /// <summary>What it was trained for.</summary>
    public EventModelCard Card { get; }

    /// <summary>Opens the teacher that the configuration names.</summary>
    /// <param name="config">Names it and says what the student hears.</param>
    /// <param name="examples">The student's clips.</param>
    /// <param name="heldOut">Indices of the clips that the student is reported on.</param>
    /// <exception cref="ConfigException">It knows other classes or other spectrograms than the student is to learn, or has heard the student's held-out recordings.</exception>
    /// <exception cref="Signals.DataException">No weights there, or damaged ones.</exception>
    public static EventTeacher Open(SleepEventsConfig config, SpectrogramExamples examples, IEnumerable<int> heldOut)
    {
        var key = $"distill.teacher={config.Distill.Teacher}";
        // What a file says of itself counts; bare weights are of the network that is named, and raw dB go in.
        var isBare = config.Distill.TeacherModel != "" && EventNetwork.CardOf(EventNetwork.WeightsOf(config.Distill.Teacher)) is null;
        var (network, card) = !isBare ? EventNetwork.Read(config.Distill.Teacher)
            : EventNetwork.ReadBare(config.Distill.Teacher, config.Model with { Name = config.Distill.TeacherModel }, examples.Set.Classes, config.Features);
        try
        {
            if (config.Distill.TeacherModel is var named && named != "" && named != card.Model.Name)
                throw new ConfigException($"distill.teacher_model={named}: {config.Distill.Teacher} says that it is {card.Model.Name}; leave distill.teacher_model out");
            if (!card.Classes.SequenceEqual(examples.Set.Classes))
                throw new ConfigException($"{key}: it knows {string.Join(", ", card.Classes)}; the student learns {string.Join(", ", examples.Set.Classes)}");
            var (its, ours) = (card.Features, config.Features);
            if (EventNetwork.Options(its) != EventNetwork.Options(ours) || its.Trim != ours.Trim)
                throw new ConfigException($"{key}: it was trained on spectrograms of other settings; type features.duration={its.Duration} "
                    + $"features.silence={its.Silence} features.short_clips={its.ShortClips} features.trim={its.Trim.ToString().ToLowerInvariant()}");
            var heard = card.TrainedGroups.ToHashSet();
            string[] leaked = [.. heldOut.Select(index => examples.Set.Recordings[index].Group).Distinct().Where(heard.Contains)];
            if (leaked.Length > 0)
                throw new ConfigException($"{key}: it was trained on {leaked.Length} of the recordings that the student is reported on ({leaked[0]}{(leaked.Length > 1 ? ", ..." : "")}); "
                    + "train it with the student's split and seed");
            return new EventTeacher(network, card, examples);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Its logits on some recordings, whole and unchanged, once for the whole training; by index of the recording. What is done to a
    /// training clip for the student (a crop, a mask) does not change what the teacher says of it; mixed clips have mixed answers.
    /// </summary>
    public float[][] Answer(int[] recordings, int batchSize, RunContext context)
    {
        context.Tell(new RunEvent.Stage($"teacher: {Card.Model.Name}, {Network.ParameterCount:N0} parameters, answers for {recordings.Length} clips"));
        var logits = new float[_examples.Set.Recordings.Count][];
        var rows = EventObjective.Logits(Network, _examples, recordings, Card.Standardizer, batchSize, Device.Cpu);
        foreach (var (index, row) in recordings.Zip(rows)) logits[index] = row;
        return logits;
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
