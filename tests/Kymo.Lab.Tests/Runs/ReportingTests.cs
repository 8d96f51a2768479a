using System.Buffers.Binary;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Kymo.Lab.Runs;
using Kymo.Lab.Runs.Reporting;

namespace Kymo.Lab.Tests.Runs;

public sealed class ReportingTests
{
    [Fact]
    public void Figures_are_drawn_as_png_and_svg_with_titles_and_units()
    {
        if (!HasGnuplot()) Assert.Skip("needs gnuplot");
        using var root = new TempFolder();
        var any = SampleRun.Single(root.Path);
        using var run = RunFolder.Create(root.Path, "drawn", SampleRun.Clock);
        var (figures, warnings) = Figures.Write(run, SampleReport.CrossValidated(any), new Gnuplot());
        Assert.Empty(warnings);
        Assert.Equal(["learning_curves", "folds", "confusion_matrix", "class_f1"], figures.Select(f => f.Name));
        foreach (var figure in figures)
        {
            var png = File.ReadAllBytes(run.PathOf($"figures/{figure.Name}.png"));
            Assert.Equal("89504e470d0a1a0a", Convert.ToHexStringLower(png.AsSpan(0, 8)));
            Assert.Equal(2 * figure.Width, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)));
            var texts = SvgTexts(figure.Svg);
            Assert.Contains(texts, t => t.StartsWith("urban-cnn_seed42: "));
            Assert.Equal(figure.Svg, File.ReadAllBytes(run.PathOf($"figures/{figure.Name}.svg")));
        }
        Assert.Contains("loss (nats, mean per item)", SvgTexts(figures[0].Svg));
        Assert.Contains("epoch", SvgTexts(figures[0].Svg));
        Assert.Contains("mean 0.610", SvgTexts(figures[1].Svg));
        Assert.Contains("children_playing", SvgTexts(figures[2].Svg));
        Assert.Contains("67", SvgTexts(figures[2].Svg));
        Assert.Contains("gun_shot (80)", SvgTexts(figures[3].Svg));
    }

    [Fact]
    public void One_epoch_and_scores_never_measured_are_drawn_too()
    {
        if (!HasGnuplot()) Assert.Skip("needs gnuplot");
        using var root = new TempFolder();
        var any = SampleRun.Single(root.Path);
        Dictionary<string, double[]> Scores(double acc) =>
            RunContract.ClassificationScores.ToDictionary(s => s, s => (double[])[s == "loss" ? 1 : acc]);
        foreach (var validation in (double[])[0.5, double.NaN])
        {
            var curve = new LearningCurve(null, 1, Scores(double.NaN), Scores(validation));
            var report = SampleReport.Single(any) with { Curves = [curve] };
            using var run = RunFolder.Create(root.Path, $"drawn{validation}", SampleRun.Clock);
            var (figures, warnings) = Figures.Write(run, report, new Gnuplot());
            Assert.Empty(warnings);
            Assert.Contains("learning_curves", figures.Select(f => f.Name));
        }
    }

    [Fact]
    public void Names_cannot_smuggle_commands_into_a_figure()
    {
        if (!HasGnuplot()) Assert.Skip("needs gnuplot");
        using var root = new TempFolder();
        var evil = $"a'`touch {root["pwned"]}`\nsystem('touch {root["pwned"]}') # ";
        var any = SampleRun.Single(root.Path);
        var report = SampleReport.Single(any with
        {
            RunName = evil,
            Contract = RunContract.Classification("t", [evil, "b\"; !touch x", "$c @d"]),
        });
        using var run = RunFolder.Create(root.Path, "drawn", SampleRun.Clock);
        var (figures, warnings) = Figures.Write(run, report, new Gnuplot());
        Assert.Empty(warnings);
        Assert.Equal(3, figures.Count);
        Assert.False(File.Exists(root["pwned"]));
        Assert.Contains("$c @d", SvgTexts(figures[1].Svg));
    }

    [Fact]
    public void Without_gnuplot_there_is_a_warning_and_a_page_all_the_same()
    {
        using var root = new TempFolder();
        var any = SampleRun.Single(root.Path);
        using var run = RunFolder.Create(root.Path, "plain", SampleRun.Clock);
        var report = SampleReport.Single(any);
        var (figures, warnings) = Figures.Write(run, report, new Gnuplot("no-such-gnuplot"));
        Assert.Empty(figures);
        Assert.Contains("apt-get install gnuplot-nox", Assert.Single(warnings));
        HtmlReport.Write(run, report, figures);
        Assert.Contains("No figure was drawn", File.ReadAllText(run.PathOf(RunFiles.Report)));
    }

    [Fact]
    public void A_program_that_fails_is_a_warning()
    {
        var (png, svg, warning) = new Gnuplot("false").Draw("plot 1", 100, 100);
        Assert.Null(png);
        Assert.Null(svg);
        Assert.Contains("could not draw", warning);
    }

    [Fact]
    public void The_page_says_what_matters_and_asks_nobody()
    {
        using var root = new TempFolder();
        var report = SampleReport.CrossValidated(SampleRun.Single(root.Path));
        byte[] svg = [.. "<svg xmlns='http://www.w3.org/2000/svg'/>"u8];
        var page = HtmlReport.Page(report, [new Figure("learning_curves", "curves", svg, 960)]);

        Assert.Contains("trained and judged by cross-validation over 3 folds of UrbanSound8K (2,616 clips in all)", page);
        Assert.Contains("<strong>0.612</strong>", page);
        Assert.Contains("95 % interval 0.571 to 0.650", page);
        Assert.Contains("95 % percentile bootstrap over 412 recordings, 2,000 resamples", page);
        Assert.Contains("<th scope=\"row\">nearest neighbour</th><td class=\"n\">1.180</td><td class=\"n\">0.410</td>", page);
        Assert.Contains("Fold 3 collapsed", page);
        Assert.Contains("2 % of the recordings are shorter", page);
        Assert.Contains("<th scope=\"row\">deviation (n)</th>", page);
        Assert.Contains("<th scope=\"row\">deviation (n − 1)</th>", WebUtilityDecode(page));
        Assert.Contains("3 items were left out", page);
        Assert.Contains("empty file", page);
        Assert.Contains("fold3/&lt;b&gt;loud&lt;/b&gt;.wav", page);
        Assert.DoesNotContain("<b>", page);
        Assert.Contains("with uncommitted changes", page);
        Assert.Contains("libtorch_version", page);
        Assert.Contains("trainer.lr", page);
        Assert.Contains("data:image/svg+xml;base64," + Convert.ToBase64String(svg), page);

        Assert.DoesNotMatch(new Regex("""(src|href)\s*=\s*"(?!data:)|@import|url\(|<script|<link|https?://"""), page);
        Assert.Contains("default-src 'none'", page);
        Assert.Contains("width=device-width", page);
        Assert.Contains("prefers-color-scheme: dark", page);
    }

    [Fact]
    public void The_page_is_well_formed_markup()
    {
        using var root = new TempFolder();
        var any = SampleRun.Single(root.Path);
        foreach (var report in (RunReport[])[SampleReport.Single(any), SampleReport.CrossValidated(any)])
        {
            var page = HtmlReport.Page(report, []).Replace("<!DOCTYPE html>", "");
            page = Regex.Replace(page, "<(meta|img)([^>]*)>", "<$1$2/>"); // the only elements without an end
            var root_ = XDocument.Parse(page).Root!;
            Assert.Equal(report.TestMatrix!.ClassCount * report.TestMatrix.ClassCount,
                root_.Descendants("table").Single(t => (string?)t.Attribute("class") == "confusion").Descendants("td").Count());
            Assert.Single(root_.Descendants("h1"));
        }
    }

    [Fact]
    public void A_collapsed_run_is_called_so()
    {
        using var root = new TempFolder();
        var any = SampleRun.Single(root.Path) with { Status = RunStatus.Collapsed };
        Assert.Contains("Collapsed: the network gives", HtmlReport.Page(SampleReport.Single(any), []));
    }

    [Fact]
    public void Curves_are_read_from_the_tables_of_a_run()
    {
        using var root = new TempFolder();
        var single = SampleRun.Single(root.Path);
        var folds = SampleRun.CrossValidated(root.Path);
        var curve = Assert.Single(LearningCurve.ReadAll(root["runs/tinycnn_seed42"], single.Contract));
        Assert.Equal((null, 2, 3), (curve.Fold, curve.BestEpoch, curve.Epochs));
        Assert.Equal([1.0, 0.5, 1.0 / 3], curve.Train["loss"]);
        Assert.Equal([0.5, 0.6, 0.5], curve.Validation["f1_macro"]);
        Assert.Equal(double.NaN, curve.Validation["balanced_acc"][0]);
        Assert.Equal([1, 2, 5], LearningCurve.ReadAll(root["runs/urban_seed42"], folds.Contract).Select(c => c.Fold!.Value));
    }

    static string WebUtilityDecode(string page) => System.Net.WebUtility.HtmlDecode(page);

    static string[] SvgTexts(byte[] svg)
    {
        XNamespace ns = "http://www.w3.org/2000/svg";
        return [.. XDocument.Load(new MemoryStream(svg)).Descendants(ns + "text").Select(t => t.Value.Trim())];
    }

    static bool HasGnuplot() => new Gnuplot().Draw("plot 1", 100, 100).Warning.Length == 0;
}
