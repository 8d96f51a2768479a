namespace Kymo.Lab.Runs.Reporting;

/// <summary>The style of the page.</summary>
public static class ReportStyle
{
    /// <summary>The sheet, for light and dark, screen and print.</summary>
    public const string Css = """

        :root { --ink: #1c2024; --soft: #5b6470; --paper: #fbfbfa; --card: #ffffff; --line: #dfe2e6; --blue: 31 111 178;
          --orange: 201 96 10; }
        @media (prefers-color-scheme: dark) {
          :root { --ink: #e8eaed; --soft: #a3abb6; --paper: #15181c; --card: #1e2329; --line: #343b44;
            --blue: 96 170 232; --orange: 240 150 70; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
        main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
        h1 { font-size: 1.7rem; margin: 0 0 .3rem; overflow-wrap: anywhere; line-height: 1.2; }
        h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
        .over { color: var(--soft); margin: 0; letter-spacing: .04em; text-transform: uppercase; font-size: .8rem; }
        .note { color: var(--soft); font-size: .85rem; }
        .warning { background: rgb(var(--orange) / .14); border-left: 4px solid rgb(var(--orange)); padding: .6rem .9rem;
          border-radius: 4px; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .8rem; margin: 1.2rem 0; }
        .card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; }
        .card span { display: block; color: var(--soft); font-size: .85rem; }
        .card strong { font-size: 1.9rem; font-variant-numeric: tabular-nums; }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; min-width: 60%; }
        th, td { padding: .35rem .7rem; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
        thead th { color: var(--soft); font-weight: 500; }
        th[scope=row] { font-weight: 500; }
        td.n { text-align: right; } thead th:not(:first-child) { text-align: right; }
        .folds tbody tr:nth-last-child(3) > * { border-top: 2px solid var(--soft); font-weight: 600; }
        .confusion { min-width: 0; } .confusion td { text-align: right; border: 1px solid var(--line); }
        .confusion thead th { vertical-align: bottom; height: 6rem; padding: .3rem; }
        .confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
        .hit { background: rgb(var(--blue) / calc(var(--share) * .75)); }
        .miss { background: rgb(var(--orange) / calc(var(--share) * .75)); }
        .figure { display: block; width: 100%; height: auto; background: #fff; border: 1px solid var(--line);
          border-radius: 8px; padding: .4rem; margin: 1rem 0; }
        .strip { width: 100%; max-width: 36rem; height: auto; font-size: 13px; margin: .4rem 0 1rem; }
        .strip text { fill: var(--soft); } .strip .net text { fill: var(--ink); font-weight: 600; }
        .strip .tick { stroke: var(--line); } .strip .span { stroke: rgb(var(--blue) / .45); stroke-width: 8;
          stroke-linecap: round; }
        .strip .net circle { fill: rgb(var(--blue)); } .strip .rival circle { fill: none; stroke: rgb(var(--orange));
          stroke-width: 2.5; }
        dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: .2rem 1.5rem;
          margin: .5rem 0 1rem; font-size: .9rem; }
        dl div { display: flex; gap: .8rem; border-bottom: 1px solid var(--line); padding: .25rem 0; min-width: 0; }
        dt { color: var(--soft); flex: 0 0 auto; } dd { margin: 0 0 0 auto; text-align: right; overflow-wrap: anywhere;
          min-width: 0; }
        details { border: 1px solid var(--line); border-radius: 8px; padding: .5rem .9rem; margin: .8rem 0;
          background: var(--card); }
        summary { cursor: pointer; font-weight: 500; }
        @media print { body { background: #fff; } details { break-inside: avoid; } }

        """;
}
