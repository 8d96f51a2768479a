using System.Text.Json;
using Kymo.Torch.Optimizers;
using Kymo.Torch.Schedulers;

namespace Kymo.Torch.Tests.Schedulers;

/// <summary>Every scheduler against PyTorch's rates over 25 steps.</summary>
public sealed class SchedulerTests
{
    static readonly JsonElement s_golden = Golden.Read("torch_optimizers");

    static readonly Dictionary<string, Func<Optimizer, Scheduler>> s_cases = new()
    {
        ["step"] = o => new StepDecay(o, 4, 0.5),
        ["cosine"] = o => new CosineAnnealing(o, 10, 0.01),
        ["one_cycle"] = o => new OneCycle(o, new OneCycleOptions(1, 25)),
        ["one_cycle_linear"] = o => new OneCycle(o, new OneCycleOptions(1, 25)
        { RisingPart = 0.4, Linear = true, CycleMomentum = false, StartDivisor = 10, EndDivisor = 100 }),
        ["warm_up"] = o => new WarmUp(o, 5, 0.1),
        ["warm_up_cosine"] = o => new WarmUp(o, 5, 0.25, new CosineAnnealing(o, 10)),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Rates_equal_those_of_PyTorch_also_after_a_restart(string name)
    {
        using var weights = Tensor.Zeros(ElementType.Float32, 1).SetRequiresGrad();
        using var optimizer = Make(weights);
        var scheduler = s_cases[name](optimizer);
        var step = 0;
        foreach (var expected in s_golden.GetProperty("schedulers").GetProperty(name).EnumerateArray())
        {
            Assert.Equal(expected[0].GetDouble(), optimizer.LearningRate, 9);
            Assert.Equal(expected[1].GetDouble(), optimizer.Momentum!.Value, 9);
            if (step++ == 7)
            {
                using var second = Make(weights);
                var restored = s_cases[name](second);
                restored.LoadState(scheduler.SaveState());
                Assert.Equal((optimizer.LearningRate, optimizer.Momentum), (second.LearningRate, second.Momentum));
            }

            scheduler.Step();
        }
    }

    [Theory]
    [InlineData("plateau", false)]
    [InlineData("plateau_max", true)]
    public void ReduceOnPlateau_equals_PyTorch_also_after_a_restart(string name, bool largerIsBetter)
    {
        using var weights = Tensor.Zeros(ElementType.Float32, 1).SetRequiresGrad();
        using var optimizer = Make(weights);
        var options = largerIsBetter
            ? new ReduceOnPlateauOptions { LargerIsBetter = true, Factor = 0.3, Patience = 1, Threshold = 0.01, AbsoluteThreshold = true, LowestRate = 0.02 }
            : new ReduceOnPlateauOptions { Factor = 0.5, Patience = 2, CoolDown = 1 };
        var scheduler = new ReduceOnPlateau(optimizer, options);
        var metrics = s_golden.GetProperty("metrics").Numbers();
        var rates = s_golden.GetProperty("schedulers").GetProperty(name);
        for (var step = 0; step < metrics.Length; step++)
        {
            Assert.Equal(rates[step][0].GetDouble(), optimizer.LearningRate, 12);
            scheduler.Step(largerIsBetter ? 1 - metrics[step] : metrics[step]);
            var state = scheduler.SaveState();
            scheduler = new ReduceOnPlateau(optimizer, options);
            scheduler.LoadState(state);
        }
    }

    static Sgd Make(Tensor weights) => new([new NamedTensor("w", weights)], new SgdOptions { LearningRate = 0.4, Momentum = 0.9 });
}
