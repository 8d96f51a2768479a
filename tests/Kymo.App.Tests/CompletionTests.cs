using System.Diagnostics;

namespace Kymo.App.Tests;

/// <summary>What a shell offers, asked of the program and of the shells themselves.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("tr", "train ")]
    [InlineData("data fe", "fetch ")]
    [InlineData("train urban-s", "urban-sounds ")]
    [InlineData("train --config-d", "--config-dir ")]
    [InlineData("train urban-sounds --cfg ", "job |hydra |all ")]
    [InlineData("train urban-sounds --info defaults-", "defaults-tree ")]
    [InlineData("train urban-sounds featu", "features.|features=")]
    [InlineData("train urban-sounds features=", "features=logmel |features=logmel_1s5 ")]
    [InlineData("train urban-sounds features=[logmel,logmel_", "features=[logmel,logmel_1s5 ")]
    [InlineData("train urban-sounds trainer.ep", "trainer.epochs=")]
    [InlineData("train urban-sounds optim=adam 'optim.lr=[1' optim.l", "optim.lr=")]
    [InlineData("train urban-sounds ~featu", "~features |~features.")]
    [InlineData("train urban-sounds +hydra/laun", "+hydra/launcher=")]
    [InlineData("train urban-sounds hydra/launcher=s", "hydra/launcher=slurm ")]
    [InlineData("train -m urban-sounds trainer=q", "trainer=quick ")]
    [InlineData("model describe urb", "urban-cnn ")]
    [InlineData("completion ", "bash |zsh ")]
    [InlineData("train nothing-like-it x", "")]
    [InlineData("nothing", "")]
    public void Complete_gives_the_words_that_fit(string line, string expected) => Assert.Equal(expected, Asked(line));

    [Fact]
    public void Complete_of_nothing_gives_the_verbs()
    {
        var verbs = Asked("").Split('|');
        Assert.Contains("train ", verbs);
        Assert.Contains("completion ", verbs);
        Assert.DoesNotContain("complete ", verbs);
    }

    [Fact]
    public void Complete_sees_groups_and_keys_of_a_further_folder()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["features"]);
        File.WriteAllText(folder["features/mine.yaml"], "own_key: 1\n");
        Assert.Equal("features=mine ", Asked($"train urban-sounds --config-dir {folder.Path} features=m"));
        Assert.Equal("features.own_key=", Asked($"train urban-sounds --config-dir {folder.Path} features=mine features.own"));
    }

    [Theory]
    [InlineData("kymo train urban-sounds features=", "logmel ,logmel_1s5 ")]
    [InlineData("kymo train urban-sounds features=logmel_", "logmel_1s5 ")]
    [InlineData("kymo train urban-sounds trainer.ep", "trainer.epochs=")]
    [InlineData("kymo tra", "train ")]
    [InlineData("kymo train urban-sounds --cfg j", "job ")]
    public void Bash_offers_them_behind_what_it_keeps(string line, string expected)
    {
        // As readline splits the line: = is a word of its own.
        const string Script = """
            source <(kymo completion bash)
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<< "${1//=/ = }"
            [[ $1 == *[[:space:]] ]] && COMP_WORDS+=("")
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _kymo
            IFS=,
            printf '%s' "${COMPREPLY[*]}"
            """;
        Assert.Equal(expected, Shell("bash", "-c", Script, "bash", line));
    }

    [Fact]
    public void Bash_offers_them_when_only_the_words_are_given() => Assert.Equal("features=logmel ,features=logmel_1s5 ", Shell("bash", "-c", """
        source <(kymo completion bash)
        unset COMP_LINE COMP_POINT
        COMP_WORDS=(kymo train urban-sounds features=) COMP_CWORD=3
        _kymo
        IFS=,
        printf '%s' "${COMPREPLY[*]#features=}" | sed 's/logmel/features=logmel/g'
        """));

    [Fact]
    public void Bash_knows_which_function_completes_the_program() =>
        Assert.Contains("-F _kymo kymo", Shell("bash", "-c", "source <(kymo completion bash); complete -p kymo"));

    [Theory]
    [InlineData("kymo train urban-sounds trainer.ep\t", "kymo train urban-sounds trainer.epochs=")]
    [InlineData("kymo train urban-s\t", "kymo train urban-sounds ")]
    [InlineData("kymo train urban-sounds features=logmel_\t", "kymo train urban-sounds features=logmel_1s5 ")]
    public void Zsh_completes_what_is_typed(string keys, string expected)
    {
        if (!File.Exists("/usr/bin/zsh")) Assert.Skip("needs zsh");
        // A shell on a terminal of its own; control-X prints the line as it stands.
        const string Script = """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell "PS1= PROMPT_EOL_MARK= TERM=dumb; unsetopt zle_bracketed_paste; autoload -Uz compinit && compinit -u -D; source <(kymo completion zsh)"
            zpty -w shell "show() { print -r -- \"LINE<\$BUFFER>\" }; zle -N show; bindkey '^X' show; bindkey '^I' complete-word; echo READY"
            zpty -r shell text '*READY*READY*'
            zpty -n -w shell "$1"$'\x18'
            zpty -r shell text '*LINE<*>*'
            print -r -- "$text"
            zpty -d shell
            """;
        var shown = Shell("/usr/bin/zsh", "-f", "-c", Script, "zsh", keys);
        var start = shown.LastIndexOf("LINE<", StringComparison.Ordinal);
        Assert.True(start >= 0, shown);
        Assert.Equal(expected, shown[(start + 5)..shown.IndexOf('>', start)]);
    }

    static string Asked(string line)
    {
        var words = line.Split(' ');
        return KymoProgram.Succeed(Path.GetTempPath(), ["complete", "--", .. words]).Output.TrimEnd('\n').Replace('\n', '|');
    }

    static string Shell(string shell, params string[] arguments)
    {
        using var home = new TempFolder();
        var start = new ProcessStartInfo(shell, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = home.Path };
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["HOME"] = home.Path;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEndAsync();
        Wait.ForEnd(process, shell);
        Assert.True(process.ExitCode == 0, error.Result);
        return output.Result;
    }
}
