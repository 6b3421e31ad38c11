using System.Text.RegularExpressions;
using Agentops.Building;
using Agentops.Runtimes.Engine;

namespace Agentops.Runtimes.Apple;

/// <summary>Makes build events of what BuildKit's plain printer says, one line after the other.</summary>
/// <param name="tell">Told each event.</param>
internal sealed partial class PlainProgress(Action<BuildEvent> tell)
{
    private const int LinesKept = 50;

    private readonly Dictionary<string, Work> works = [];
    private readonly Queue<string> stray = new();

    /// <summary>The last lines that were no step's: among them the reason of a failure.</summary>
    public string Rest => string.Join('\n', stray);

    /// <summary>Takes a line.</summary>
    /// <param name="line"><c>#4 [linux/arm64 2/3] RUN echo hi</c>, <c>#4 0.152 hi</c>, <c>#4 DONE 0.2s</c>, <c>#5 CACHED</c>, <c>#5 ERROR: …</c>; untrusted text.</param>
    public void Take(string line)
    {
        if (Form().Match(line) is not { Success: true } match)
        {
            stray.Enqueue(line);
            _ = stray.Count > LinesKept ? stray.Dequeue() : "";
            return;
        }

        var (number, text) = (match.Groups["number"].Value, match.Groups["text"].Value);
        if (!works.TryGetValue(number, out var work))
        {
            works.Add(number, work = new Work(BuildKitProgress.StepOf(text)));
            if (work.Step is not null)
            {
                tell(new BuildEvent.StepStarted(work.Step));
            }

            return;
        }

        Take(work, text);
    }

    /// <summary>The failure, when <c>container build</c> has failed.</summary>
    /// <param name="otherwise">The reason, where nobody gave one.</param>
    /// <returns>To be thrown.</returns>
    public BuildFailedException Failure(string? otherwise = null)
    {
        // The work beside it that was given up fails with "context canceled".
        var failed = works.Values.Where(work => work.Error.Length > 0).ToList();
        var culprit = failed.Find(work => !work.Error.Contains("context canceled", StringComparison.Ordinal)) ?? failed.FirstOrDefault();
        var reason = culprit?.Error is { Length: > 0 } error ? error : Reason(AppleRefusal.Words(Rest));
        return new BuildFailedException(culprit?.Step, reason.Length > 0 ? BuildReason.Of(reason) : otherwise ?? "'container build' failed, and does not say why");
    }

    // unknown: "failed to solve: dockerfile parse error on line 2: unknown instruction: RUNN"
    private static string Reason(string words)
    {
        const string Solve = "failed to solve: ";
        var at = words.LastIndexOf(Solve, StringComparison.Ordinal);
        return at < 0 ? words : words[(at + Solve.Length)..].TrimEnd('"', ')');
    }

    private void Take(Work work, string text)
    {
        switch (text)
        {
            case "CACHED":
                // A base is there or not, it is never cached.
                Done(work, isCached: work.Step?.Instruction.StartsWith("FROM ", StringComparison.Ordinal) is false);
                break;
            case var done when done.StartsWith("DONE ", StringComparison.Ordinal):
                Done(work, isCached: false);
                break;
            case var failed when failed.StartsWith("ERROR: ", StringComparison.Ordinal):
                work.Error = failed["ERROR: ".Length..];
                break;
            case var printed when work.Step is not null && Printed().Match(printed) is { Success: true } output:
                tell(new BuildEvent.Output(work.Step, output.Groups[1].Value));
                break;
            default:
                // The printer names a step again when it comes back to it, and says what it loads and sends.
                break;
        }
    }

    private void Done(Work work, bool isCached)
    {
        if (work is { Step: { } step, IsDone: false })
        {
            work.IsDone = true;
            tell(new BuildEvent.StepDone(step, isCached));
        }
    }

    [GeneratedRegex(@"\A#(?<number>\d+) (?<text>.*)\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"\A\d+\.\d+ ?(.*)\z")]
    private static partial Regex Printed();

    private sealed class Work(BuildStep? step)
    {
        public BuildStep? Step { get; } = step;

        public bool IsDone { get; set; }

        public string Error { get; set; } = "";
    }
}
