using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Agentops.AppleStandIn;

/// <summary><c>container build</c> and <c>container builder …</c>: reads a recipe, remembers what it did, tells it as BuildKit's plain printer does.</summary>
/// <remarks>
/// A step is carried out on this machine, so only one that can do no harm is: <c>echo printf cat sleep env true false exit</c>, nothing written. All others go well without a word.
/// </remarks>
internal static partial class BuildCommand
{
    private const int LargestDockerfile = 16_384;

    public static int Build(World world, IReadOnlyList<string> args)
    {
        string[] secrets = world.Release.Since(0, 11) ? ["--secret"] : [];
        var parsed = Arguments.Parse("build", args, ["--no-cache", "-q|--quiet", .. world.Release.Since(0, 10) ? ["--pull"] : Array.Empty<string>()], [
            "-t|--tag", "-f|--file", "--build-arg", "-l|--label", "--target", "-o|--output", "--progress", "--platform", "-a|--arch", "--os", "-c|--cpus", "-m|--memory", "--dns", "--vsock-port", .. secrets]);
        var context = parsed.Words.Count == 0 ? "." : parsed.Words[0];
        var file = parsed.Value("--file") ?? new[] { "Dockerfile", "Containerfile" }.Select(name => Path.Combine(context, name)).FirstOrDefault(File.Exists) ?? Path.Combine(context, "Dockerfile");
        if (!Directory.Exists(context))
        {
            throw Fault.Usage($"context dir does not exist {context}", "build");
        }

        if (!File.Exists(file))
        {
            throw Fault.Usage($"dockerfile not found {file}", "build");
        }

        if (parsed.Value("--progress") is { } progress && (progress is not ("auto" or "plain" or "tty") || progress == "tty"))
        {
            throw progress == "tty" ? Fault.Thrown("no terminal") : Fault.Usage($"The value '{progress}' is invalid for '--progress <progress>'", "build");
        }

        var tags = parsed.Values("--tag") is { Count: > 0 } given ? [.. given.Select(ImageCommands.WithTag)] : new List<string> { Guid.NewGuid().ToString() + ":latest" };
        if (tags.Find(tag => !Reference().IsMatch(tag)) is { } invalid)
        {
            throw Fault.Usage($"invalid reference {invalid}", "build");
        }

        var text = File.ReadAllText(file);
        if (text.Length >= LargestDockerfile && world.Release.IsNewEra)
        {
            throw Fault.Thrown($"Dockerfile size ({text.Length} bytes) exceeds the maximum allowed size of 16384 bytes. See https://github.com/apple/container/issues/735.");
        }

        world.Change(state => state.HasBuilder = true);
        var builder = new BuildKit(world, context, useCache: !parsed.Has("--no-cache"), isQuiet: parsed.Has("--quiet"));
        var image = builder.Build(Dockerfile.Parse(text, Pairs(parsed.Values("--build-arg"))), parsed.Value("--target"));
        foreach (var (key, value) in Pairs(parsed.Values("--label")))
        {
            image.Labels[key] = value;
        }

        world.Change(state =>
        {
            var digest = ImageJson.DigestOf(image);
            state.Images[digest] = image;
            tags.ForEach(tag => state.References[tag] = digest);
            ImageCommands.Collect(state);
        });
        Console.Out.Write(world.Release.IsNewEra ? string.Concat(tags.Select(tag => tag + "\n")) : $"Successfully built {string.Join(", ", tags)}\n");
        return 0;
    }

    public static int Status(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("builder status", args, ["-q|--quiet"], ["--format"]);
        var asJson = parsed.Format(world.Release, "builder status") != "table";
        var has = world.Look().HasBuilder;
        Console.Out.Write(
            asJson && (has || world.Release.IsNewEra) ? Json.Print(has ? new JsonArray(ContainerJson.Of(world, ContainerJson.Builder())) : [], world.Release, pretty: false)
            : has ? "ID  IMAGE  STATE  IP  CPUS  MEMORY\nbuildkit\n" : "builder is not running\n");
        return 0;
    }

    public static int Delete(World world, IReadOnlyList<string> args)
    {
        Arguments.Parse("builder delete", args, ["-f|--force"], []);
        world.Change(state =>
        {
            state.HasBuilder = false;
            state.BuildCache.Clear();
        });
        return 0;
    }

    private static Dictionary<string, string> Pairs(IEnumerable<string> texts) =>
        texts.Select(text => text.Split('=', 2)).GroupBy(pair => pair[0]).ToDictionary(same => same.Key, same => same.Last().ElementAtOrDefault(1) ?? "");

    [GeneratedRegex(@"\A[a-z0-9._-]+(:\d+)?(/[a-z0-9._-]+)*:[\w][\w.-]*\z")]
    private static partial Regex Reference();
}

/// <summary>The builder at work.</summary>
internal sealed partial class BuildKit(World world, string context, bool useCache, bool isQuiet)
{
    private static readonly string[] Layered = ["RUN", "COPY", "ADD", "WORKDIR"];
    private static readonly string[] Harmless = ["echo", "printf", "cat", "sleep", "env", "true", "false", "exit", ":"];

    private readonly Dictionary<string, ImageRecord> built = [];
    private int number;

    public ImageRecord Build(List<Stage> stages, string? target)
    {
        var last = target is null ? stages.Count - 1 : stages.FindIndex(stage => stage.Name == target);
        if (last < 0)
        {
            throw Dockerfile.Failed($"target stage \"{target}\" could not be found");
        }

        Say("#1 [resolver] fetching image...", "#1 DONE 0.0s", "", "#2 [internal] load .dockerignore", "#2 transferring context: 2B done", "#2 DONE 0.1s", "");
        number = 2;
        var needed = Needed(stages, last);
        ImageRecord image = new();
        for (var index = 0; index <= last; index++)
        {
            if (needed.Contains(index))
            {
                image = Build(stages[index], index, needed.Count > 1);
                built[index.ToString(CultureInfo.InvariantCulture)] = image;
                if (stages[index].Name is { } name)
                {
                    built[name] = image;
                }
            }
        }

        Say($"#{++number} exporting to oci image format", $"#{number} DONE 0.3s");
        return image;
    }

    private static HashSet<int> Needed(List<Stage> stages, int last)
    {
        var needed = new HashSet<int> { last };
        for (var index = last; index >= 0; index--)
        {
            if (needed.Contains(index))
            {
                var froms = stages[index].Instructions.Select(instruction => CopyFrom().Match(instruction.Argument)).Where(match => match.Success).Select(match => match.Groups[1].Value).Append(stages[index].From);
                needed.UnionWith(froms.Select(from => stages.FindIndex(stage => stage.Name == from)).Where(found => found >= 0 && found < index));
            }
        }

        return needed;
    }

    private ImageRecord Build(Stage stage, int index, bool isOneOfSeveral)
    {
        var hasFrom = stage.From != "scratch" && !built.ContainsKey(stage.From);
        var total = stage.Instructions.Count(instruction => Layered.Contains(instruction.Word)) + (hasFrom ? 1 : 0);
        var step = 0;
        string Head(string text) => $"[linux/arm64 {(isOneOfSeveral ? $"{stage.Name ?? $"stage-{index}"} " : "")}{++step}/{total}] {text}";
        var image = stage.From == "scratch" ? new ImageRecord() : built.TryGetValue(stage.From, out var earlier) ? earlier.Copy() : null;
        if (image is null)
        {
            var digest = "";
            image = world.Change(state =>
            {
                try
                {
                    var reference = ImageCommands.FindOrPull(state, stage.From);
                    digest = state.References[reference];
                    return state.Images[digest].Copy();
                }
                catch (Fault fault)
                {
                    throw Fault.Thrown($"failed to resolve {stage.From}: {fault.Message.Replace("Error: ", "", StringComparison.Ordinal)}");
                }
            });
            Say($"#{++number} {Head($"FROM {stage.From}@sha256:{digest}")}", $"#{number} CACHED", "");
        }

        foreach (var instruction in stage.Instructions)
        {
            if (Layered.Contains(instruction.Word))
            {
                Carry(instruction, Head(instruction.Text), image);
            }
            else
            {
                Apply(instruction, image);
            }

            image.History.Add(instruction.Text);
        }

        return image;
    }

    private void Carry(Instruction instruction, string head, ImageRecord image)
    {
        var me = ++number;
        Say($"#{me} {head}");
        var key = ImageJson.Hash(string.Join('\n', [.. image.Layers.Select(layer => layer.DiffId), .. image.Environment, instruction.Text, Content(instruction), .. Dockerfile.Arguments.Select(argument => argument.ToString())]));
        if (useCache && world.Look().BuildCache.TryGetValue(key, out var cached))
        {
            Say($"#{me} CACHED", "");
            image.Layers.Add(cached);
            image.CreatedAt = cached.CreatedAt;
            return;
        }

        var clock = Stopwatch.StartNew();
        if (instruction.Word == "RUN")
        {
            Execute(instruction, head, me, image, clock);
        }

        // A layer is as unique as what it was made of; one made anew differs in the times of its files.
        var made = new LayerRecord("sha256:" + ImageJson.Hash(key + (useCache ? "" : Guid.NewGuid().ToString())), Size(instruction), DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00Z'", CultureInfo.InvariantCulture));
        world.Change(state => state.BuildCache[key] = made);
        image.Layers.Add(made);
        image.CreatedAt = made.CreatedAt;
        if (instruction.Word == "WORKDIR")
        {
            image.WorkingDirectory = instruction.Argument;
        }

        Say(string.Create(CultureInfo.InvariantCulture, $"#{me} DONE {clock.Elapsed.TotalSeconds:F1}s"), "");
    }

    private void Execute(Instruction instruction, string head, int me, ImageRecord image, Stopwatch clock)
    {
        if (!IsHarmless(instruction.Argument))
        {
            return;
        }

        var lines = new List<string>();
        using var process = new Process();
        process.StartInfo = new ProcessStartInfo("/bin/sh", ["-c", instruction.Argument]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        process.StartInfo.Environment.Clear();
        foreach (var variable in image.Environment.Select(variable => variable.Split('=', 2)).Where(variable => variable.Length == 2))
        {
            process.StartInfo.Environment[variable[0]] = variable[1];
        }

        foreach (var (name, value) in Dockerfile.Arguments)
        {
            process.StartInfo.Environment[name] = value;
        }

        void Print(object sender, DataReceivedEventArgs printed)
        {
            if (printed.Data is { } line)
            {
                lock (lines)
                {
                    lines.Add(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds:F3} {line}"));
                    Say($"#{me} {lines[^1]}");
                }
            }
        }

        process.OutputDataReceived += Print;
        process.ErrorDataReceived += Print;
        process.Start();
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            var reason = $"process \"/bin/sh -c {instruction.Argument}\" did not complete successfully: exit code: {process.ExitCode}";
            Say([$"#{me} ERROR: {reason}", "------", $" > {head}:", .. lines, "------"]);
            throw Dockerfile.Failed(reason);
        }
    }

    private static bool IsHarmless(string script) =>
        !script.StartsWith('[') && !Written().IsMatch(script) && !script.Contains("$(", StringComparison.Ordinal) && !script.Contains('`', StringComparison.Ordinal)
        && script.Split([";", "&&", "||", "|", "\n"], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).All(part => part.StartsWith('#') || Harmless.Contains(part.Split(' ')[0]));

    private static void Apply(Instruction instruction, ImageRecord image)
    {
        var argument = Dockerfile.Substitute(instruction.Argument, Dockerfile.Arguments);
        switch (instruction.Word)
        {
            case "CMD":
                image.Command = Words(argument);
                break;
            case "ENTRYPOINT":
                (image.Entrypoint, image.Command) = (Words(argument), []);
                break;
            case "ENV":
                foreach (var (key, value) in Assigned(argument))
                {
                    image.Environment.RemoveAll(variable => variable.StartsWith(key + "=", StringComparison.Ordinal));
                    image.Environment.Add($"{key}={value}");
                }

                break;
            case "LABEL":
                foreach (var (key, value) in Assigned(argument))
                {
                    image.Labels[key] = value;
                }

                break;
            case "USER":
                image.User = argument;
                break;
            case "STOPSIGNAL":
                image.StopSignal = argument;
                break;
        }
    }

    private static IEnumerable<(string Key, string Value)> Assigned(string text) => text.Contains('=', StringComparison.Ordinal)
        ? Assignment().Matches(text).Select(match => (match.Groups["key"].Value, match.Groups["value"].Value.Trim('"')))
        : [(text.Split(' ', 2)[0], text.Split(' ', 2).ElementAtOrDefault(1) ?? "")];

    private static List<string> Words(string argument) => argument.StartsWith('[')
        ? [.. JsonDocument.Parse(argument).RootElement.EnumerateArray().Select(word => word.GetString()!)]
        : ["/bin/sh", "-c", argument];

    private IEnumerable<string> Sources(Instruction instruction)
    {
        if (instruction.Word is not ("COPY" or "ADD") || CopyFrom().IsMatch(instruction.Argument))
        {
            return [];
        }

        var words = instruction.Argument.StartsWith('[') ? Words(instruction.Argument) : [.. instruction.Argument.Split(' ').Where(word => !word.StartsWith("--", StringComparison.Ordinal))];
        return words.SkipLast(1).Select(word => Path.Combine(context, word)).Select(path => Path.Exists(path)
            ? path
            : throw Dockerfile.Failed($"failed to calculate checksum of ref: \"/{Path.GetRelativePath(context, path)}\": not found"));
    }

    private IEnumerable<string> Files(Instruction instruction) =>
        Sources(instruction).SelectMany(path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : Enumerable.Repeat(path, 1));

    private string Content(Instruction instruction) => string.Join(' ', Files(instruction).Select(file => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))));

    // Compressed to half, as text is.
    private long Size(Instruction instruction) => 1_024 + Files(instruction).Sum(file => new FileInfo(file).Length / 2);

    private void Say(params IEnumerable<string> lines)
    {
        if (!isQuiet)
        {
            foreach (var line in lines)
            {
                Console.Error.WriteLine(line);
            }
        }
    }

    [GeneratedRegex(@"--from=(\S+)")]
    private static partial Regex CopyFrom();

    [GeneratedRegex(@">(?!&2)")]
    private static partial Regex Written();

    [GeneratedRegex(@"(?<key>[^\s=]+)=(?<value>""[^""]*""|\S*)")]
    private static partial Regex Assignment();
}
