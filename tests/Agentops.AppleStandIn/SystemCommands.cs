using System.Text.Json.Nodes;

namespace Agentops.AppleStandIn;

/// <summary><c>container --version</c> and <c>container system …</c>.</summary>
internal static class SystemCommands
{
    private const string Commit = "ee848e3ebc5b30b2a9f2c9b7e1f2c1f7ce1b2d11";

    public static int Root(World world, IReadOnlyList<string> args)
    {
        if (!args.Contains("--version"))
        {
            throw Fault.Usage(args.Count > 0 ? $"Unknown option '{args[0]}'" : "Missing a command", "<subcommand>");
        }

        Console.Out.WriteLine($"container CLI version {world.Release} (build: release, commit: {Commit[..7]})");
        return 0;
    }

    public static int Status(World world, Trouble trouble, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("system status", args, [], world.Release.Since(0, 10) ? ["-p|--prefix", "--format"] : ["-p|--prefix"]);
        var asJson = parsed.Format(world.Release, "system status") != "table";
        var status = trouble.IsStalled ? "not running" : trouble.IsDown ? "unregistered" : "running";
        if (!asJson)
        {
            Console.Out.WriteLine(status switch
            {
                "running" when world.Release.Since(0, 10) => $"FIELD  VALUE\nstatus  running\nappRoot  {world.Folder}",
                "running" => "apiserver is running",
                "unregistered" => "apiserver is not running and not registered with launchd",
                _ => "apiserver is not running",
            });
        }
        else
        {
            Console.Out.Write(Json.Print(world.Release.Since(1, 4, 1) ? Nested(world, status) : Flat(world, status), world.Release, pretty: false));
        }

        return status == "running" ? 0 : 1;
    }

    public static int Version(World world, Trouble trouble, IReadOnlyList<string> args)
    {
        if (!world.Release.Since(0, 10))
        {
            throw Fault.Usage("Unexpected argument 'version'", "system");
        }

        Arguments.Parse("system version", args, [], ["--format"]).Format(world.Release, "system version");
        var parts = new JsonArray((JsonNode)Part("container", world.Release.ToString()));
        if (!trouble.IsDown)
        {
            parts.Add((JsonNode)Part("container-apiserver", world.Release.Since(1, 4, 1) ? world.Release.ToString() : Sentence(world)));
        }

        Console.Out.Write(Json.Print(parts, world.Release, pretty: false));
        return 0;
    }

    public static int DiskUsage(World world, IReadOnlyList<string> args)
    {
        Arguments.Parse("system df", args, [], ["--format"]).Format(world.Release, "system df");
        var state = world.Look();
        var containers = state.Containers.Values.ToList();
        var running = containers.Count(container => ContainerProcess.IsRunning(world, container));
        var used = containers.Select(container => container.Reference).Distinct().Count(state.References.ContainsKey);
        // The builder's and vminit's images count here, and are hidden elsewhere.
        var usage = new JsonObject
        {
            ["containers"] = Usage(containers.Count, running, 200_000_000L * containers.Count, 200_000_000L * (containers.Count - running)),
            ["images"] = Usage(state.References.Count + 2, used, state.Images.Values.Sum(image => image.Layers.Sum(layer => 3 * layer.Size)), 0),
            ["volumes"] = Usage(state.Volumes.Count, 0, 0, 0),
        };
        Console.Out.Write(Json.Print(usage, world.Release, pretty: true));
        return 0;
    }

    private static JsonObject Usage(int total, int active, long size, long reclaimable) => new() { ["active"] = active, ["reclaimable"] = reclaimable, ["sizeInBytes"] = size, ["total"] = total };

    private static JsonObject Flat(World world, string status)
    {
        var isUp = status == "running";
        return new JsonObject
        {
            ["apiServerAppName"] = isUp ? "container-apiserver" : "",
            ["apiServerBuild"] = isUp ? "release" : "",
            ["apiServerCommit"] = isUp ? Commit : "",
            ["apiServerVersion"] = isUp ? Sentence(world) : "",
            ["appRoot"] = isUp ? world.Folder + "/" : "",
            ["installRoot"] = isUp ? "/usr/local/" : "",
            ["status"] = status,
        };
    }

    private static JsonObject Nested(World world, string status)
    {
        if (status != "running")
        {
            return new JsonObject { ["status"] = status };
        }

        var state = world.Look();
        return new JsonObject
        {
            ["status"] = status,
            ["client"] = Part("container", world.Release.ToString(), "build"),
            ["server"] = Part("container-apiserver", world.Release.ToString(), "build"),
            ["host"] = new JsonObject { ["architecture"] = "arm64", ["cpus"] = 8, ["operatingSystem"] = "macOS 26.0" },
            ["resources"] = new JsonObject
            {
                ["containersRunning"] = state.Containers.Values.Count(container => ContainerProcess.IsRunning(world, container)),
                ["containersTotal"] = state.Containers.Count,
                ["images"] = state.References.Count,
            },
            ["paths"] = new JsonObject { ["appRoot"] = world.Folder + "/", ["installRoot"] = "/usr/local/" },
        };
    }

    private static JsonObject Part(string name, string version, string build = "buildType") => new() { ["appName"] = name, [build] = "release", ["commit"] = Commit, ["version"] = version };

    private static string Sentence(World world) => $"container-apiserver version {world.Release} (build: release, commit: {Commit[..7]})";
}
