// Kymo as a library: learns to tell drum beats from fills by the 32 groove numbers of each file.
//   dotnet run --project samples/BeatOrFill -- FOLDER_OF_THE_GROOVE_MIDI_DATASET
using Kymo.Lab.Data.Music;
using Kymo.Lab.Training.Loops;
using Kymo.Signals.Midi;
using Kymo.Signals.Music;
using Kymo.Torch;
using Kymo.Torch.Layers;
using Kymo.Torch.Optimizers;

if (args.Length != 1)
{
    Console.Error.WriteLine("usage: BeatOrFill FOLDER_OF_THE_GROOVE_MIDI_DATASET");
    return 2;
}

// The published parts: no performance stands on both sides.
Example[] Examples(MusicSet set, string split) =>
[
    .. from item in set.Items
       where item.Split == split
       let pattern = DrumPattern.Read(MidiFile.Read(item.Path), out _)
       where pattern is not null
       select new Example(Groove.Compute(pattern), [item.Drums!.IsBeat ? 1 : 0]),
];
var set = GrooveMidi.Read(args[0]);
var (trainSet, validationSet) = (Examples(set, "train"), Examples(set, "validation"));
var (train, validation) = (new DataLoader(trainSet, batchSize: 32, shuffle: true), new DataLoader(validationSet));

using var init = new RandomGenerator(42);
using var model = new Sequential(new Linear(Groove.Size, 32, init), new Tanh(), new Linear(32, 1, init));
using var optimizer = new Adam(model.NamedParameters(), new AdamOptions { LearningRate = 0.01 });
var (stopping, checkpoints, metrics) = (new EarlyStopping(patience: 10), new CheckpointManager("checkpoints"), new MetricsTracker());
static Tensor Criterion(Tensor output, Tensor target) => Losses.BinaryCrossEntropyWithLogits(output, target);

for (var epoch = 0; epoch < 100; epoch++)
{
    metrics.Update(TrainingLoop.TrainEpoch(model, train, Criterion, optimizer));
    var scores = TrainingLoop.ValidateEpoch(model, validation, Criterion);
    metrics.Update(scores);
    metrics.EndEpoch();
    checkpoints.SaveCheckpoint(model, epoch, scores["val_loss"], optimizer, modelName: "beat_or_fill");
    if (stopping.ShouldStop(scores["val_loss"], epoch)) break;
}
metrics.SaveToJson("metrics.json");
var best = CheckpointManager.LoadCheckpoint(model, Path.Combine("checkpoints", "beat_or_fill_best.pt"));

using var scope = new TensorScope();
using var noGrad = Autograd.NoGrad();
var right = validationSet.Count(example => model.Forward(scope.From<float>(example.Input, 1, Groove.Size)).Item() > 0 == example.Target[0] > 0.5);
var beats = validationSet.Count(example => example.Target[0] > 0.5);
Console.WriteLine($"epoch {best.Epoch}: {right} of {validationSet.Length} told right; always the commoner one: {Math.Max(beats, validationSet.Length - beats)}");
return 0;
