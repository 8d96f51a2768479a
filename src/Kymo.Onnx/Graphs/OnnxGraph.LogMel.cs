using Kymo.Onnx.Graphs;

namespace Kymo.Onnx;

public sealed partial class OnnxGraph
{
    /// <summary>
    /// A log-mel spectrogram computed by the graph: (batch, sample) to (batch, mel, frame), with 1 + sample/hop frames when padded. Put it
    /// before a network to make one that takes sound.
    /// </summary>
    /// <param name="signal">Samples, (batch, sample), at the rate the options were made for.</param>
    /// <param name="options">The feature's numbers.</param>
    /// <exception cref="OnnxException">The options contradict each other.</exception>
    public OnnxValue LogMel(OnnxValue signal, LogMelOptions options)
    {
        options.Validate();
        Shapes.ExpectRank(signal, 2, "the log-mel front end");
        var squared = options.WithOperator ? SquaredByOperator(signal, options) : SquaredByTables(signal, options);
        var energies = options.Power ? squared : Sqrt(squared);
        var mels = MatMul(Table("mel.matrix", options.MelMatrix.Span, options.Mels, options.Bins), energies);
        if (options.Scale == LogScale.None) return mels;
        var logs = Log(Max(mels, Constant(options.Floor)));
        if (options.Scale == LogScale.Natural) return logs;
        var decibels = Mul(logs, (float)(10 / Math.Log(10)));
        var loudest = ReduceMax(decibels, true, 1, 2);
        return options.Scale == LogScale.DecibelsOfMaximum
            ? Max(Sub(decibels, loudest), Constant(-options.TopDecibels))
            : Max(decibels, Add(loudest, -options.TopDecibels));
    }

    /// <summary>|X|² of (batch, bin, frame) as a convolution with the window times cosines, then times sines.</summary>
    OnnxValue SquaredByTables(OnnxValue signal, LogMelOptions options)
    {
        int length = options.Window.Length, bins = options.Bins;
        var ahead = (options.NFft - length) / 2;
        var table = new float[2 * bins * length];
        var window = options.Window.Span;
        for (var bin = 0; bin < bins; bin++)
        {
            for (var i = 0; i < length; i++)
            {
                // The phase is reduced in whole numbers, so that it is exact for every bin.
                var (sine, cosine) = Math.SinCos(2 * Math.PI * ((long)bin * (i + ahead) % options.NFft) / options.NFft);
                table[bin * length + i] = (float)(window[i] * cosine);
                table[(bins + bin) * length + i] = (float)(window[i] * sine);
            }
        }
        // Where the window is shorter than the frame, the zeros around it are left out of the table and of the padding.
        var padded = Centred(Unsqueeze(signal, 1), 2, options, ahead, options.NFft - length - ahead);
        var frames = Shapes.Windowed(padded.Shape[2], length, options.HopLength, 0, 1, signal);
        var spectrum = Node("Conv", [padded, Table("dft.tables", table, 2 * bins, 1, length)], signal.Type,
            [signal.Shape[0], 2 * bins, frames], OnnxAttribute.Of("strides", [(long)options.HopLength]));
        var squares = Mul(spectrum, spectrum);
        return Add(Slice(squares, 1, 0, bins), Slice(squares, 1, bins));
    }

    /// <summary>|X|² of (batch, bin, frame) by the operator, whose output is (batch, frame, bin, 2).</summary>
    OnnxValue SquaredByOperator(OnnxValue signal, LogMelOptions options)
    {
        var window = new float[options.NFft];
        options.Window.Span.CopyTo(window.AsSpan((options.NFft - options.Window.Length) / 2));
        var padded = Centred(Unsqueeze(signal, 2), 1, options, 0, 0);
        var frames = Shapes.Windowed(padded.Shape[1], options.NFft, options.HopLength, 0, 1, signal);
        var spectrum = Node("STFT", [padded, Integer(options.HopLength), Table("dft.window", window, options.NFft), Integer(options.NFft)],
            signal.Type, [signal.Shape[0], frames, options.Bins, 2], OnnxAttribute.Of("onesided", 1));
        return Transpose(ReduceSum(Mul(spectrum, spectrum), false, 3), 0, 2, 1);
    }

    OnnxValue Centred(OnnxValue signal, int axis, LogMelOptions options, int lessBefore, int lessAfter)
    {
        var half = options.NFft / 2;
        return options.Padding switch
        {
            SignalPadding.Zeros => Pad(signal, axis, half - lessBefore, half - lessAfter),
            SignalPadding.Reflect => PadReflect(signal, axis, half - lessBefore, half - lessAfter),
            _ => Slice(signal, axis, lessBefore, lessAfter == 0 ? long.MaxValue : -lessAfter),
        };
    }
}
