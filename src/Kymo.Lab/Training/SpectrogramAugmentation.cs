using Kymo.Config;

namespace Kymo.Lab.Training;

/// <summary>What is done to training spectrograms before each step. Every part is off at 0.</summary>
/// <param name="Crop">Share of the frames that is kept, above 0 to 1; which ones, the time shift decides.</param>
/// <param name="TimeShift">Largest roll along time, as a share of the clip, 0 to 1; drawn evenly in both directions.</param>
/// <param name="Gain">Largest change of level, in deviations of the standardised input; drawn evenly in both directions.</param>
/// <param name="Noise">Deviation of normal noise added to every cell, in deviations of the standardised input.</param>
/// <param name="TimeMasks">Stretches of time set to the mean (SpecAugment, Park et al. 2019).</param>
/// <param name="TimeMaskWidth">Largest share of the frames one stretch covers, 0 to 1.</param>
/// <param name="BandMasks">Stretches of mel bands set to the mean.</param>
/// <param name="BandMaskWidth">Largest share of the bands one stretch covers, 0 to 1.</param>
/// <param name="BandShift">Largest shift along the mel axis, in bands: a small change of pitch.</param>
/// <param name="Mixup">Both parameters of the Beta distribution that weighs two mixed clips (Zhang et al. 2018); 0 for none.</param>
/// <param name="MixupProbability">Share of the batches that are mixed, 0 to 1.</param>
public sealed record SpectrogramAugmentation(
    [property: Range(0.01, 1)] double Crop = 1,
    [property: Range(0, 1)] double TimeShift = 0,
    [property: Range(0, 10)] double Gain = 0,
    [property: Range(0, 10)] double Noise = 0,
    [property: Range(0, 10)] int TimeMasks = 0,
    [property: Range(0, 1)] double TimeMaskWidth = 0,
    [property: Range(0, 10)] int BandMasks = 0,
    [property: Range(0, 1)] double BandMaskWidth = 0,
    [property: Range(0, 32)] int BandShift = 0,
    [property: Range(0, 10)] double Mixup = 0,
    [property: Range(0, 1)] double MixupProbability = 1)
{
    /// <summary>Frames that are left of a clip.</summary>
    public int CroppedFrames(int frames) => Math.Max(1, (int)Math.Floor(Crop * frames));

    /// <summary>Changes one standardised clip.</summary>
    /// <param name="source">(mel, frame); 0 is the mean of the training data. It is changed as well.</param>
    /// <param name="clip">Receives (mel, cropped frame).</param>
    /// <param name="bands">Mel bands.</param>
    /// <param name="random">The stream <c>augment</c>.</param>
    /// <param name="scratch">As long as the source.</param>
    public void Apply(Span<float> source, Span<float> clip, int bands, RandomStream random, Span<float> scratch)
    {
        var whole = source.Length / bands;
        if (TimeShift > 0) Roll(source, whole, (int)Math.Round(random.Uniform(-TimeShift, TimeShift) * whole), scratch);
        var frames = clip.Length / bands;
        for (var band = 0; band < bands; band++) source.Slice(band * whole, frames).CopyTo(clip[(band * frames)..]);
        if (BandShift > 0) ShiftBands(clip, frames, random.Integer(-BandShift, BandShift + 1), scratch);
        if (Gain > 0)
        {
            var gain = (float)random.Uniform(-Gain, Gain);
            foreach (ref var value in clip) value += gain;
        }
        if (Noise > 0)
            foreach (ref var value in clip) value += (float)(Noise * random.Normal());
        for (var mask = 0; mask < TimeMasks; mask++)
        {
            var (start, width) = Stretch(frames, TimeMaskWidth, random);
            for (var band = 0; band < bands; band++) clip.Slice((band * frames) + start, width).Clear();
        }
        for (var mask = 0; mask < BandMasks; mask++)
        {
            var (start, width) = Stretch(bands, BandMaskWidth, random);
            clip.Slice(start * frames, width * frames).Clear();
        }
    }

    /// <summary>Mixes each clip of a batch with another, and the classes with the same weight.</summary>
    /// <param name="clips">(batch, mel, frame).</param>
    /// <param name="targets">(batch, class), each row a distribution.</param>
    /// <param name="batch">Clips in the batch.</param>
    /// <param name="random">The stream <c>augment</c>.</param>
    public void Mix(Span<float> clips, Span<float> targets, int batch, RandomStream random)
    {
        if (Mixup <= 0 || random.Uniform() >= MixupProbability) return;
        var weight = (float)random.Beta(Mixup);
        var partner = new int[batch];
        for (var i = 0; i < batch; i++) partner[i] = i;
        random.Shuffle<int>(partner);
        Blend(clips, partner, weight);
        Blend(targets, partner, weight);
    }

    static void Blend(Span<float> rows, int[] partner, float weight)
    {
        var length = rows.Length / partner.Length;
        var original = rows.ToArray();
        for (var i = 0; i < partner.Length; i++)
        {
            var other = original.AsSpan(partner[i] * length, length);
            var row = rows.Slice(i * length, length);
            for (var k = 0; k < length; k++) row[k] = (weight * row[k]) + ((1 - weight) * other[k]);
        }
    }

    static void Roll(Span<float> clip, int frames, int shift, Span<float> scratch)
    {
        shift = ((shift % frames) + frames) % frames;
        if (shift == 0) return;
        clip.CopyTo(scratch);
        for (var start = 0; start < clip.Length; start += frames)
        {
            scratch.Slice(start, frames - shift).CopyTo(clip[(start + shift)..]);
            scratch.Slice(start + frames - shift, shift).CopyTo(clip[start..]);
        }
    }

    // Bands that come in from the edge repeat the outermost band.
    static void ShiftBands(Span<float> clip, int frames, int shift, Span<float> scratch)
    {
        if (shift == 0) return;
        clip.CopyTo(scratch);
        var bands = clip.Length / frames;
        for (var band = 0; band < bands; band++)
            scratch.Slice(Math.Clamp(band - shift, 0, bands - 1) * frames, frames).CopyTo(clip[(band * frames)..]);
    }

    static (int Start, int Width) Stretch(int length, double share, RandomStream random)
    {
        var width = random.Integer(0, (int)Math.Round(share * length) + 1);
        return (random.Integer(0, length - width + 1), width);
    }
}
