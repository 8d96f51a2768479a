using System.Globalization;
using Kymo.Lab.Runs;
using Kymo.Tuning;
using Kymo.Tuning.Json;

namespace Kymo.App.Searches;

/// <summary>The table of a running search: a line for each trial that ended, and below them how far it is, how fast, how long still.</summary>
sealed class SearchProgress(Study study, SearchPlan plan, Terminal terminal)
{
    static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    readonly Lock _gate = new();
    readonly DateTime _began = DateTime.UtcNow;
    DateTime _looked = DateTime.MinValue;
    int _ended;
    bool _headed;

    /// <summary>A trial ended here.</summary>
    public void Ended(FrozenTrial trial)
    {
        lock (_gate)
        {
            _ended++;
            if (!_headed) terminal.Note("trial  state     " + plan.Metric.PadLeft(12) + "        best    time  parameters");
            _headed = true;
            var now = study.Trials().FirstOrDefault(other => other.Number == trial.Number) ?? trial;
            var best = study.BestTrial();
            var seconds = now.Completed - now.Started is { } time ? DurationText.Of(time) : "";
            var words = now.State == TrialState.Fail
                ? now.UserAttributes.GetValueOrDefault(AttributeNames.FailReason) as string ?? ""
                : string.Join(' ', now.Parameters.Select(parameter => $"{parameter.Name}={PythonJson.Write(parameter.Value).Trim('"')}"));
            terminal.Note(string.Create(CultureInfo.InvariantCulture,
                $"{now.Number,5}  {Text(now.State),-8}  {Number(now.Value),12}  {Number(best?.Value),10}  {seconds,6}  {words}"));
        }
    }

    /// <summary>Draws the line below the table, at most every few seconds.</summary>
    public void Draw(bool isLast = false)
    {
        lock (_gate)
        {
            if (!isLast && DateTime.UtcNow - _looked < s_pause) return;
            _looked = DateTime.UtcNow;
            var trials = study.Trials();
            var (open, running) = (trials.Count(trial => !trial.IsFinished), trials.Count(trial => trial.State == TrialState.Running));
            var detail = string.Create(CultureInfo.InvariantCulture, $"{running} running, best {Number(study.BestTrial()?.Value)}");
            var elapsed = DateTime.UtcNow - _began;
            if (_ended > 0)
            {
                var rate = _ended / elapsed.TotalMinutes;
                detail += string.Create(CultureInfo.InvariantCulture, $", {rate:0.0} trials a minute, {DurationText.Of(TimeSpan.FromMinutes(open / rate))} left");
            }
            terminal.Progress("trials", trials.Count - open, trials.Count, detail);
        }
    }

    /// <summary>A state as Optuna writes it.</summary>
    public static string Text(TrialState state) => state.ToString().ToUpperInvariant();

    static string Number(double? value) => value is { } number ? number.ToString("G6", CultureInfo.InvariantCulture) : "-";
}
