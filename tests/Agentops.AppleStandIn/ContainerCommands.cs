using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Agentops.AppleStandIn;

/// <summary>The commands about containers: <c>create start run stop kill delete list inspect logs exec</c>.</summary>
internal static partial class ContainerCommands
{
    private const long LeastMemory = 200L << 20;

    private static readonly string[] CreateFlags =
        ["--rm|--remove", "-d|--detach", "-i|--interactive", "-t|--tty", "--no-dns", "--init", "--read-only", "--ssh", "--rosetta", "--virtualization"];

    private static readonly string[] CreateOptions =
    [
        "--name", "-l|--label", "-e|--env", "--env-file", "-v|--volume", "--mount", "--tmpfs", "-w|--cwd|--workdir", "-c|--cpus", "-m|--memory", "-u|--user", "--uid", "--gid",
        "--network", "-p|--publish", "--entrypoint", "--cidfile", "--platform", "-a|--arch", "--os", "--ulimit", "--dns", "--progress",
    ];

    public static int Create(World world, IReadOnlyList<string> args)
    {
        Console.Out.WriteLine(Make(world, args, "create").Record.Id);
        return 0;
    }

    public static int RunAtOnce(World world, IReadOnlyList<string> args)
    {
        var (record, parsed) = Make(world, args, "run");
        var interactive = parsed.Has("--interactive");
        try
        {
            CheckTerminal(record, interactive);
            ContainerProcess.Start(world, record, interactive && !parsed.Has("--detach"));
        }
        catch (Fault)
        {
            Forget(world, record.Id);
            throw;
        }

        if (parsed.Has("--detach"))
        {
            Console.Out.WriteLine(record.Id);
            return 0;
        }

        var code = ContainerProcess.Attach(world, record, interactive);
        if (parsed.Has("--remove"))
        {
            Forget(world, record.Id);
        }

        return code;
    }

    public static int Start(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("start", args, ["-a|--attach", "-i|--interactive"], []);
        var id = parsed.Words is [var only] ? only : throw Fault.Usage("Missing expected argument '<container-id>'", "start");
        var (attach, interactive) = (parsed.Has("--attach"), parsed.Has("--interactive"));
        var record = Get(world, id);
        if (ContainerProcess.IsRunning(world, record))
        {
            if (attach || interactive)
            {
                throw Fault.Thrown("attach is currently unsupported on already running containers");
            }

            Console.Out.WriteLine(id);
            return 0;
        }

        if (!world.Look().Images.ContainsKey(record.Digest) && record.StartedAt is null && world.Release.Since(0, 11))
        {
            // Its snapshot went with its image.
            throw Fault.Thrown($"failed to start container (cause: \"notFound: \"snapshot for {record.Digest}\"\")");
        }

        if (record.Mounts.Find(mount => mount.Type == "virtiofs" && !Path.Exists(mount.Source)) is { } mount)
        {
            throw Fault.Thrown($"mount source path '{mount.Source}' does not exist");
        }

        CheckTerminal(record, interactive);
        ContainerProcess.Start(world, record, interactive);
        if (attach || interactive)
        {
            return ContainerProcess.Attach(world, record, interactive);
        }

        Console.Out.WriteLine(id);
        return 0;
    }

    public static int Stop(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("stop", args, ["-a|--all"], ["-s|--signal", "-t|--time"]);
        var patience = TimeSpan.FromSeconds(int.Parse(parsed.Value("--time") ?? "5", CultureInfo.InvariantCulture));
        return ForEach(world, parsed, "stop", isSilentAboutUnknown: !world.Release.Since(0, 11), record =>
        {
            if (ContainerProcess.IsRunning(world, record))
            {
                ContainerProcess.Signal(world, record, parsed.Value("--signal") ?? record.StopSignal ?? "TERM");
                if (!ContainerProcess.WaitForEnd(world, record, patience))
                {
                    ContainerProcess.Signal(world, record, "KILL");
                    ContainerProcess.WaitForEnd(world, record, TimeSpan.FromSeconds(20));
                }
            }

            return null;
        });
    }

    public static int Kill(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("kill", args, ["-a|--all"], ["-s|--signal"]);
        return ForEach(world, parsed, "kill", isSilentAboutUnknown: !world.Release.Since(0, 10), record =>
        {
            if (!ContainerProcess.IsRunning(world, record))
            {
                return world.Release.Since(0, 10) ? Fault.Collected("failed to kill container", "invalidState", "no runtime client exists: container is stopped") : null;
            }

            var signal = parsed.Value("--signal") ?? "KILL";
            ContainerProcess.Signal(world, record, signal);
            if (signal.EndsWith("KILL", StringComparison.Ordinal) && world.Release.IsNewEra)
            {
                ContainerProcess.WaitForEnd(world, record, TimeSpan.FromSeconds(20));
            }

            return null;
        });
    }

    public static int Delete(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("delete", args, ["-a|--all", "-f|--force"], []);
        var known = world.Look().Containers;
        var unknown = parsed.Words.Where(id => !known.ContainsKey(id)).ToList();
        if (unknown.Count > 0 && !world.Release.Since(0, 11))
        {
            throw Fault.Thrown($"failed to delete one or more containers: [{string.Join(", ", unknown.Select(id => $"\"{id}\""))}]");
        }

        return ForEach(world, parsed, "delete", isSilentAboutUnknown: false, record =>
        {
            if (ContainerProcess.IsRunning(world, record))
            {
                if (!parsed.Has("--force"))
                {
                    return Fault.Collected("failed to delete container", "invalidState", $"container {record.Id} is running and can not be deleted");
                }

                ContainerProcess.Signal(world, record, "KILL");
                ContainerProcess.WaitForEnd(world, record, TimeSpan.FromSeconds(20));
            }

            Forget(world, record.Id);
            return null;
        });
    }

    public static int List(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("list", args, ["-a|--all", "-q|--quiet"], ["--format"]);
        var format = parsed.Format(world.Release, "list");
        var state = world.Look();
        ContainerRecord[] records = [.. state.Containers.Values.Where(record => parsed.Has("--all") || ContainerProcess.IsRunning(world, record)), .. state.HasBuilder && parsed.Has("--all") ? [ContainerJson.Builder()] : Array.Empty<ContainerRecord>()];
        Random.Shared.Shuffle(records);
        Console.Out.Write(
            parsed.Has("--quiet") ? string.Concat(records.Select(record => record.Id + "\n"))
            : format == "table" ? Table(world, records)
            : Json.Print(new JsonArray([.. records.Select(record => ContainerJson.Of(world, record))]), world.Release, pretty: false));
        return 0;
    }

    public static int Inspect(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("inspect", args, [], []);
        if (parsed.Words.Count == 0)
        {
            throw Fault.Usage("Missing expected argument '<container-ids> ...'", "inspect");
        }

        var known = world.Look().Containers;
        var missing = parsed.Words.Where(id => !known.ContainsKey(id)).Distinct().Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0 && world.Release.IsNewEra)
        {
            throw Fault.Thrown($"container not found: {string.Join(", ", missing)}");
        }

        var found = parsed.Words.Distinct().Where(known.ContainsKey).Select(id => (JsonNode)ContainerJson.Of(world, known[id])).ToArray();
        Console.Out.Write(Json.Print(new JsonArray(found), world.Release, pretty: world.Release.IsNewEra));
        return 0;
    }

    public static int Logs(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("logs", args, ["--boot", "-f|--follow"], ["-n"]);
        var id = parsed.Words is [var only] ? only : throw Fault.Usage("Missing expected argument '<container-id>'", "logs");
        var log = Path.Combine(world.FolderOf(id), "log");
        if (!world.Look().Containers.ContainsKey(id) || !File.Exists(log))
        {
            throw Fault.Thrown($"failed to get logs for container {id} (cause: \"internalError: \"failed to open container logs: notFound: \"container with ID {id} not found\"\"\")");
        }

        using var file = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file, new UTF8Encoding(false, throwOnInvalidBytes: true));
        string text;
        try
        {
            text = reader.ReadToEnd();
        }
        catch (DecoderFallbackException)
        {
            throw Fault.Thrown("failed to convert container logs to utf8");
        }

        if (parsed.Value("-n") is { } count)
        {
            // Empty lines are dropped.
            text = string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(int.Parse(count, CultureInfo.InvariantCulture)));
        }

        text = text.Trim('\n');
        Console.Out.Write(text.Length > 0 ? text + "\n" : "");
        while (parsed.Has("--follow"))
        {
            // It never ends by itself.
            Console.Out.Write(reader.ReadToEnd());
            Console.Out.Flush();
            Thread.Sleep(50);
        }

        return 0;
    }

    public static int Exec(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("exec", args, ["-d|--detach", "-i|--interactive", "-t|--tty"], ["-e|--env", "--env-file", "-w|--cwd|--workdir", "-u|--user", "--uid", "--gid", "--ulimit"], 1);
        if (parsed.Words.Count < 2)
        {
            throw Fault.Usage("Missing expected argument '<arguments> ...'", "exec");
        }

        var record = Get(world, parsed.Words[0]);
        if (!ContainerProcess.IsRunning(world, record))
        {
            throw Fault.Thrown($"container {record.Id} is not running");
        }

        var (terminal, interactive) = (parsed.Has("--tty"), parsed.Has("--interactive"));
        CheckTerminal(terminal && interactive);
        List<string> environment = Merge(record.Environment, parsed.Values("--env"));
        var program = ContainerProcess.Find(parsed.Words[1], environment)
            ?? throw Fault.Thrown($"failed to exec process (cause: \"internalError: \"failed to find target executable {parsed.Words[1]}\"\")");
        var start = ContainerProcess.Command(world, record, program, [.. parsed.Words.Skip(2)], environment, parsed.Value("--workdir") ?? record.WorkingDirectory, terminal);
        start.RedirectStandardInput = !interactive;
        using var process = Process.Start(start)!;
        if (!interactive)
        {
            process.StandardInput.Close();
        }

        process.WaitForExit();
        return process.ExitCode;
    }

    private static (ContainerRecord Record, Arguments Parsed) Make(World world, IReadOnlyList<string> args, string command)
    {
        string[] since12 = world.Release.Since(0, 12) ? ["--cap-add", "--cap-drop"] : [];
        var parsed = Arguments.Parse(command, args, CreateFlags, [.. CreateOptions, .. since12], passThrough: 1);
        if (parsed.Words.Count == 0)
        {
            throw Fault.Usage("Missing expected argument '<image>'", command);
        }

        var id = parsed.Value("--name") ?? Guid.NewGuid().ToString();
        if (!Name().IsMatch(id) || (world.Release.Since(1, 2) && id.Length > 63))
        {
            throw Fault.Thrown(world.Release.Since(1, 2) ? $"container ID {id} is not a valid container ID" : $"invalid entity name {id}");
        }

        var labels = parsed.Values("--label").Select(label => label.Split('=') switch
        {
            [var key] => (Key: key, Value: ""),
            [var key, var value] => (Key: key, Value: value),
            _ => throw Fault.Thrown($"invalid label format {label}"),
        }).GroupBy(label => label.Key).ToDictionary(same => same.Key, same => same.Last().Value);
        var memory = Memory(parsed.Value("--memory"));
        List<MountRecord> mounts = [.. parsed.Values("--volume").Select(volume => Volume(world, volume)), .. parsed.Values("--mount").Select(Mount), .. parsed.Values("--tmpfs").Select(target => new MountRecord("tmpfs", "tmpfs", target, false))];
        var record = world.Change(state =>
        {
            if (state.Containers.ContainsKey(id))
            {
                throw command == "run" ? Fault.Thrown($"container with id {id} already exists")
                    : world.Release.Since(1, 2) ? Fault.Thrown($"container already exists: {id}")
                    : Fault.Thrown($"failed to create container (cause: \"exists: \"container already exists: {id}\"\")");
            }

            var reference = ImageCommands.FindOrPull(state, parsed.Words[0]);
            var image = state.Images[state.References[reference]];
            var words = (parsed.Value("--entrypoint") is { Length: > 0 } entry ? [entry] : image.Entrypoint)
                .Concat(parsed.Words.Count > 1 ? parsed.Words.Skip(1) : parsed.Value("--entrypoint") is { Length: > 0 } ? [] : image.Command).ToList();
            if (words.Count == 0)
            {
                throw Fault.Thrown("Command/Entrypoint not specified for container process");
            }

            var record = new ContainerRecord
            {
                Id = id,
                Reference = reference,
                Digest = state.References[reference],
                Executable = words[0],
                Arguments = words[1..],
                Environment = Merge(image.Environment, parsed.Values("--env")),
                Labels = labels,
                Mounts = mounts,
                Terminal = parsed.Has("--tty"),
                Init = parsed.Has("--init"),
                HasNetwork = parsed.Value("--network") != "none",
                Cpus = int.TryParse(parsed.Value("--cpus") ?? "4", CultureInfo.InvariantCulture, out var cpus) ? cpus : throw Fault.Usage($"The value '{parsed.Value("--cpus")}' is invalid for '--cpus <cpus>'", command),
                Memory = memory,
                User = parsed.Value("--user") ?? image.User,
                WorkingDirectory = parsed.Value("--workdir") ?? image.WorkingDirectory ?? "/",
                StopSignal = image.StopSignal,
                CreatedAt = DateTimeOffset.UtcNow,
            };
            state.Containers.Add(id, record);
            return record;
        });
        return (record, parsed);
    }

    private static long Memory(string? text)
    {
        if (text is null)
        {
            return 1L << 30;
        }

        var match = Size().Match(text);
        if (!match.Success)
        {
            throw Fault.Thrown($"invalid memory size {text}");
        }

        var bytes = long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) << match.Groups[2].Value.ToUpperInvariant() switch { "" => 0, "K" => 10, "M" => 20, "G" => 30, "T" => 40, _ => 50 };
        return bytes >= LeastMemory ? bytes >> 20 << 20 : throw Fault.Thrown($"minimum memory amount allowed is 200 MiB (got {bytes} bytes)");
    }

    private static MountRecord Volume(World world, string text)
    {
        var parts = text.Split(':');
        if (parts.Length == 1)
        {
            return new MountRecord("volume", Guid.NewGuid().ToString(), parts[0], false);
        }

        if (parts.Length > 3)
        {
            throw Fault.Thrown($"invalid volume format {text}");
        }

        var readOnly = parts is [_, _, var options] && options.Split(',').Contains("ro");
        if (!parts[0].Contains('/', StringComparison.Ordinal) && parts[0] is not ("." or ".."))
        {
            Console.Error.WriteLine($"named volume was automatically created: [\"volume\": {parts[0]}]");
            world.Change(state => state.Volumes.TryAdd(parts[0], new VolumeRecord { CreatedAt = DateTimeOffset.UtcNow }));
            return new MountRecord("volume", parts[0], parts[1], readOnly);
        }

        return Directory.Exists(parts[0]) || (world.Release.Since(0, 12) && File.Exists(parts[0]))
            ? new MountRecord("virtiofs", parts[0], parts[1], readOnly)
            : throw Fault.Thrown(File.Exists(parts[0]) ? $"path '{parts[0]}' is not a directory" : $"path '{parts[0]}' does not exist");
    }

    private static MountRecord Mount(string text)
    {
        var fields = text.Split(',').Select(field => field.Split('=', 2)).ToList();
        if (fields.Find(field => field[0] is not ("type" or "source" or "src" or "target" or "dst" or "destination" or "readonly" or "ro" or "size" or "mode")) is { } unknown)
        {
            throw Fault.Thrown($"unknown directive {unknown[0]} when parsing mount {text}");
        }

        string Value(params string[] names) => fields.Find(field => names.Contains(field[0]) && field.Length == 2)?[1] ?? "";
        var (type, source, target) = (Value("type"), Value("source", "src"), Value("target", "dst", "destination"));
        if (type == "tmpfs")
        {
            return new MountRecord("tmpfs", "tmpfs", target, false);
        }

        return Directory.Exists(source) ? new MountRecord("virtiofs", source, target, fields.Exists(field => field[0] is "readonly" or "ro"))
            : throw Fault.Thrown(File.Exists(source) ? $"path '{source}' is not a directory" : $"path '{source}' does not exist");
    }

    private static int ForEach(World world, Arguments parsed, string verb, bool isSilentAboutUnknown, Func<ContainerRecord, string?> act)
    {
        var known = world.Look().Containers;
        List<string> ids = parsed.Has("--all") ? [.. known.Keys] : [.. parsed.Words.Distinct()];
        if (ids.Count == 0 && !parsed.Has("--all"))
        {
            throw Fault.Thrown($"no containers specified and --all not supplied");
        }

        var errors = new List<string>();
        foreach (var id in ids)
        {
            var error = known.TryGetValue(id, out var record) ? act(record)
                : isSilentAboutUnknown ? ""
                : Fault.Collected($"failed to {verb} container", "notFound", $"container with ID {id} not found");
            if (error is null)
            {
                Console.Out.WriteLine(id);
            }
            else if (error.Length > 0)
            {
                errors.Add(error);
            }
        }

        return errors.Count == 0 ? 0 : throw new Fault(string.Join('\n', errors));
    }

    private static void Forget(World world, string id)
    {
        world.Change(state => state.Containers.Remove(id));
        if (Directory.Exists(world.FolderOf(id)))
        {
            Directory.Delete(world.FolderOf(id), recursive: true);
        }
    }

    private static ContainerRecord Get(World world, string id) => world.Look().Containers.GetValueOrDefault(id) ?? throw Fault.Thrown($"get failed: container {id} not found");

    private static void CheckTerminal(ContainerRecord record, bool interactive) => CheckTerminal(record.Terminal && interactive);

    private static void CheckTerminal(bool isNeeded)
    {
        if (isNeeded && !ContainerProcess.InputIsTerminal)
        {
            throw Fault.Thrown("Inappropriate ioctl for device");
        }
    }

    private static List<string> Merge(IEnumerable<string> below, IEnumerable<string> above)
    {
        var merged = new Dictionary<string, string>();
        foreach (var variable in below.Concat(above))
        {
            var parts = variable.Split('=', 2);
            if ((parts.ElementAtOrDefault(1) ?? Environment.GetEnvironmentVariable(parts[0])) is { } value)
            {
                merged[parts[0]] = value;
            }
        }

        string[] variables = [.. merged.Select(variable => $"{variable.Key}={variable.Value}")];
        Random.Shared.Shuffle(variables);
        return [.. variables];
    }

    private static string Table(World world, IEnumerable<ContainerRecord> records)
    {
        var rows = records.Select(record => string.Join("  ", record.Id, record.Reference, "linux", "arm64", ContainerProcess.IsRunning(world, record) ? "running" : "stopped", "", record.Cpus, $"{record.Memory >> 20} MB", record.StartedAt?.ToString("o", CultureInfo.InvariantCulture)));
        return string.Concat(rows.Prepend($"ID  IMAGE  OS  ARCH  STATE  {(world.Release.IsNewEra ? "IP" : "ADDR")}  CPUS  MEMORY  STARTED").Select(row => row + "\n"));
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"\A(\d+)([KkMmGgTtPp]?)[Bb]?\z")]
    private static partial Regex Size();
}
