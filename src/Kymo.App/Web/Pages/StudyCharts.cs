using System.Globalization;
using Kymo.App.Searches;
using Kymo.Tuning;

namespace Kymo.App.Web.Pages;

/// <summary>Pictures of a study that are drawn here, in the page's own colours: importance, slices, parallel coordinates.</summary>
static class StudyCharts
{
    const int MostParameters = 24, MostAxes = 12, MostLines = 200, Tones = 10;

    /// <summary>How much of the value's variance each parameter explains.</summary>
    public static Markup Importance(SearchView view)
    {
        if (view.Importance.Count == 0) return view.WithoutImportance == "" ? Markup.None : Markup.Of($"""<p class="note">{view.WithoutImportance}</p>""");
        return Markup.Of($"""
            <section aria-labelledby="importance"><h2 id="importance">Importance</h2>
            <p class="note">Share of the value's variance that each parameter explains alone (fANOVA).</p>
            <table class="bars importance"><thead class="hidden"><tr><th scope="col">parameter</th><th scope="col">share</th></tr></thead><tbody>{view.Importance.Take(MostParameters).Select(entry => Markup.Of($"""
            <tr><th scope="row">{entry.Key}</th><td class="n"><span class="bar"><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="6" class="rail"/><rect width="{N(100 * entry.Value)}" height="6"/></svg></span>{entry.Value:0.000}</td></tr>
            """))}</tbody></table></section>
            """);
    }

    /// <summary>The value over each parameter.</summary>
    public static Markup Slices(SearchView view)
    {
        var names = view.Parameters.Take(MostParameters).ToArray();
        if (view.Scored.Count == 0 || names.Length == 0) return Markup.None;
        return Markup.Of($"""
            <section aria-labelledby="slices"><h2 id="slices">Slices</h2><p class="note">{view.Metric} (upwards) over each parameter, on the scale that it was searched on. The best trial is filled orange.</p>
            <div class="slices">{names.Select(name => Slice(view, name))}</div></section>
            """);
    }

    /// <summary>One line a trial over all parameters.</summary>
    public static Markup Parallel(SearchView view)
    {
        var names = view.Parameters.Take(MostAxes).ToArray();
        var trials = view.Scored.Where(trial => names.All(name => trial.Find(name) is not null)).ToArray();
        if (trials.Length < 2 || names.Length == 0) return Markup.None;
        var (low, high) = Range(view);
        if (low == high) return Markup.None;
        const int Step = 150, Left = 60, Top = 34, Height = 240;
        var width = Left + (names.Length * Step) + 60;
        double Good(FrozenTrial trial) => (trial.Value!.Value - low) / (high - low) is var share && view.IsMaximized ? share : 1 - share;
        Markup Line(FrozenTrial trial)
        {
            var points = names.Select((name, i) => $"{Left + ((i + 1) * Step)},{N(Y(ParameterScale.Share(view.Distributions[name], trial.Find(name)!.Number)))}")
                .Prepend($"{Left},{N(Y((trial.Value!.Value - low) / (high - low)))}");
            return Markup.Of($"""<polyline class="{(trial.Number == view.Best?.Number ? "best" : $"g{(int)Math.Round(Good(trial) * (Tones - 1))}")}" points="{string.Join(' ', points)}"><title>trial {trial.Number}: {view.Metric} {Words.Score(trial.Value!.Value)}; {string.Join(", ", names.Select(name => $"{name} {SearchView.Text(trial.Find(name)!.Value)}"))}</title></polyline>""");
        }
        double Y(double share) => Top + ((1 - Math.Clamp(share, 0, 1)) * Height);
        Markup Axis(string name, string bottom, string top, int at) => Markup.Of($"""
            <line class="axis" x1="{Left + (at * Step)}" x2="{Left + (at * Step)}" y1="{Top}" y2="{Top + Height}"/><text x="{Left + (at * Step)}" y="{Top - 10}" text-anchor="middle" class="end">{top}</text><text x="{Left + (at * Step)}" y="{Top + Height + 16}" text-anchor="middle" class="end">{bottom}</text><text x="{Left + (at * Step)}" y="{Top + Height + 36}" text-anchor="middle">{name}</text>
            """);
        return Markup.Of($"""
            <section aria-labelledby="parallel"><h2 id="parallel">Parallel coordinates</h2><p class="note">One line a trial; the darker, the better; the best is orange. The table of trials says the same in numbers.</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Parallel coordinates"><svg class="parallel" viewBox="0 0 {width} {Top + Height + 46}" width="{width}" role="img" aria-label="Parallel coordinates of {trials.Length} trials over {string.Join(", ", names)}">
            {trials.OrderBy(Good).TakeLast(MostLines).Select(Line)}
            {Axis(view.Metric, Words.Score(low), Words.Score(high), 0)}{names.Select((name, i) => ParameterScale.Ends(view.Distributions[name]) is var (bottom, top) ? Axis(name, bottom, top, i + 1) : Markup.None)}
            </svg></div></section>
            """);
    }

    static Markup Slice(SearchView view, string name)
    {
        const int Width = 260, Height = 150, Left = 44, Top = 10;
        var (low, high) = Range(view);
        var (bottom, top) = ParameterScale.Ends(view.Distributions[name]);
        string X(FrozenTrial trial) => N(Left + 6 + (ParameterScale.Share(view.Distributions[name], trial.Find(name)!.Number) * (Width - Left - 16)));
        string Y(FrozenTrial trial) => N(Top + ((high == low ? 0.5 : (high - trial.Value!.Value) / (high - low)) * Height));
        var trials = view.Scored.Where(trial => trial.Find(name) is not null).OrderBy(trial => trial.Number == view.Best?.Number);
        return Markup.Of($"""
            <figure><svg viewBox="0 0 {Width} {Height + 48}" role="img" aria-label="{view.Metric} over {name}">
            <line class="axis" x1="{Left}" x2="{Left}" y1="{Top}" y2="{Top + Height}"/><line class="axis" x1="{Left}" x2="{Width}" y1="{Top + Height}" y2="{Top + Height}"/>
            <text x="{Left - 5}" y="{Top + 8}" text-anchor="end" class="end">{Words.Score(high)}</text><text x="{Left - 5}" y="{Top + Height}" text-anchor="end" class="end">{Words.Score(low)}</text>
            <text x="{Left}" y="{Top + Height + 15}" class="end">{bottom}</text><text x="{Width}" y="{Top + Height + 15}" text-anchor="end" class="end">{top}</text>
            {trials.Select(trial => Markup.Of($"""<circle class="{(trial.Number == view.Best?.Number ? "best" : "")}" cx="{X(trial)}" cy="{Y(trial)}" r="{(trial.Number == view.Best?.Number ? 5 : 3.5):0.0}"><title>trial {trial.Number}: {SearchView.Text(trial.Find(name)!.Value)}, {Words.Score(trial.Value!.Value)}</title></circle>"""))}
            </svg><figcaption>{name}</figcaption></figure>
            """);
    }

    static (double Low, double High) Range(SearchView view) => (view.Scored.Min(trial => trial.Value!.Value), view.Scored.Max(trial => trial.Value!.Value));

    static string N(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
