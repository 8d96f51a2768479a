namespace Kymo.Lab.Training;

/// <summary>When a training keeps a checkpoint between the ends of its epochs: every so many steps, and every so many minutes.</summary>
/// <param name="everySteps">Steps from one to the next; 0 for no such rule.</param>
/// <param name="everyMinutes">Minutes from one to the next; 0 for no such rule.</param>
/// <param name="clock">The time.</param>
public sealed class CheckpointPace(int everySteps, double everyMinutes, TimeProvider clock)
{
    long _last = clock.GetTimestamp();
    int _steps;

    /// <summary>Counts a step; whether a checkpoint is due after it.</summary>
    public bool IsDueAfterStep()
    {
        _steps++;
        return (everySteps > 0 && _steps >= everySteps) || (everyMinutes > 0 && clock.GetElapsedTime(_last).TotalMinutes >= everyMinutes);
    }

    /// <summary>A checkpoint was kept.</summary>
    public void Kept() => (_steps, _last) = (0, clock.GetTimestamp());
}
