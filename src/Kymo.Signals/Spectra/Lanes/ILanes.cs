namespace Kymo.Signals.Spectra.Lanes;

/// <summary>
/// A row of floats that one instruction works on. Transforms are written once over lanes and run with each lane holding another
/// frame, so no butterfly ever shuffles: <see cref="Lanes1"/> is a single frame, <see cref="Lanes4"/>, <see cref="Lanes8"/> and
/// <see cref="Lanes16"/> are that many frames at a time. Every width rounds alike: the same frame gives the same bits.
/// </summary>
interface ILanes<TSelf> where TSelf : unmanaged, ILanes<TSelf>
{
    /// <summary>How many floats a row holds.</summary>
    static abstract int Count { get; }

    /// <summary>The same number in every lane.</summary>
    static abstract TSelf Broadcast(float value);

    static abstract TSelf operator +(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf left, TSelf right);

    static abstract TSelf operator *(TSelf left, TSelf right);

    static abstract TSelf operator -(TSelf value);

    /// <summary><c>left * right + addend</c>, rounded once where the processor can.</summary>
    static abstract TSelf MultiplyAdd(TSelf left, TSelf right, TSelf addend);

    /// <summary>
    /// Loads <see cref="Count"/> frames times a window, turned so that sample n of every frame stands in one row:
    /// <c>rows[n][lane] = signal[lane * hop + n] * window[n]</c> for n below <paramref name="length"/>.
    /// </summary>
    static abstract void LoadFrames(ref readonly float signal, nint hop, ref readonly float window, int length, ref TSelf rows);
}
