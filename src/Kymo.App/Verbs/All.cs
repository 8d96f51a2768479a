using System.CommandLine;

namespace Kymo.App.Verbs;

/// <summary>The verbs, in the order of <c>kymo --help</c>.</summary>
static class All
{
    public static IEnumerable<Command> Of(Terminal terminal) =>
    [
        DemoVerb.Create(terminal),
        DoctorVerb.Create(terminal),
        RecipesVerb.Create(terminal),
        ModelsVerb.Create(terminal),
        DataVerb.Create(terminal),
        PrepareVerb.Create(terminal),
        TrainVerb.Create(terminal),
        CampaignVerb.Create(terminal),
        TuneVerb.Create(terminal),
        StudyVerb.Create(terminal),
        EvaluateVerb.Create(terminal),
        PredictVerb.Create(terminal),
        ExportVerb.Create(terminal),
        ServeVerb.Create(terminal),
        BenchVerb.Create(terminal),
        RunsVerb.Create(terminal),
        FeaturesVerb.Create(terminal),
        ModelVerb.Create(terminal),
        CompletionVerb.Create(terminal),
        CompletionVerb.CreateAnswer(terminal),
    ];
}
