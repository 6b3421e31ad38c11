using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Agentops.Runs;

namespace Agentops.RuntimeTests;

/// <summary>What the commands print on a runtime, from the first run to the last clean: a golden file for each kind of it.</summary>
/// <param name="target">The runtime under test.</param>
/// <param name="transcript">The name of its golden file: <c>on-docker</c>.</param>
public abstract partial class CommandContract(TestRuntime target, string transcript) : Contract(target)
{
    private readonly TestRuntime target = target;
    private readonly StringBuilder seen = new();
    private int ids;

    [Fact]
    public async Task From_the_first_run_to_the_last_clean_the_commands_say_what_their_transcript_says()
    {
        await RemoveAllButForeign();
        await ANewSecond();
        using var home = new Installation(_ => Connect()) { Clock = new PatientClock(), NewRunId = NextId, Owner = await target.Owner() };
        home.Workspace("hello", ("agent.yaml", $"name: hello\nbase: {Base["agentops/base-".Length..]}\ncommand: [\"true\"]\n"));

        await Type(home, "run", "./hello", "--", "echo", "Hello");
        await ANewSecond();
        await Type(home, "run", "./hello", "--", "sh", "-c", "echo oops >&2; exit 3");
        await ANewSecond();
        await Type(home, "run", "-d", "--name", "sleeper", "./hello", "--", "sleep", "1000");
        await Type(home, "run", "--rm", "--memory", "256m", "./hello", "--", "true");
        await Type(home, "list");
        await Type(home, "logs", "run00001");
        await Type(home, "status", "--exact");
        await Type(home, "cp", "sleeper:/bin/busybox", "./busybox");
        await Type(home, "exec", "sleeper", "--", "echo", "inside");
        await ANewSecond();
        await Type(home, "run", "--rebuild", "--rm", "./hello", "--", "true");
        await Type(home, "system", "images");
        await Type(home, "system", "containers");
        await Type(home, "why", "agentops/hello:latest");
        await Type(home, "clean", "--dry-run");
        await Type(home, "clean");
        await Type(home, "clean", "--force");
        await Type(home, "stop", "-t", "0", "sleeper");
        await Type(home, "status", "--exact");
        await Type(home, "clean", "--force");
        await Type(home, "status");
        await Type(home, "clean", "--force");

        Agentops.Tests.Transcript.Matches(transcript, seen.ToString());
    }

    // Engines count in seconds when something was made, and the newest is listed first.
    private static Task ANewSecond() => Task.Delay(1_000, Cancel);

    // What other tests left, and what these made when they failed; base images of another installation are part of the picture.
    private async Task RemoveAllButForeign()
    {
        foreach (var container in await Runtime.ListContainers(Cancel))
        {
            await Quietly(() => Runtime.StopContainer(container.Id, TimeSpan.Zero, Cancel));
            await Quietly(() => Runtime.RemoveContainer(container.Id, Cancel));
        }

        foreach (var image in (await Runtime.ListImages(Cancel)).Where(image => image.IsOurs && !image.Tags.Any(tag => tag.StartsWith("agentops/base-", StringComparison.Ordinal))))
        {
            foreach (var reference in image.Tags.DefaultIfEmpty(image.Id))
            {
                await Quietly(() => Runtime.RemoveImage(reference, Cancel));
            }
        }

        // What is built on a base in a build cache holds the base there, and what holds it is not freed.
        for (var dropped = 1; dropped > 0;)
        {
            dropped = (await Runtime.DropBuildCache([.. (await Runtime.ListBuildCache(Cancel)).Where(cached => !cached.IsShared && !cached.IsInUse).Select(cached => cached.Id)], Cancel)).Count;
        }
    }

    // The same each time, so that transcripts are.
    private RunId NextId() => RunId.TryParse(string.Create(CultureInfo.InvariantCulture, $"run{++ids:D5}"), out var id) ? id : throw new InvalidOperationException();

    private async Task Type(Installation home, params string[] arguments)
    {
        var output = new MemoryStream();
        var code = await home.Give(output, output, new Dictionary<string, string>(), arguments);
        var printed = Encoding.UTF8.GetString(output.ToArray()).Replace(home.Folder, "/home/user", StringComparison.Ordinal).Replace(Runtime.Identity.Endpoint, "ENDPOINT", StringComparison.Ordinal);
        seen.Append("$ agent ").AppendJoin(' ', arguments.Select(argument => argument.Contains(' ', StringComparison.Ordinal) ? $"'{argument}'" : argument)).Append('\n').Append(Steady(printed));
        if (code != ExitCode.Done)
        {
            seen.Append(CultureInfo.InvariantCulture, $"[exit {code.Value}]\n");
        }

        seen.Append('\n');
    }

    // Sizes, ages, ids and releases change with the day and the machine; that there is one, and whether it is known and exact, does not.
    private static string Steady(string printed)
    {
        printed = Size().Replace(printed, match => match.Value.StartsWith("0 B", StringComparison.Ordinal) ? "0 B" : "SIZE");
        printed = Age().Replace(printed, "AGE");
        printed = Digest().Replace(printed, match => match.Value.StartsWith("sha256:", StringComparison.Ordinal) ? "sha256:ID" : "ID");
        return Gap().Replace(printed, "  ");
    }

    [GeneratedRegex(@"\b[0-9]+(\.[0-9]+)? [kMG]?B\b")]
    private static partial Regex Size();

    [GeneratedRegex(@"\bjust now\b|\b[0-9]+[mh] ago\b")]
    private static partial Regex Age();

    [GeneratedRegex(@"\b(sha256:)?[0-9a-f]{12,64}\b")]
    private static partial Regex Digest();

    [GeneratedRegex(" {2,}|─{2,}")]
    private static partial Regex Gap();
}
