using Kymo.Torch.Checkpoints;

namespace Kymo.Torch.Tests.Checkpoints;

public sealed class AdamStateTests
{
    static readonly StoredTensor s_mean = StoredTensor.Of<float>([1, 2], 2);

    static AdamState Sample { get; } = new(
        new Dictionary<int, AdamParameter> { [1] = new(7, s_mean, s_mean with { }), [0] = new(9, s_mean, s_mean, s_mean) },
        [new AdamGroup { Parameters = [0], LearningRate = 0.5, InitialLearningRate = 1 },
            new AdamGroup { Parameters = [1, 2], IsAmsGrad = true }]);

    [Fact]
    public void FromPickle_takes_what_ToPickle_gives()
    {
        var again = AdamState.FromPickle("x", Sample.ToPickle());
        Assert.Equal([0, 1], again.State.Keys.Order());
        Assert.Equal((9L, 7L), (again.State[0].Step, again.State[1].Step));
        Assert.Equal([1f, 2f], again.State[0].MaxAverageSquare!.ToArray<float>());
        Assert.Null(again.State[1].MaxAverageSquare);
        Assert.Equal((0.5, 1.0, false), (again.Groups[0].LearningRate, again.Groups[0].InitialLearningRate!.Value,
            again.Groups[0].IsAmsGrad));
        Assert.Equal((1e-3, null, true), (again.Groups[1].LearningRate, again.Groups[1].InitialLearningRate,
            again.Groups[1].IsAmsGrad));
        Assert.Equal([1, 2], again.Groups[1].Parameters);
    }

    [Fact]
    public void FromPickle_says_where_a_part_is_wrong()
    {
        Assert.Contains("optimizer state: found a list, expected a dictionary", Fault(new PickleList()));
        Assert.Contains("optimizer state: found a dictionary, expected an entry 'state'", Fault(new PickleDictionary()));
        Assert.Contains("expected a parameter index", Fault(With(d => ((PickleDictionary)d["state"])["x"] = 1)));
        Assert.Contains("optimizer state of parameter 0: found a text, expected 'exp_avg' to be a tensor",
            Fault(With(d => ((PickleDictionary)((PickleDictionary)d["state"])[0])["exp_avg"] = "x")));
        Assert.Contains("expected 'step' to be a number of updates",
            Fault(With(d => ((PickleDictionary)((PickleDictionary)d["state"])[0])["step"] = StoredTensor.Of<float>([-1]))));
        Assert.Contains("param_groups[1]: found a None, expected 'lr' to be a number",
            Fault(With(d => Group(d)["lr"] = PickleValue.None)));
        Assert.Contains("expected 'betas' to be two numbers", Fault(With(d => Group(d)["betas"] = 1)));
        Assert.Contains("'maximize' is true", Fault(With(d => Group(d)["maximize"] = true)));
        Assert.Contains("param_groups[1], params[0]: found a whole number, expected a parameter index",
            Fault(With(d => Group(d)["params"] = new PickleList { -1 })));
    }

    static PickleDictionary Group(PickleDictionary d) => (PickleDictionary)((PickleList)d["param_groups"])[1];

    static PickleDictionary With(Action<PickleDictionary> change)
    {
        var pickle = Sample.ToPickle();
        change(pickle);
        return pickle;
    }

    static string Fault(PickleValue value) => Assert.Throws<CheckpointException>(() => AdamState.FromPickle("x", value)).Message;
}
