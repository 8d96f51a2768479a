using System.Runtime.CompilerServices;
using Kymo.Lab.Runs;

namespace Kymo.Lab.Tests.Runs;

/// <summary>
/// Turns this test program into a writer of run files when an environment variable asks for it, for tests that kill it.
/// </summary>
static class WriterProcess
{
    public const string Variable = "KYMO_TEST_WRITER";

#pragma warning disable CA2255 // a module initializer in a program, not in a library
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Start()
    {
        if (Environment.GetEnvironmentVariable(Variable)?.Split('\n') is not { } arguments) return;
        if (arguments[0] == "write") WriteForever(arguments[1], arguments[2]);
        else
            for (var i = 0; i < int.Parse(arguments[3]); i++)
                RunSteps.Append(arguments[1], SampleRun.Start, arguments[2], $"step{i}");
        Environment.Exit(0);
    }

    /// <summary>Writes epochs, a JSON file and steps until killed; says each finished epoch.</summary>
    static void WriteForever(string root, string name)
    {
        using var run = RunFolder.Create(root, name, SampleRun.Clock);
        var epochs = run.Unit().Epochs(RunContract.Classification("t", SampleRun.Classes), "id");
        for (var e = 1; e < 100_000; e++)
        {
            epochs.Append(SampleRun.Epoch(e, 0.5, false));
            run.WriteJson("state.json",
                new System.Text.Json.Nodes.JsonObject { ["id"] = "id", ["filler"] = new string('x', 5000) });
            RunSteps.Append(root, SampleRun.Start, name, "epoch_done", 0.1, $"epoch={e}");
            Console.WriteLine(e);
        }
    }
}
