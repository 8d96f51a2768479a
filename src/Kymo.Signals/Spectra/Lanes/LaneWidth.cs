using System.Runtime.Intrinsics;

namespace Kymo.Signals.Spectra.Lanes;

/// <summary>How many frames are worked on at a time.</summary>
static class LaneWidth
{
    /// <summary>As many as one vector of this processor holds floats: 16, 8 or 4.</summary>
    public static int Preferred => Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;
}
