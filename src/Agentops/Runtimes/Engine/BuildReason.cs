using System.Text.RegularExpressions;

namespace Agentops.Runtimes.Engine;

/// <summary>A builder's reason for a failure, short of what the user sees already.</summary>
internal static partial class BuildReason
{
    /// <summary>Shortens a reason: the command is shown with its step.</summary>
    /// <param name="message">
    /// <c>executor failed running [/bin/sh -c x]: exit code: 3</c>, <c>failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: 3</c>
    /// (BuildKit), <c>The command '/bin/sh -c x' returned a non-zero code: 3</c> (classic), <c>building at STEP "RUN x": while running runtime: exit status 3</c>,
    /// <c>building at STEP "RUNN ": Build error: Unknown instruction: "RUNN" &amp;imagebuilder.Step{Env:…}</c> (Podman); untrusted text.
    /// </param>
    /// <returns><c>exit code: 3</c>, or what is left of the words.</returns>
    public static string Of(string message)
    {
        if (Code().Match(message.TrimEnd()) is { Success: true } code)
        {
            return "exit code: " + code.Groups[1].Value;
        }

        var reason = Innards().Replace(message.Trim(), "");
        while (Prefix().Match(reason) is { Success: true } prefix)
        {
            reason = reason[prefix.Length..];
        }

        return reason;
    }

    [GeneratedRegex(@"(?:exit code: |returned a non-zero code: |exit status )(-?\d+)\z")]
    private static partial Regex Code();

    [GeneratedRegex(@"\A(?:failed to solve(?: with frontend [\w.]+)?: |rpc error: code = \w+ desc = |failed to solve with frontend [\w.]+: |failed to build LLB: |executor failed running \[.*\]: (?=.)|process "".*"" did not complete successfully: (?=.)|(?:error )?building at STEP "".*?"": (?=.)|Build error: (?=.))", RegexOptions.Singleline)]
    private static partial Regex Prefix();

    [GeneratedRegex(@" &imagebuilder\.Step\{.*\z", RegexOptions.Singleline)]
    private static partial Regex Innards();
}
