using System.CommandLine;
using System.Text.Json.Nodes;

namespace Kymo.App.Verbs;

/// <summary>
/// <c>kymo completion bash|zsh</c> prints a script for the shell; the script asks the hidden <c>kymo complete -- WORD...</c> what the
/// last word may become.
/// </summary>
static class CompletionVerb
{
    // bash splits words at = and :, and replaces only what stands behind the last of them.
    const string Bash = """
        # Completion of kymo's command line in bash: verbs, options, recipes, config groups and their options, keys.
        # This shell:     source <(kymo completion bash)
        # Every shell:    mkdir -p ~/.local/share/bash-completion/completions
        #                 kymo completion bash > ~/.local/share/bash-completion/completions/kymo
        _kymo() {
          local line="${COMP_LINE:0:${COMP_POINT:-0}}" current="${COMP_WORDS[COMP_CWORD]}" word candidate kept
          local -a typed
          [[ -n $line ]] || line="${COMP_WORDS[*]:0:COMP_CWORD} $current"
          read -ra typed <<< "$line"
          [[ $line == *[[:space:]] ]] && typed+=("")
          word="${typed[${#typed[@]} - 1]}"
          [[ $current == [=:] ]] && current=""
          kept="${word%"$current"}"
          COMPREPLY=()
          while IFS= read -r candidate; do
            COMPREPLY+=("${candidate#"$kept"}")
          done < <("${typed[0]}" complete -- "${typed[@]:1}" 2>/dev/null)
        }
        complete -o nospace -o default -F _kymo kymo
        """;

    const string Zsh = """
        #compdef kymo
        # Completion of kymo's command line in zsh: verbs, options, recipes, config groups and their options, keys.
        # This shell:     source <(kymo completion zsh)      (after: autoload -Uz compinit && compinit)
        # Every shell:    mkdir -p ~/.zfunc && kymo completion zsh > ~/.zfunc/_kymo
        #                 and in ~/.zshrc, before compinit:  fpath=(~/.zfunc $fpath)
        _kymo() {
          local -a answers finished unfinished
          answers=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
          if [[ -z "${answers[1]}" ]]; then
            _files
            return
          fi
          finished=("${(@M)answers:#* }")
          unfinished=("${(@)answers:#* }")
          (( $#finished )) && compadd -Q -S ' ' -- "${(@)finished% }"
          (( $#unfinished )) && compadd -Q -S '' -- "${(@)unfinished}"
        }
        if [[ "${funcstack[1]}" == _kymo ]]; then _kymo "$@"; else compdef _kymo kymo; fi
        """;

    /// <summary>The verb that prints the scripts.</summary>
    public static Command Create(Terminal terminal)
    {
        var shell = new Argument<string>("shell") { Description = "bash or zsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh");
        var command = new Command("completion", "Prints the completion of verbs, options, recipes, groups and keys for a shell.\n\nExamples:\n"
            + "  source <(kymo completion bash)\n  kymo completion bash > ~/.local/share/bash-completion/completions/kymo\n"
            + "  kymo completion zsh > ~/.zfunc/_kymo")
        { shell };
        command.Handle(terminal, (parsed, _) =>
        {
            var script = parsed.GetValue(shell) == "bash" ? Bash : Zsh;
            terminal.Say(script);
            terminal.Answer(new JsonObject { ["shell"] = parsed.GetValue(shell), ["script"] = script });
            return ExitCode.Done;
        });
        return command;
    }

    /// <summary>The hidden verb that the scripts ask: one candidate a line, with a blank behind it if the word is then finished.</summary>
    public static Command CreateAnswer(Terminal terminal)
    {
        var words = new Argument<string[]>("words") { Description = "what was typed after the program's name; the last word may be empty", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("complete", "What the last word of a command line may become, for the scripts of `kymo completion`.\n\n"
            + "Example:\n  kymo complete -- train urban-sounds trainer.ep")
        { words };
        command.Hidden = true;
        command.Handle(terminal, (parsed, _) =>
        {
            foreach (var candidate in Candidates.Of(CommandLine.Root(terminal), parsed.GetValue(words) ?? [], terminal)) terminal.Say(candidate);
            return ExitCode.Done;
        });
        return command;
    }
}
