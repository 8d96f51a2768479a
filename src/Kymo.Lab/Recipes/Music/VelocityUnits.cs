namespace Kymo.Lab.Recipes.Music;

/// <summary>Velocities as networks put them out: (velocity - 72) / 24, so that common ones lie around 0.</summary>
static class VelocityUnits
{
    /// <summary>From 1 to 127 to units.</summary>
    public static float Of(int velocity) => (velocity - 72) / 24f;

    /// <summary>From units to a velocity, 1 to 127, not rounded.</summary>
    public static double From(float units) => Math.Clamp(72 + (24.0 * units), 1, 127);
}
