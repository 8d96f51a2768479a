using System.Text.Json.Nodes;

namespace Kymo.App.Tests.Verbs;

/// <summary>Exports of eight bits of each recipe that has them: smaller, judged on what the network never met, answering as the whole one does.</summary>
public sealed class Int8ExportTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sleep-events", "data=synthetic features.duration=1 model=tinycnn_cbam split.count=3 trainer.batch_size=8 trainer.epochs=2 trainer.micro_batch=off", "*.wav", "recordings", 2)]
    [InlineData("sleep-events", "data=synthetic features.duration=1 model=crnn split.count=3 trainer.batch_size=8 trainer.epochs=1 trainer.micro_batch=off", "*.wav", "recordings", 2.5)]
    [InlineData("sleep-stages", "data=synthetic models=[GRU] split.folds=2 data.stride=30 data.synthetic_seconds=1200 trainer.epochs=1", "validation_sample.csv", "windows", 1.5)]
    [InlineData("sleep-stages", "data=synthetic models=[Transformer] split.folds=2 data.stride=30 data.synthetic_seconds=1200 trainer.epochs=1 model.feed_forward=128", "validation_sample.csv", "windows", 2)]
    [InlineData("activity", "data=synthetic scenario=real_only trainer.epochs=2 data.preprocess=frame", "*_acc.npy", "windows", 3)]
    public void Export_of_eight_bits_is_smaller_and_answers_as_the_whole_one(string recipe, string settings, string file, string unit, double smaller)
    {
        KymoProgram.Succeed(_folder.Path, ["train", recipe, "trainer.threads=1", "run.name=run", .. settings.Split(' ')]);
        var ending = KymoProgram.Run(_folder.Path, "export", "run", "--int8", "--out", "packed.onnx", "--json");
        if (ending.Error.Contains("libonnxruntime", StringComparison.Ordinal)) Assert.Skip(ending.Error);
        Assert.True(ending.Code == 0, ending.Error);
        var report = ending.Json;
        Assert.Equal(unit, (string?)report["unit"]);
        Assert.True((long)report["float_bytes"]! > smaller * (long)report["bytes"]!, report.ToJsonString());
        Assert.Equal(new FileInfo(_folder["packed.onnx"]).Length, (long)report["bytes"]!);
        Assert.InRange((int)report["calibrated_on"]!, 20, 200);
        Assert.InRange((int)report["judged_on"]!, 20, 5000);
        Assert.InRange((double)report["float_accuracy"]! - (double)report["accuracy"]!, -0.13, 0.13);

        KymoProgram.Succeed(_folder.Path, "export", "run", "--out", "whole.onnx");
        var input = Directory.GetFiles(_folder.Path, file, SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        var (whole, packed) = (Probabilities("whole.onnx"), Probabilities("packed.onnx"));
        foreach (var (name, value) in whole) Assert.Equal((double)value!, (double)packed[name]!, 0.1);
        Assert.Equal(1, packed.Sum(entry => (double)entry.Value!), 1e-4);

        if (recipe == "activity")
        {
            var part = KymoProgram.Run(_folder.Path, "export", "run", "--int8", "--out", "half.extractor.onnx");
            Assert.Equal((2, true), (part.Code, part.Error.Contains("--int8 of the extractor alone", StringComparison.Ordinal)));
        }

        JsonObject Probabilities(string model) => KymoProgram.Succeed(_folder.Path, "predict", model, input, "--json").Json["predictions"]![0]!["probabilities"]!.AsObject();
    }

    [Fact]
    public void Recipes_without_it_are_refused_and_those_with_it_named()
    {
        KymoProgram.Succeed(_folder.Path, "train", "music-groove", "data=synthetic", "model=original", "data.synthetic_items=100", "trainer.epochs=1", "run.name=run");
        var refused = KymoProgram.Run(_folder.Path, "export", "run", "--int8");
        Assert.Equal(2, refused.Code);
        Assert.Contains("networks of music-groove are not written as int8; urban-sounds, sleep-events, activity, sleep-stages are", refused.Error, StringComparison.Ordinal);
    }
}
