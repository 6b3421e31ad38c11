using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agentops.Building;

namespace Agentops.Runtimes.Engine;

/// <summary>Makes build events of what BuildKit says.</summary>
/// <param name="tell">Told each event.</param>
internal sealed partial class BuildKitProgress(Action<BuildEvent> tell) : BuildProgress(tell)
{
    private readonly Dictionary<string, Work> works = [];

    /// <summary>Takes one message of the trace.</summary>
    /// <param name="trace">The message.</param>
    public void Take(BuildKitTrace trace)
    {
        foreach (var vertex in trace.Vertices.Where(vertex => !vertex.Completed))
        {
            Take(vertex);
        }

        foreach (var log in trace.Logs)
        {
            // Output of [internal] work is the builder's own, such as a warning.
            var work = works.GetValueOrDefault(log.Vertex);
            if (work is not null)
            {
                TellLines(work.Step, work.Lines.Add(log.Bytes));
            }
        }

        // What a message prints, it printed before the step it completes was complete.
        foreach (var vertex in trace.Vertices.Where(vertex => vertex.Completed))
        {
            Take(vertex);
        }
    }

    /// <inheritdoc/>
    public override void Take(WireProgress message)
    {
        switch (message)
        {
            // {"id":"moby.buildkit.trace","aux":"CoABCkdza…"}
            case { Id: "moby.buildkit.trace", Aux: { ValueKind: JsonValueKind.String } aux }:
                Take(BuildKitTrace.Of(aux.TryGetBytesFromBase64(out var bytes) ? bytes : throw new InvalidDataException("its build progress cannot be read")));
                break;
            // {"id":"moby.image.id","aux":{"ID":"sha256:5e4b…"}}
            case { Id: "moby.image.id", Aux: { ValueKind: JsonValueKind.Object } aux } when aux.TryGetProperty("ID", out var id) && id.ValueKind is JsonValueKind.String:
                ImageId = id.GetString();
                IsDone = true;
                break;
        }
    }

    /// <inheritdoc/>
    public override BuildFailedException Failure(string message)
    {
        foreach (var work in works.Values)
        {
            TellRest(work);
        }

        // The work beside it that was given up fails with "context canceled".
        var failed = works.Values.Where(work => work.Error.Length > 0).ToList();
        var culprit = failed.Find(work => message.Contains(work.Error, StringComparison.Ordinal))
            ?? failed.Find(work => !work.Error.Contains("context canceled", StringComparison.Ordinal));
        return new BuildFailedException(culprit?.Step, BuildReason.Of(message));
    }

    /// <summary>Reads a step out of the name of a piece of work.</summary>
    /// <param name="name"><c>[2/5] RUN x</c>, <c>[one  2/12] RUN x</c>, <c>[linux/amd64 2/5] RUN x</c>; untrusted text.</param>
    /// <returns>Null for work that is no step of the recipe, such as <c>[internal] load metadata</c>.</returns>
    public static BuildStep? StepOf(string name)
    {
        if (StepName().Match(name) is not { Success: true } match
            || !int.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !int.TryParse(match.Groups["total"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var total))
        {
            return null;
        }

        // A platform (linux/amd64) stands where a stage's name does; no stage has a slash in its name.
        var stage = match.Groups["words"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(word => !word.Contains('/', StringComparison.Ordinal));
        return new BuildStep(number, total, Instruction.Normalise(match.Groups["text"].Value), stage);
    }

    private void Take(BuildKitVertex vertex)
    {
        if (!works.TryGetValue(vertex.Digest, out var work))
        {
            work = new Work(StepOf(vertex.Name));
            works.Add(vertex.Digest, work);
        }

        if (work.Step is null)
        {
            return;
        }

        if (vertex.Started && !work.Started)
        {
            TellStepsBefore(work.Step);
            Start(work);
        }

        if (vertex.Error.Length > 0)
        {
            work.Error = vertex.Error;
        }
        else if (vertex.Completed && work is { Started: true, Done: false })
        {
            End(work, vertex.Cached);
        }
    }

    // A step is built on those before it in its stage. BuildKit tells of the ones it takes from its cache only later.
    private void TellStepsBefore(BuildStep step)
    {
        foreach (var work in works.Values.Where(work => !work.Started && work.Step is { } other && other.Stage == step.Stage && other.Number < step.Number).OrderBy(work => work.Step!.Number))
        {
            Start(work);
            End(work, isCached: true);
        }
    }

    private void Start(Work work)
    {
        work.Started = true;
        Tell(new BuildEvent.StepStarted(work.Step!));
    }

    private void End(Work work, bool isCached)
    {
        work.Done = true;
        TellRest(work);
        // A base is there or not, it is never cached: so says the classic builder, and BuildKit says now this and now that.
        Tell(new BuildEvent.StepDone(work.Step!, isCached && !work.Step!.Instruction.StartsWith("FROM ", StringComparison.Ordinal)));
    }

    private void TellRest(Work work)
    {
        if (work.Lines.End() is { } rest)
        {
            Tell(new BuildEvent.Output(work.Step, rest));
        }
    }

    [GeneratedRegex(@"\A\[(?<words>(?:[^\]\s]+ +)*) *(?<number>\d+)/(?<total>\d+)\] (?<text>.+)\z", RegexOptions.Singleline)]
    private static partial Regex StepName();

    private sealed class Work(BuildStep? step)
    {
        public BuildStep? Step { get; } = step;

        public OutputLines Lines { get; } = new();

        public bool Started { get; set; }

        public bool Done { get; set; }

        public string Error { get; set; } = "";
    }
}
