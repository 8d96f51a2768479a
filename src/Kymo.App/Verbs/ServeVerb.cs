using System.CommandLine;
using System.Text.Json.Nodes;
using Kymo.App.Web;

namespace Kymo.App.Verbs;

/// <summary><c>kymo serve</c>: answers over HTTP.</summary>
static class ServeVerb
{
    public static Command Create(Terminal terminal)
    {
        var models = new Option<string[]>("--models") { Description = "exports, run folders, or folders of either; may be given several times" };
        var urls = new Option<string[]>("--urls") { Description = "an address (http://127.0.0.1:8000); may be given several times" };
        var runs = new Option<string>("--runs") { Description = "folder of results for the pages (results)", DefaultValueFactory = _ => "results" };
        var settings = new Argument<string[]>("settings") { Description = "serve.NAME=VALUE", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("serve", "Serves exported networks over HTTP, with pages and metrics, until Ctrl-C or SIGTERM; requests in flight are finished.\n\n"
            + "Examples:\n  kymo serve --models results/exports\n  kymo serve --models models --urls http://0.0.0.0:8000 serve.queue_size=512 serve.api_keys_file=keys.txt")
        { settings, models, urls, runs };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var options = ServeOptions.Of(parsed.GetValue(settings) ?? []);
            var addresses = parsed.GetValue(urls) is { Length: > 0 } given ? given : ["http://127.0.0.1:8000"];
            using var service = new Service(options, parsed.GetValue(models) ?? [], parsed.GetValue(runs)!, TimeProvider.System, terminal.Warn);
            Serve(service, addresses, terminal, cancel).GetAwaiter().GetResult();
            return ExitCode.Done;
        });
        return command;
    }

    static async Task Serve(Service service, IReadOnlyList<string> urls, Terminal terminal, CancellationToken cancel)
    {
        await using var host = await Host.Start(service, urls, terminal.Note);
        foreach (var model in service.Models.Ready) terminal.Say($"{model.Name} version {model.Version}: {model.Network.Recipe}, {model.Network.Bytes} bytes");
        foreach (var address in host.Addresses) terminal.Say("listening at " + address);
        terminal.Answer(new JsonObject { ["listening"] = new JsonArray([.. host.Addresses.Select(address => (JsonNode)address)]) });
        await Task.Delay(Timeout.Infinite, cancel).ContinueWith(_ => { }, TaskScheduler.Default);
        await host.Stop();
    }
}
