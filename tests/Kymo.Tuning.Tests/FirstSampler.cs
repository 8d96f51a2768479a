namespace Kymo.Tuning.Tests;

/// <summary>Always the lowest value or the first choice.</summary>
sealed class FirstSampler : Sampler
{
    public override double SampleAlone(Trial trial, string name, Distribution distribution) => distribution.Single;
}
