namespace Agentops.Completing;

/// <summary>What shells are to source. The words come from <c>agent complete</c> each time: no script holds a list of commands that could grow old.</summary>
internal static class CompletionScript
{
    private const string Bash = """
        # Completion of agent for bash. Source it: source <(agent completion bash)
        _agent() {
          local candidate
          COMPREPLY=()
          while IFS=$'\t' read -r candidate _; do
            COMPREPLY+=("$candidate")
          done < <(agent complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -o default -F _agent agent

        """;

    private const string Zsh = """
        #compdef agent
        # Completion of agent for zsh. Source it after compinit, or put it into a folder of fpath as _agent.
        _agent() {
          local -a candidates
          local candidate description
          while IFS=$'\t' read -r candidate description; do
            candidates+=("$candidate:$description")
          done < <(agent complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
          if (( ${#candidates} )); then
            _describe agent candidates
          else
            _files
          fi
        }
        if [ "$funcstack[1]" = _agent ]; then
          _agent "$@"
        else
          compdef _agent agent
        fi

        """;

    private const string Fish = """
        # Completion of agent for fish. Put it into ~/.config/fish/completions/agent.fish
        function __agent_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            agent complete -- $words[2..-1] "$current" 2>/dev/null
        end
        complete -c agent -f -n 'test (count (__agent_complete)) -gt 0' -a '(__agent_complete)'
        complete -c agent -F -n 'test (count (__agent_complete)) -eq 0'

        """;

    private const string PowerShell = """
        # Completion of agent for PowerShell 7. Put it into $PROFILE: agent completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName agent -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $words = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
            agent complete '--' @words "$wordToComplete" | ForEach-Object {
                $text, $description = $_ -split "`t", 2
                [System.Management.Automation.CompletionResult]::new($text, $text, 'ParameterValue', $(if ($description) { $description } else { $text }))
            }
        }

        """;

    /// <summary>The shells there is a script for.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    /// <summary>The script of a shell.</summary>
    /// <param name="shell">One of <see cref="Shells"/>.</param>
    /// <returns>To be sourced; null for any other.</returns>
    public static string? Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => PowerShell,
        _ => null,
    };
}
