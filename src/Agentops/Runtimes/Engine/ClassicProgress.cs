using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agentops.Building;

namespace Agentops.Runtimes.Engine;

/// <summary>Makes build events of what the classic builder says, Docker's and Podman's.</summary>
/// <param name="tell">Told each event.</param>
/// <param name="labelSteps">How many steps the builder adds at the end for the labels we ask for; they are not the user's.</param>
internal sealed partial class ClassicProgress(Action<BuildEvent> tell, int labelSteps) : BuildProgress(tell)
{
    private readonly List<string> layers = [];
    private OutputLines lines = new();
    private BuildStep? step;
    private bool hidden;
    private bool cached;
    private bool isBase = true;
    private bool lineEndOfStep;
    private int number;

    /// <summary>The short ids of the images it made on its way, oldest first, those it took from its cache left out. What a container prints can look like one: check before use.</summary>
    public IReadOnlyList<string> Layers => layers;

    /// <summary>The short id of the container that the last step runs in; null for none. As untrusted as <see cref="Layers"/>.</summary>
    public string? StepContainer { get; private set; }

    /// <inheritdoc/>
    public override void Take(WireProgress message)
    {
        if (message.Aux is { ValueKind: JsonValueKind.Object } aux && aux.TryGetProperty("ID", out var id) && id.ValueKind is JsonValueKind.String)
        {
            // Once a stage; the last is the image. {"aux":{"ID":"sha256:f947…"}}
            ImageId = id.GetString();
        }
        else if (message.Stream is { } text)
        {
            Take(text);
        }
        else if (message.Status is { } status)
        {
            // A base that is pulled on the way.
            TellLines(step, [message.Id is { Length: > 0 } layer ? $"{layer}: {status}" : status]);
        }
    }

    /// <inheritdoc/>
    public override BuildFailedException Failure(string message)
    {
        TellRest();
        return new BuildFailedException(step, BuildReason.Of(message));
    }

    private void Take(string text)
    {
        // {"stream":"Step 2/7 : COPY busybox /bin/busybox"}, then {"stream":"\n"}; Podman: {"stream":"STEP 2/7: COPY …\n"}
        if (StepLine().Match(text) is { Success: true } match && TryBegin(match))
        {
            return;
        }

        if (lineEndOfStep && text == "\n")
        {
            lineEndOfStep = false;
            return;
        }

        lineEndOfStep = false;
        // {"stream":" ---> f4f6f26faf35\n"}, {"stream":" ---> Using cache\n"}, {"stream":" ---> Running in 25f4a3f01106\n"}; Podman: {"stream":"--> f4f6f26faf35\n"}
        if (LayerLine().Match(text) is { Success: true } layer)
        {
            if (!cached && !isBase)
            {
                layers.Add(layer.Groups["id"].Value);
            }
        }
        else if (text.TrimStart(' ', '-', '>').TrimEnd() is "Using cache" && text.Contains("-->", StringComparison.Ordinal))
        {
            cached = true;
        }
        else if (text.StartsWith("Successfully built ", StringComparison.Ordinal) || text.StartsWith("Successfully tagged ", StringComparison.Ordinal))
        {
            EndStep();
            IsDone = true;
        }
        else if (RunningLine().Match(text) is { Success: true } running)
        {
            StepContainer = running.Groups["id"].Value;
        }
        else if (!BuilderNote().IsMatch(text) && !hidden)
        {
            // Standard error comes in red: "\u001b[91mbad\n\u001b[0m".
            TellLines(step, lines.Add(text.Replace("\u001b[91m", "", StringComparison.Ordinal).Replace("\u001b[0m", "", StringComparison.Ordinal)));
        }
    }

    private bool TryBegin(Match match)
    {
        if (!int.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var told)
            || !int.TryParse(match.Groups["total"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var total)
            // A container can print the same; the builder counts by one.
            || told != number + 1)
        {
            return false;
        }

        EndStep();
        lineEndOfStep = !match.Value.EndsWith('\n');
        number = told;
        total -= labelSteps;
        hidden = number > total;
        var text = Instruction.Normalise(match.Groups["text"].Value);
        isBase = text.StartsWith("FROM ", StringComparison.OrdinalIgnoreCase);
        step = hidden ? null : new BuildStep(number, total, text);
        if (step is not null)
        {
            Tell(new BuildEvent.StepStarted(step));
        }

        return true;
    }

    private void EndStep()
    {
        TellRest();
        if (step is not null)
        {
            Tell(new BuildEvent.StepDone(step, cached));
        }

        (step, cached, lines) = (null, false, new OutputLines());
    }

    private void TellRest()
    {
        if (lines.End() is { } rest && !hidden)
        {
            Tell(new BuildEvent.Output(step, rest));
        }
    }

    [GeneratedRegex(@"\A(?:Step|STEP) (?<number>\d+)/(?<total>\d+) ?: (?<text>[^\n]+)\n?\z")]
    private static partial Regex StepLine();

    [GeneratedRegex(@"\A ?-{2,3}> (?<id>[0-9a-f]{12,64})\n?\z")]
    private static partial Regex LayerLine();

    [GeneratedRegex(@"\A ---> Running in (?<id>[0-9a-f]{12,64})\n?\z")]
    private static partial Regex RunningLine();

    // Docker 20.10: "Removing intermediate container …"; 26.1: " ---> Removed intermediate container …". Podman: "COMMIT docker.io/agentops/x:1", then the bare id.
    [GeneratedRegex(@"\A(?: ---> \n?|(?:Removing| ---> Removed) intermediate container [0-9a-f]+\n|COMMIT \S+\n|--> [0-9a-f]+\n|[0-9a-f]{64}\n)\z")]
    private static partial Regex BuilderNote();
}
