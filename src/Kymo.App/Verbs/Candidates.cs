using System.CommandLine;
using Kymo.Config;
using Kymo.Lab.Data;
using Kymo.Lab.Data.Fetching;
using Kymo.Lab.Models;
using Kymo.Lab.Recipes;

namespace Kymo.App.Verbs;

/// <summary>What an unfinished word of the command line may become.</summary>
static class Candidates
{
    /// <summary>Words that fit, in order; one that is finished has a blank behind it.</summary>
    /// <param name="root">The command tree.</param>
    /// <param name="words">What was typed after the program's name; the last word is unfinished and may be empty.</param>
    /// <param name="terminal">Gives environment variables.</param>
    public static IReadOnlyList<string> Of(Command root, IReadOnlyList<string> words, Terminal terminal)
    {
        var typed = Typed.Read(root, words.Take(words.Count - 1));
        var word = words.Count == 0 ? "" : Unquoted(words[^1]);
        IEnumerable<string> found = typed.Awaiting is { } option ? ValuesOf(option, typed)
            : word.StartsWith('-') ? OptionsOf(typed.Command)
            : typed.Command.Subcommands.Count > 0 ? typed.Command.Subcommands.Where(command => !command.Hidden).Select(command => command.Name + " ")
            : ArgumentsOf(typed, word, terminal);
        return [.. found.Where(candidate => candidate.StartsWith(word, StringComparison.Ordinal)).Distinct()];
    }

    static IEnumerable<string> OptionsOf(Command command) => command.Options.Where(option => !option.Hidden)
        .SelectMany(option => option.Aliases.Prepend(option.Name)).Append("--help")
        .Where(name => name.StartsWith("--", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(name => name + " ");

    static IEnumerable<string> ValuesOf(Option option, Typed typed) => option.Name switch
    {
        "--cfg" => ["job ", "hydra ", "all "],
        "--info" => ["defaults ", "defaults-tree ", "searchpath ", "config ", "all "],
        "--resume" => ["last ", "auto ", .. RunNames()],
        "--config-name" when RecipeOf(typed) is { } recipe => typed.Folders.Prepend(recipe.ConfFolder).SelectMany(folder => FilesOf(folder)),
        _ => [],
    };

    static IEnumerable<string> ArgumentsOf(Typed typed, string word, Terminal terminal)
    {
        var arguments = typed.Command.Arguments;
        if (arguments.Count == 0) return [];
        var argument = arguments[Math.Min(typed.Positional.Count, arguments.Count - 1)];
        return argument.Name switch
        {
            "shell" => ["bash ", "zsh "],
            "recipe" => Registry.Recipes.Select(recipe => recipe.Name + " "),
            "overrides" when RecipeOf(typed) is { } recipe => OverridesOf(recipe, typed, word, terminal),
            "model" => ModelRegistry.Models.Select(model => model.Name + " "),
            "name" => DatasetReaders.Names.Concat(Catalogue.Datasets.Select(dataset => dataset.Name)).Order(StringComparer.Ordinal).Select(name => name + " "),
            "run" or "runs" => RunNames(),
            _ => [],
        };
    }

    static IEnumerable<string> OverridesOf(Recipe recipe, Typed typed, string word, Terminal terminal)
    {
        var overrides = typed.Positional.Skip(1).Select(Parsed).OfType<Override>().ToArray();
        var request = Configuration.Request(recipe, overrides, typed.Folders, typed.ConfigName, multirun: true, terminal);
        return ConfigCompletion.Complete(new ConfigComposer(), request, word)
            .Select(candidate => candidate[^1] is '=' or '.' or '/' ? candidate : candidate + " ");
    }

    // What is typed may still be wrong: it takes no part then.
    static Override? Parsed(string text)
    {
        try
        {
            return Override.Parse(text);
        }
        catch (ConfigException)
        {
            return null;
        }
    }

    static Recipe? RecipeOf(Typed typed) => typed.Positional.Count == 0 ? null : Registry.Recipes.FirstOrDefault(recipe => recipe.Name == typed.Positional[0]);

    static IEnumerable<string> RunNames() => !Directory.Exists("results/runs") ? [] : Directory.GetDirectories("results/runs")
        .Select(folder => Path.GetFileName(folder)).Where(name => !name.StartsWith('.')).Order(StringComparer.Ordinal).Select(name => name + " ");

    static IEnumerable<string> FilesOf(string folder) => !Directory.Exists(folder) ? [] : Directory.GetFiles(folder, "*.yaml")
        .Select(file => Path.GetFileNameWithoutExtension(file)!).Order(StringComparer.Ordinal).Select(name => name + " ");

    /// <summary>Without the shell's quotes around the whole word, or one that is only opened.</summary>
    static string Unquoted(string word)
    {
        if (word.Length == 0 || word[0] is not ('\'' or '"')) return word;
        return word.Length > 1 && word[^1] == word[0] ? word[1..^1] : word[1..];
    }

    /// <summary>The words before the unfinished one: the command they lead to, its arguments, and an option that awaits its value.</summary>
    sealed record Typed(Command Command, IReadOnlyList<string> Positional, IReadOnlyList<string> Folders, string? ConfigName, Option? Awaiting)
    {
        public static Typed Read(Command root, IEnumerable<string> words)
        {
            var command = root;
            var (positional, folders) = (new List<string>(), new List<string>());
            string? configName = null;
            Option? awaiting = null;
            foreach (var word in words.Select(Unquoted))
            {
                if (awaiting is not null)
                {
                    if (awaiting.Name == "--config-dir") folders.Add(word);
                    if (awaiting.Name == "--config-name") configName = word;
                    awaiting = null;
                }
                else if (word.StartsWith('-'))
                {
                    var option = command.Options.FirstOrDefault(option => option.Name == word || option.Aliases.Contains(word));
                    if (option is { Arity.MaximumNumberOfValues: > 0 } && option.ValueType != typeof(bool)) awaiting = option;
                }
                else if (command.Subcommands.FirstOrDefault(sub => sub.Name == word) is { } sub) command = sub;
                else positional.Add(word);
            }
            return new Typed(command, positional, folders, configName, awaiting);
        }
    }
}
