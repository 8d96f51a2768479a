using Kymo.Onnx.Tests.Files;

namespace Kymo.Onnx.Tests.Runtime;

public sealed class InferenceSessionTests
{
    public InferenceSessionTests() => Ready.Runtime();

    [Fact]
    public void Session_says_what_the_file_says()
    {
        using var folder = new TempFolder();
        OnnxModelFile.Write(ModelFileTests.Small(), folder["small.onnx"]);
        using var session = InferenceSession.Load(folder["small.onnx"]);
        Assert.Equal(("small", "Two classes", "kymo"), (session.Name, session.Documentation, session.Producer));
        Assert.Equal("wake,REM", session.Metadata.Single(one => one.Key == "classes").Value);
        Assert.Equal("Zürich ♪", session.Metadata.Single(one => one.Key == "note").Value);
        Assert.Equal(("x", OnnxType.Float32), (session.Inputs[0].Name, session.Inputs[0].Type));
        Assert.Equal(["batch", "time", 5], session.Inputs[0].Shape!);
        Assert.Equal("logits", session.Outputs[0].Name);
        Assert.Equal(["batch", 2], session.Outputs[0].Shape!);
        Assert.Matches(@"^\d+\.\d+\.\d+", InferenceSession.Runtime().Version);
    }

    [Fact]
    public void Any_batch_and_length_runs_and_rows_do_not_mix()
    {
        using var session = InferenceSession.Load(ModelFileTests.Small());
        var x = Noise(4 * 9 * 5);
        using var together = session.Run(x, 4, 9, 5);
        Assert.Equal([4, 2], together.Shape());
        for (var row = 0; row < 4; row++)
        {
            using var alone = session.Run(x.AsSpan(row * 45, 45), 1, 9, 5);
            for (var i = 0; i < 2; i++) Assert.Equal(alone.Float32()[i], together.Float32()[row * 2 + i], 1e-6);
        }
        using var longer = session.Run(Noise(700 * 5), 1, 700, 5);
        Assert.Equal([1, 2], longer.Shape());
    }

    [Fact]
    public void Several_inputs_and_types_run_by_name_in_any_order()
    {
        var graph = new OnnxGraph("mixed");
        var x = graph.Input("x", "n", 2);
        var index = graph.Input("index", OnnxType.Int64, ["n"]);
        var weights = new NetworkWeights().Add("table.weight", [1, 2, 10, 20, 100, 200], 3, 2);
        graph.Output("sum", graph.Add(x, graph.Embedding(index, weights, "table")));
        graph.Output("doubled", graph.Add(index, index));
        graph.Output("same", x);
        using var session = InferenceSession.Load(graph.ToModel());
        using var result = session.Run(RunInput.Of("index", new long[] { 2, 0 }, 2), RunInput.Of("x", new[] { 1f, 2, 3, 4 }, 2, 2));
        Assert.Equal([101, 202, 4, 6], result.Float32().ToArray());
        Assert.Equal([4, 0], result.Int64(result.IndexOf("doubled")).ToArray());
        Assert.Equal([1, 2, 3, 4], result.ToTensor(2).AsFloat32().ToArray());
        using var again = session.Run(RunInput.Of(result.ToTensor(2) with { Name = "x" }), RunInput.Of("index", new long[] { 1, 1 }, 2));
        Assert.Equal([11, 22, 13, 24], again.Float32().ToArray());
        Assert.Contains("holds Int64, asked for as Float32", Error(() => result.Float32(1).Length), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_inputs_are_errors_that_say_what_is_expected()
    {
        using var session = InferenceSession.Load(ModelFileTests.Small());
        Assert.Contains("no input 'y'; there are x", Error(() => session.Run(RunInput.Of("y", new float[5], 1, 1, 5))), StringComparison.Ordinal);
        Assert.Contains("Got: 4 Expected: 5", Error(() => session.Run(new float[4], 1, 1, 4)), StringComparison.Ordinal);
        Assert.Contains("shape (1, 2, 5) needs 10 values, got 5", Error(() => session.Run(new float[5], 1, 2, 5)), StringComparison.Ordinal);
        Assert.Contains("needs 10 values, got 5", Error(() => RunInput.Of("x", new float[5], 1, 2, 5)), StringComparison.Ordinal);
        Assert.Contains("has the shape (-1, -5)", Error(() => RunInput.Of("x", new float[5], -1, -5)), StringComparison.Ordinal);
        Assert.Contains("has the shape (0, 2, 5), sizes start at 1", Error(() => session.Run([], 0, 2, 5)), StringComparison.Ordinal);
        Assert.Contains("Unexpected input data type", Error(() => session.Run(RunInput.Of("x", new long[5], 1, 1, 5))), StringComparison.Ordinal);
        Assert.Contains("Missing Input: x", Error(() => session.Run(ReadOnlySpan<RunInput>.Empty)), StringComparison.Ordinal);
        Assert.Contains("2 inputs given, the model has 1 (x)",
            Error(() => session.Run(RunInput.Of("x", new float[5], 1, 1, 5), RunInput.Of("x", new float[5], 1, 1, 5))), StringComparison.Ordinal);
        Assert.Contains("0 threads", Error(() => InferenceSession.Load(ModelFileTests.Small(), new SessionOptions { Threads = 0 })), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_the_runtime_refuses_is_an_error_that_names_it()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["not.onnx"], "hello");
        var error = Assert.Throws<OnnxException>(() => InferenceSession.Load(folder["not.onnx"]));
        Assert.StartsWith(folder["not.onnx"] + ": ONNX Runtime: ", error.Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => InferenceSession.Load(folder["missing.onnx"]));
    }

    [Fact]
    public async Task Runs_from_many_threads_agree_while_the_session_is_disposed()
    {
        var session = InferenceSession.Load(ModelFileTests.Small(), new SessionOptions { Threads = 2, Spinning = false });
        var x = Noise(8 * 20 * 5);
        float[] Logits()
        {
            using var result = session.Run(x, 8, 20, 5);
            return result.Float32().ToArray();
        }
        var expected = Logits();
        using var started = new CountdownEvent(4);
        var ended = 0;
        void RunUntilDisposed()
        {
            var signalled = false;
            try
            {
                for (var i = 0; ; i++)
                {
                    if (i == 5)
                    {
                        started.Signal();
                        signalled = true;
                    }
                    Assert.Equal(expected, Logits());
                }
            }
            catch (ObjectDisposedException)
            {
                Interlocked.Increment(ref ended);
            }
            finally
            {
                if (!signalled) started.Signal();
            }
        }
        // Threads of their own, and runs without an end but the session's: neither a slow pool nor a fast machine changes the outcome.
        Task[] workers = [.. Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            RunUntilDisposed, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        started.Wait(TestContext.Current.CancellationToken);
        session.Dispose();
        session.Dispose();
        await Task.WhenAll(workers);
        Assert.Equal(4, ended);
    }

    [Fact]
    public void Results_outlive_their_session_and_end_with_dispose()
    {
        RunResult result;
        using (var session = InferenceSession.Load(ModelFileTests.Small())) result = session.Run(Noise(10), 1, 2, 5);
        Assert.True(float.IsFinite(result.Float32()[0]));
        result.Dispose();
        result.Dispose();
        Assert.Throws<ObjectDisposedException>(() => result.Float32().Length);
    }

    static float[] Noise(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 4 - 2))];
    }

    static string Error<T>(Func<T> act) => Assert.Throws<OnnxException>(() => { act(); }).Message;
}
