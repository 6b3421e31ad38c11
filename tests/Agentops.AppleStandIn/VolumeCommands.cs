using System.Text.Json.Nodes;

namespace Agentops.AppleStandIn;

/// <summary><c>container volume …</c>: names and labels, nothing in them.</summary>
internal static class VolumeCommands
{
    private const long Capacity = 549_755_813_888;

    public static int Create(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("volume create", args, [], ["--label", "--opt", "-s"], 1);
        var name = parsed.Words is [var only] ? only : throw Fault.Usage("Missing expected argument '<name>'", "volume create");
        world.Change(state => state.Volumes[name] = new VolumeRecord
        {
            CreatedAt = DateTimeOffset.UtcNow,
            Labels = parsed.Values("--label").Select(label => label.Split('=', 2)).ToDictionary(label => label[0], label => label.ElementAtOrDefault(1) ?? ""),
        });
        Console.Out.WriteLine(name);
        return 0;
    }

    public static int List(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("volume list", args, ["-q|--quiet"], ["--format"]);
        var volumes = world.Look().Volumes;
        Console.Out.Write(parsed.Format(world.Release, "volume list") != "table"
            ? Json.Print(new JsonArray([.. volumes.Select(volume => Of(world, volume.Key, volume.Value))]), world.Release, pretty: false)
            : string.Concat(volumes.Keys.Select(name => name + "\n")));
        return 0;
    }

    public static int Inspect(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("volume inspect", args, [], []);
        var volumes = world.Look().Volumes;
        if (parsed.Words.Find(name => !volumes.ContainsKey(name)) is { } missing)
        {
            throw Fault.Thrown(world.Release.IsNewEra ? $"volume not found: {missing}" : $"volume '{missing}' not found");
        }

        Console.Out.Write(Json.Print(new JsonArray([.. parsed.Words.Select(name => Of(world, name, volumes[name]))]), world.Release, pretty: true));
        return 0;
    }

    public static int Delete(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("volume delete", args, ["-a|--all"], []);
        world.Change(state =>
        {
            if (parsed.Words.Where(name => !state.Volumes.ContainsKey(name)).ToList() is { Count: > 0 } unknown)
            {
                throw Fault.Thrown($"failed to delete one or more volumes: [{string.Join(", ", unknown.Select(name => $"\"{name}\""))}]");
            }

            foreach (var name in parsed.Words)
            {
                if (state.Containers.Values.Any(container => container.Mounts.Any(mount => mount.Type == "volume" && mount.Source == name)))
                {
                    throw new Fault(
                        $"failed to delete volume: [\"id\": {name}, \"error\": invalidArgument: \"volume '{name}' is currently in use and cannot be accessed by another container, or deleted\"]\n"
                        + $"Error: delete failed for one or more volumes: [\"{name}\"]");
                }

                state.Volumes.Remove(name);
                Console.Out.WriteLine(name);
            }
        });
        return 0;
    }

    private static JsonObject Of(World world, string name, VolumeRecord volume)
    {
        var source = Path.Combine(world.Folder, "volumes", name, "volume.img");
        var described = new JsonObject
        {
            [world.Release.IsNewEra ? "creationDate" : "createdAt"] = Json.Date(volume.CreatedAt, world.Release),
            ["driver"] = "local",
            ["format"] = "ext4",
            ["labels"] = Json.Map(volume.Labels),
            ["name"] = name,
            ["options"] = new JsonObject(),
            ["sizeInBytes"] = Capacity,
            ["source"] = source,
        };
        return world.Release.IsNewEra ? new JsonObject { ["configuration"] = described, ["id"] = name } : described;
    }
}
