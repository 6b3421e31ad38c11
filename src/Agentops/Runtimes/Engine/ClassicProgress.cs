using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Agentops.Building;

namespace Agentops.Runtimes.Engine;

/// <summary>Makes build events of what the classic builder says, Docker's and Podman's.</summary>
/// <param name="tell">Told each event.</param>
/// <param name="labelSteps">How many steps the builder adds at the end of the last stage for the labels we ask for; they are not the user's.</param>
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
    private int stage;
    private string? stageName;

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
        // {"stream":"Step 2/7 : COPY busybox /bin/busybox"}, then {"stream":"\n"}; Podman: {"stream":"STEP 2/7: COPY …\n"}, of several stages {"stream":"[1/3] STEP 2/2: RUN …\n"}
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
        // {"stream":" ---> f4f6f26faf35\n"}, {"stream":" ---> Using cache\n"}, {"stream":" ---> Running in 25f4a3f01106\n"};
        // Podman: {"stream":"--> f4f6f26faf3\n"}, {"stream":"--> Using cache f4f6f26faf35…\n"}
        if (LayerLine().Match(text) is { Success: true } layer)
        {
            if (!cached && !isBase)
            {
                layers.Add(layer.Groups["id"].Value);
            }
        }
        else if (CacheLine().IsMatch(text))
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
        int? Number(string name) => int.TryParse(match.Groups[name].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        var (toldStage, stages) = (Number("stage") ?? stage, Number("stages") ?? 0);
        // A container can print the same; the builder counts by one, and anew in each stage that has a number.
        if (Number("number") is not { } told || Number("total") is not { } total || toldStage < stage || told != (toldStage > stage ? 1 : number + 1))
        {
            return false;
        }

        EndStep();
        lineEndOfStep = !match.Value.EndsWith('\n');
        (stage, number) = (toldStage, told);
        total -= stage == stages ? labelSteps : 0;
        var text = Instruction.Normalise(match.Groups["text"].Value);
        hidden = number > total && text.StartsWith("LABEL ", StringComparison.Ordinal);
        if (text.StartsWith("FROM ", StringComparison.OrdinalIgnoreCase))
        {
            isBase = true;
            stageName = stages == 0 ? null : Instruction.StageName(match.Groups["text"].Value) ?? string.Create(CultureInfo.InvariantCulture, $"stage-{stage - 1}");
        }
        else
        {
            isBase = false;
        }

        step = hidden ? null : new BuildStep(number, Math.Max(number, total), text, stageName);
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

    [GeneratedRegex(@"\A(?:\[(?<stage>\d+)/(?<stages>\d+)\] )?(?:Step|STEP) (?<number>\d+)/(?<total>\d+) ?: (?<text>[^\n]+)\n?\z")]
    private static partial Regex StepLine();

    // Podman tells eleven digits.
    [GeneratedRegex(@"\A ?-{2,3}> (?<id>[0-9a-f]{11,64})\n?\z")]
    private static partial Regex LayerLine();

    [GeneratedRegex(@"\A ?-{2,3}> Using cache(?: [0-9a-f]+)?\n?\z")]
    private static partial Regex CacheLine();

    [GeneratedRegex(@"\A ---> Running in (?<id>[0-9a-f]{12,64})\n?\z")]
    private static partial Regex RunningLine();

    // Docker 20.10: "Removing intermediate container …"; 26.1: " ---> Removed intermediate container …". Podman: "COMMIT docker.io/agentops/x:1", then the
    // bare id; before it fails at an unknown instruction: time="…" level=error msg="+(UNHANDLED LOGLEVEL) &imagebuilder.Step{…}".
    [GeneratedRegex("""\A(?: ---> \n?|(?:Removing| ---> Removed) intermediate container [0-9a-f]+\n|(?:\[\d+/\d+\] )?COMMIT \S+\n|[0-9a-f]{64}\n|time="[^"]*" level=error msg="\+\(UNHANDLED LOGLEVEL\) .*\n)\z""")]
    private static partial Regex BuilderNote();
}
