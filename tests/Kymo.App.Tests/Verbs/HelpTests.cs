using System.CommandLine;

namespace Kymo.App.Tests.Verbs;

/// <summary>Every verb explains itself.</summary>
public sealed class HelpTests
{
    public static TheoryData<string> Commands => [.. Walk(CommandLine.Root(Silent()), "").Select(entry => entry.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_says_what_a_verb_does_shows_an_example_and_describes_every_word(string path)
    {
        var output = new StringWriter();
        var root = CommandLine.Root(Silent());
        var code = root.Parse([.. path.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])
            .Invoke(new InvocationConfiguration { Output = output });
        Assert.Equal(0, code);
        Assert.Contains($"Example", output.ToString());
        Assert.Contains($"\n  kymo {path}", output.ToString());
        var command = Walk(root, "").Single(entry => entry.Path == path).Command;
        Assert.All(command.Arguments, argument => Assert.False(string.IsNullOrEmpty(argument.Description), argument.Name));
        Assert.All(command.Options, option => Assert.False(string.IsNullOrEmpty(option.Description), option.Name));
    }

    [Fact]
    public void First_page_lists_every_verb_on_one_line_each()
    {
        var help = KymoProgram.Succeed(Path.GetTempPath(), "--help").Output.Split('\n');
        foreach (var verb in CommandLine.Root(Silent()).Subcommands.Where(verb => !verb.Hidden))
            Assert.Single(help, line => line.StartsWith($"  {verb.Name} ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("trian", "--help")]
    [InlineData("train", "--help")]
    [InlineData("predict", "--help")]
    public void Wrong_words_end_with_2_and_say_what_to_type(string word, string expected)
    {
        var ending = KymoProgram.Run(Path.GetTempPath(), word);
        Assert.Equal(2, ending.Code);
        Assert.Contains(expected, ending.Error);
        Assert.Equal("", ending.Output);
    }

    static Terminal Silent() => new(TextWriter.Null, TextWriter.Null, _ => null);

    static IEnumerable<(string Path, Command Command)> Walk(Command command, string path)
    {
        yield return (path, command);
        foreach (var verb in command.Subcommands)
            foreach (var entry in Walk(verb, (path + " " + verb.Name).Trim())) yield return entry;
    }
}
