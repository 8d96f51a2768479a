using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Fetching;
using Kymo.Lab.Data.Music;

namespace Kymo.App.Verbs;

/// <summary><c>kymo data list|fetch|describe|verify|organize</c>: datasets and where they come from.</summary>
static class DataVerb
{
    const long LargestArchive = 200L << 30;

    public static Command Create(Terminal terminal)
    {
        var command = new Command("data", "Lists, fetches, describes and checks datasets.\n\n"
            + "Examples:\n  kymo data list\n  kymo data fetch urbansound8k --to data\n  kymo data describe urbansound8k --root data/UrbanSound8K\n"
            + "  kymo data verify urbansound8k --root data/UrbanSound8K");
        command.Subcommands.Add(List(terminal));
        command.Subcommands.Add(Fetch(terminal));
        command.Subcommands.Add(Describe(terminal));
        command.Subcommands.Add(Verify(terminal));
        command.Subcommands.Add(Organize(terminal));
        return command;
    }

    static Command List(Terminal terminal)
    {
        var command = new Command("list", "Lists the datasets with licence, size and use.\n\nExample:\n  kymo data list");
        command.Handle(terminal, (_, _) =>
        {
            terminal.Table(["dataset", "what it is", "licence", "size", "recipes"], Catalogue.Datasets.Select(dataset => (IReadOnlyList<string>)[
                dataset.Name, dataset.Title, dataset.Licence, dataset.Size, dataset.Recipes]));
            terminal.Answer(new JsonArray([.. Catalogue.Datasets.Select(dataset => (JsonNode)new JsonObject
            {
                ["name"] = dataset.Name,
                ["title"] = dataset.Title,
                ["licence"] = dataset.Licence,
                ["size"] = dataset.Size,
                ["recipes"] = dataset.Recipes,
                ["citation"] = dataset.Citation,
                ["note"] = dataset.Note,
                ["files"] = new JsonArray([.. dataset.Files.Select(file => (JsonNode)file.Address.ToString())]),
            })]));
            return ExitCode.Done;
        });
        return command;
    }

    static Command Fetch(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "a dataset (kymo data list)" };
        var folder = new Option<string>("--to") { Description = "parent folder (data)", DefaultValueFactory = _ => "data" };
        var command = new Command("fetch", "Downloads a dataset: goes on where it stopped, checks the published checksum, unpacks nothing that leaves the folder.\n\n"
            + "Example:\n  kymo data fetch groove --to data") { name, folder };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var dataset = Find(parsed.GetValue(name)!);
            if (dataset.Files.Count == 0) throw new ConfigException($"{dataset.Name} is not downloaded: {dataset.Note}");
            var target = Path.Combine(parsed.GetValue(folder)!, dataset.Name);
            terminal.Note($"{dataset.Title}; {dataset.Licence}; {dataset.Citation}");
            using var client = new HttpClient { Timeout = TimeSpan.FromMinutes(5) };
            client.DefaultRequestHeaders.UserAgent.ParseAdd("kymo");
            if (dataset.Gate != "")
            {
                var token = terminal.Environment("HF_TOKEN") ?? terminal.Environment("HUGGINGFACE_HUB_TOKEN");
                if (string.IsNullOrWhiteSpace(token)) throw new ConfigException($"{dataset.Name} is gated: ask for access at {dataset.Gate}, make a token there, then type HF_TOKEN=TOKEN kymo data fetch {dataset.Name}");
                client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", token);
            }
            var fetcher = new DatasetFetcher(new Downloader(client, pause: TimeSpan.FromSeconds(2)), LargestArchive);
            var files = fetcher.FetchAsync(dataset, target, new DownloadLine(terminal), cancel).GetAwaiter().GetResult();
            terminal.Say(target);
            terminal.Answer(new JsonObject { ["name"] = dataset.Name, ["root"] = target, ["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]) });
            return ExitCode.Done;
        });
        return command;
    }

    static Command Describe(Terminal terminal)
    {
        var (name, root) = (Name(), Root());
        var command = new Command("describe", "Counts classes, folds, durations, rates and damaged files.\n\n"
            + "Example:\n  kymo data describe urbansound8k --root data/UrbanSound8K") { name, root };
        command.Handle(terminal, (parsed, cancel) =>
        {
            if (MusicVerifier.Names.Contains(parsed.GetValue(name)!))
            {
                var music = Music(parsed.GetValue(name)!, parsed.GetValue(root));
                foreach (var line in MusicVerifier.Describe(music)) terminal.Say(line);
                terminal.Answer(new JsonObject { ["name"] = music.Name, ["pieces"] = music.Items.Count, ["excluded"] = music.Exclusions.Count, ["licence"] = music.Licence });
                return ExitCode.Done;
            }
            var set = DatasetReaders.Read(parsed.GetValue(name)!, parsed.GetValue(root));
            var description = DatasetDescription.Of(set, progress => terminal.Progress("reading", progress, set.Recordings.Count), cancel);
            terminal.Say($"{set.Name}: {set.Recordings.Count} recordings, {set.Classes.Count} classes, {description.TotalSeconds / 3600:F2} h; {set.Licence}");
            terminal.Table(["class", ">recordings", ">groups", ">seconds mean", ">min", ">max"], description.Classes.Select(row => (IReadOnlyList<string>)[
                row.Name, Text(row.Recordings), Text(row.Groups), Text(row.MeanSeconds), Text(row.MinSeconds), Text(row.MaxSeconds)]));
            if (description.Folds.Count > 0) terminal.Say("folds: " + string.Join(", ", description.Folds.Select(fold => $"{fold.Key}: {fold.Value}")));
            terminal.Say("rates: " + string.Join(", ", description.Rates.Select(rate => $"{rate.Key} Hz: {rate.Value}")));
            foreach (var exclusion in set.Exclusions.Concat(description.Damaged).Take(20)) terminal.Warn($"{exclusion.Id}: {exclusion.Reason}");
            terminal.Answer(description.ToJson(set));
            return ExitCode.Done;
        });
        return command;
    }

    static Command Verify(Terminal terminal)
    {
        var (name, root) = (Name(), Root());
        var command = new Command("verify", "Checks a dataset's tree against what its publisher states; ends with 1 when something differs.\n\n"
            + "Example:\n  kymo data verify urbansound8k --root data/UrbanSound8K") { name, root };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var (title, count, findings) = MusicVerifier.Names.Contains(parsed.GetValue(name)!)
                ? Verified(Music(parsed.GetValue(name)!, parsed.GetValue(root)), terminal, cancel)
                : Verified(DatasetReaders.Read(parsed.GetValue(name)!, parsed.GetValue(root)), terminal, cancel);
            foreach (var finding in findings) terminal.Say(finding);
            terminal.Say(findings.Count == 0 ? $"{title}: sound, {count} recordings" : $"{title}: {findings.Count} findings");
            terminal.Answer(new JsonObject { ["sound"] = findings.Count == 0, ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)finding)]) });
            return findings.Count == 0 ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    static Command Organize(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = string.Join(", ", MusicOrganizer.Names) };
        var root = new Option<string>("--root") { Description = "the native tree", Required = true };
        var target = new Option<string>("--to") { Description = "folder that will hold training/ (data)", DefaultValueFactory = _ => "data" };
        var mode = new Option<string>("--mode") { Description = "link or copy (link)", DefaultValueFactory = _ => "link" };
        mode.AcceptOnlyFromAmong("link", "copy");
        var command = new Command("organize", "Brings a native music tree into the simple layout, with labels and a manifest; deletes and replaces nothing.\n\n"
            + "Example:\n  kymo data organize deam --root data/deam --to datasets") { name, root, target, mode };
        command.Handle(terminal, (parsed, cancel) =>
        {
            var done = MusicOrganizer.Organize(
                parsed.GetValue(name)!, parsed.GetValue(root)!, parsed.GetValue(target)!, parsed.GetValue(mode) == "copy",
                (count, total) => terminal.Progress("files", count, total), cancel);
            foreach (var warning in done.Warnings) terminal.Warn(warning);
            terminal.Say($"{done.Folder}: {done.Added} added, {done.Present} there already");
            terminal.Answer(new JsonObject { ["folder"] = done.Folder, ["added"] = done.Added, ["present"] = done.Present });
            return ExitCode.Done;
        });
        return command;
    }

    static MusicSet Music(string name, string? root) => MusicVerifier.Read(name, root ?? throw new ConfigException($"{name}: name its folder with --root DIR"));

    static (string, int, IReadOnlyList<string>) Verified(MusicSet set, Terminal terminal, CancellationToken cancel) =>
        (set.Name, set.Items.Count, MusicVerifier.Verify(set, progress => terminal.Progress("reading", progress, set.Items.Count), cancel));

    static (string, int, IReadOnlyList<string>) Verified(RecordingSet set, Terminal terminal, CancellationToken cancel) =>
        (set.Name, set.Recordings.Count, DatasetVerifier.Verify(set, progress => terminal.Progress("reading", progress, set.Recordings.Count), cancel));

    static Argument<string> Name() => new("name") { Description = string.Join(", ", DatasetReaders.Names.Concat(MusicVerifier.Names)) };

    static Option<string?> Root() => new("--root") { Description = "the dataset's folder" };

    static Dataset Find(string name) => Catalogue.Find(name)
        ?? throw new ConfigException($"no dataset '{name}'; there are {string.Join(", ", Catalogue.Datasets.Select(dataset => dataset.Name))}");

    static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    sealed class DownloadLine(Terminal terminal) : IProgress<DownloadProgress>
    {
        public void Report(DownloadProgress value) =>
            terminal.Progress("MB", value.Bytes >> 20, (value.Total ?? value.Bytes + (1 << 20)) >> 20);
    }
}
