using System.Globalization;
using System.Text.Json.Nodes;

namespace Agentops.AppleStandIn;

/// <summary>A container in the JSON of each era.</summary>
internal static class ContainerJson
{
    public static JsonObject Of(World world, ContainerRecord container)
    {
        var release = world.Release;
        var running = ContainerProcess.IsRunning(world, container);
        var networks = new JsonArray();
        if (running && container.HasNetwork)
        {
            var network = new JsonObject { ["hostname"] = container.Id, ["ipv4Address"] = "192.168.64.3/24", ["ipv4Gateway"] = "192.168.64.1", ["network"] = "default" };
            if (release.IsNewEra)
            {
                network["macAddress"] = "02:42:ac:11:00:02";
                network["mtu"] = 1280;
            }

            networks.Add((JsonNode)network);
        }

        var word = running ? "running" : "stopped";
        if (!release.IsNewEra)
        {
            var flat = new JsonObject { ["status"] = word, ["networks"] = networks, ["configuration"] = Configuration(container, release) };
            if (container.StartedAt is { } at)
            {
                flat["startedDate"] = Json.Date(at, release);
            }

            return flat;
        }

        var status = new JsonObject { ["networks"] = networks, ["state"] = word };
        if (container.StartedAt is { } started)
        {
            status["startedDate"] = Json.Date(started, release);
        }

        return new JsonObject { ["configuration"] = Configuration(container, release), ["id"] = container.Id, ["status"] = status };
    }

    /// <summary>The builder's container, which is listed as others are.</summary>
    public static ContainerRecord Builder() => new()
    {
        Id = "buildkit",
        Reference = "ghcr.io/apple/container-builder-shim/builder:0.8.0",
        Digest = new string('b', 64),
        Executable = "/usr/local/bin/container-builder-shim",
        Labels = new() { ["com.apple.container.plugin"] = "builder", ["com.apple.container.resource.role"] = "builder" },
        Cpus = 2,
        Memory = 2L << 30,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private static JsonObject Configuration(ContainerRecord container, Release release)
    {
        var configuration = new JsonObject
        {
            ["dns"] = new JsonObject { ["nameservers"] = new JsonArray(), ["options"] = new JsonArray(), ["searchDomains"] = new JsonArray() },
            ["id"] = container.Id,
            ["image"] = new JsonObject
            {
                ["descriptor"] = ImageJson.Descriptor(container.Digest),
                ["reference"] = container.Reference,
            },
            ["initProcess"] = new JsonObject
            {
                ["arguments"] = Json.Strings(container.Arguments),
                ["environment"] = Json.Strings(container.Environment),
                ["executable"] = container.Executable,
                ["rlimits"] = new JsonArray(),
                ["supplementalGroups"] = new JsonArray(),
                ["terminal"] = container.Terminal,
                ["user"] = User(container.User),
                ["workingDirectory"] = container.WorkingDirectory,
            },
            ["labels"] = Json.Map(container.Labels),
            ["mounts"] = new JsonArray([.. container.Mounts.Select(Mount)]),
            ["networks"] = container.HasNetwork
                ? new JsonArray(new JsonObject { ["network"] = "default", ["options"] = new JsonObject { ["hostname"] = container.Id, ["mtu"] = 1280 } })
                : new JsonArray(),
            ["platform"] = new JsonObject { ["architecture"] = "arm64", ["os"] = "linux" },
            ["publishedPorts"] = new JsonArray(),
            ["publishedSockets"] = new JsonArray(),
            ["readOnly"] = false,
            ["resources"] = new JsonObject { ["cpus"] = container.Cpus, ["memoryInBytes"] = container.Memory },
            ["rosetta"] = false,
            ["runtimeHandler"] = "container-runtime-linux",
            ["ssh"] = false,
            ["sysctls"] = new JsonObject(),
            ["useInit"] = container.Init,
            ["virtualization"] = false,
        };
        if (release.Since(0, 12))
        {
            configuration["capAdd"] = new JsonArray();
            configuration["capDrop"] = new JsonArray();
        }

        if (release.IsNewEra)
        {
            configuration["creationDate"] = Json.Date(container.CreatedAt, release);
        }

        if (release.IsNewEra && container.StopSignal is { } signal)
        {
            configuration["stopSignal"] = signal;
        }

        return configuration;
    }

    private static JsonObject User(string? user) =>
        user?.Split(':') is [var uid, var gid] && int.TryParse(uid, CultureInfo.InvariantCulture, out var u) && int.TryParse(gid, CultureInfo.InvariantCulture, out var g)
            ? new JsonObject { ["id"] = new JsonObject { ["gid"] = g, ["uid"] = u } }
            : user is null ? new JsonObject { ["id"] = new JsonObject { ["gid"] = 0, ["uid"] = 0 } }
            : new JsonObject { ["raw"] = new JsonObject { ["userString"] = user } };

    private static JsonObject Mount(MountRecord mount) => new()
    {
        ["destination"] = mount.Target,
        ["options"] = mount.ReadOnly ? new JsonArray("ro") : new JsonArray(),
        ["source"] = mount.Source,
        ["type"] = mount.Type == "volume"
            ? new JsonObject { ["volume"] = new JsonObject { ["cache"] = new JsonObject { ["on"] = new JsonObject() }, ["format"] = "ext4", ["name"] = mount.Source, ["sync"] = new JsonObject { ["fsync"] = new JsonObject() } } }
            : new JsonObject { [mount.Type] = new JsonObject() },
    };
}
