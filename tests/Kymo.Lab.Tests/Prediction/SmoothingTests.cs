using System.Text.Json.Nodes;
using Kymo.Lab.Prediction;

namespace Kymo.Lab.Tests.Prediction;

public sealed class SmoothingTests
{
    [Fact]
    public void Each_window_gets_the_mean_of_those_near_it()
    {
        double[] middles = [1, 2, 3, 4, 10];
        float[][] rows = [[1, 0], [0, 1], [1, 0], [1, 0], [0, 1]];
        var smoothed = Smoothing.Of(middles, rows, 2);
        float[] expected = [1f / 2, 2f / 3, 2f / 3, 1, 0];
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], smoothed[i][0], 1e-6f);
            Assert.Equal(1, smoothed[i].Sum(), 1e-6f);
        }
        Assert.Equal(rows, Smoothing.Of(middles, rows, 0));
        Assert.All(Smoothing.Of(middles, rows, 100), row => Assert.Equal(0.6f, row[0], 1e-6f));
        Assert.Empty(Smoothing.Of([], [], 5));
    }

    [Fact]
    public void Table_has_a_row_for_each_window_and_both_hashes()
    {
        JsonObject Window(double start, double low) => new() { ["start"] = start, ["end"] = start + 1, ["probabilities"] = new JsonObject { ["low"] = low, ["high"] = 1 - low } };
        var heard = new JsonObject { ["file"] = "a,b.wav", ["class"] = "low", ["probabilities"] = new JsonObject(), ["windows"] = new JsonArray(Window(0, 0.75), Window(0.5, 0.25)) };
        var night = new JsonObject { ["file"] = "n", ["epochs"] = new JsonArray(new JsonObject { ["t"] = 30.0, ["label"] = "REM" }) };
        var failed = new JsonObject { ["file"] = "c.wav", ["error"] = "no sound" };
        Assert.Equal("""
            file,start,end,class,confidence,p_low,p_high,model_hash,feature_hash
            "a,b.wav",0,1,low,0.75,0.75,0.25,m,f
            "a,b.wav",0.5,1.5,high,0.75,0.25,0.75,m,f
            n,30,,REM,,,,m,f

            """, PredictionCsv.Of([heard, night, failed], "m", "f"));
    }
}
