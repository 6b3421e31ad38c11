using System.Globalization;
using Agentops.Terminal;

namespace Agentops.Building;

/// <summary>Shows a build while it goes on, and remembers what a failure needs.</summary>
/// <param name="output">Where progress goes.</param>
/// <param name="columns">How wide the terminal is now; null when <paramref name="output"/> is none.</param>
/// <param name="verbose">Every line of every step is shown.</param>
internal sealed class BuildDisplay(TextWriter output, Func<int>? columns, bool verbose)
{
    private const int LinesKept = 30;
    private readonly Dictionary<BuildStep, Queue<string>> lastLines = [];
    private readonly Queue<string> strayLines = [];
    // The line that is being updated, and whether it says anything yet that has to be finished.
    private BuildStep? open;
    private bool isOpen;

    private bool Overwrites => columns is not null && !verbose;

    /// <summary>Takes an event.</summary>
    /// <param name="told">What the builder told.</param>
    public void Show(BuildEvent told)
    {
        switch (told)
        {
            case BuildEvent.StepStarted started:
                lastLines[started.Step] = [];
                ShowStep(started.Step);
                break;
            case BuildEvent.Output printed:
                Remember(printed);
                ShowLine(printed);
                break;
            case BuildEvent.Note note:
                CloseLine();
                output.Write($"Note: {SafeText.Escape(note.Text)}\n");
                break;
            case BuildEvent.StepDone done when isOpen && done.Step == open:
                Finish(done.Step, done.Cached ? " (cached)" : "");
                break;
        }
    }

    /// <summary>Ends a line that is still being updated.</summary>
    public void CloseLine()
    {
        if (isOpen)
        {
            Finish(open, "");
        }
    }

    /// <summary>What is to be said of a failure: the step's command and its last lines.</summary>
    /// <param name="failure">The failure.</param>
    /// <returns>Lines, each with its end.</returns>
    public string Describe(BuildFailedException failure)
    {
        var lines = failure.Step is { } step ? lastLines.GetValueOrDefault(step, strayLines) : strayLines;
        var told = verbose ? "" : string.Concat(lines.Select(line => $"    {SafeText.Escape(line)}\n"));
        return failure.Step is null
            ? told
            : $"\nStep {failure.Step.Number}/{failure.Step.Total} failed: {SafeText.Escape(failure.Step.Instruction)}\n{told}";
    }

    private static string Describe(BuildStep step) => string.Create(
        CultureInfo.InvariantCulture,
        $"  Step {step.Number}/{step.Total}{(step.Stage is null ? "" : $" ({SafeText.Escape(step.Stage)})")}: {SafeText.Escape(step.Instruction)}");

    private void Remember(BuildEvent.Output printed)
    {
        var lines = printed.Step is { } step && lastLines.TryGetValue(step, out var known) ? known : strayLines;
        lines.Enqueue(printed.Line);
        if (lines.Count > LinesKept)
        {
            lines.Dequeue();
        }
    }

    private void ShowStep(BuildStep step)
    {
        CloseLine();
        output.Write(Overwrites ? Fit(Describe(step)) : Describe(step) + "\n");
        (open, isOpen) = (step, Overwrites);
    }

    private void ShowLine(BuildEvent.Output printed)
    {
        var line = SafeText.Escape(printed.Line);
        if (verbose)
        {
            output.Write($"    {line}\n");
        }
        else if (Overwrites && line.Trim().Length > 0)
        {
            // Of two steps at once, the line is that of the one that spoke last.
            if (isOpen && open != printed.Step)
            {
                CloseLine();
            }

            (open, isOpen) = (printed.Step, true);
            output.Write(open is null ? $"\r\e[K{Fit("  " + line)}" : $"\r\e[K{Fit($"{Shorten(Describe(open))}  {line.Trim()}")}");
        }
    }

    // What was only on its way (a pull's progress) leaves no line behind.
    private void Finish(BuildStep? step, string how)
    {
        output.Write(step is null ? "\r\e[K" : $"\r\e[K{Fit(Describe(step) + how)}\n");
        isOpen = false;
    }

    // Half of the line for the step, the rest for what it prints.
    private string Shorten(string text) => Table.Shorten(text, Columns / 2);

    private string Fit(string text) => Table.Shorten(text, Columns - 1);

    private int Columns => columns?.Invoke() is > 20 and var wide ? wide : 80;
}
