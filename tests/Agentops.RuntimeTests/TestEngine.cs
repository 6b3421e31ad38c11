using System.Diagnostics;
using System.Text.Json;
using Agentops.Runtimes;
using Agentops.Runtimes.Engine;

namespace Agentops.RuntimeTests;

/// <summary>A real engine, started for these tests by <c>./build</c>.</summary>
/// <param name="Variable">The environment variable that says where it answers, such as <c>unix:///tmp/engine/docker.sock</c>.</param>
/// <param name="Version">How its version begins.</param>
/// <param name="Driver">What it keeps images with.</param>
public sealed record TestEngine(string Variable, string Version, string Driver) : TestRuntime
{
    public static readonly TestEngine Docker_20_10 = new("AGENTOPS_TEST_DOCKER_20_10", "20.10.", "overlay2");

    public static readonly TestEngine Docker_26_1 = new("AGENTOPS_TEST_DOCKER_26_1", "26.1.", "overlay2");

    public static readonly TestEngine Docker_26_1_containerd_store = new("AGENTOPS_TEST_DOCKER_26_1_CONTAINERD_STORE", "26.1.", "overlayfs")
    {
        Limits = [Limit.NoSizesOfLayers, Limit.NoOrder, Limit.WholeBlocks, Limit.NoBuildKit],
    };

    public static readonly TestEngine Podman = new("AGENTOPS_TEST_PODMAN", "4.3.", "overlay")
    {
        Limits = [Limit.NoSizesOfLayers, Limit.ColonOrComma, Limit.MemoryUnnoticed, Limit.FileOfItsOwn, Limit.InitEndsWith1, Limit.InputEndsWithFirst, Limit.ReadsStepByStep, Limit.StepsRunOn, Limit.OwnersStayIn],
    };

    public static readonly TestEngine Podman_without_root = Podman with { Variable = "AGENTOPS_TEST_PODMAN_WITHOUT_ROOT", IsRootless = true };

    /// <summary>It is an ordinary user's.</summary>
    public bool IsRootless { get; init; }

    private string Endpoint
    {
        get
        {
            var endpoint = Environment.GetEnvironmentVariable(Variable);
            if (string.IsNullOrEmpty(endpoint))
            {
                // Never skipped: a contract that nobody checks is none.
                Assert.Fail($"These tests need a container engine of their own. Run ./build, or set {Variable} to one, such as unix:///tmp/engine/docker.sock.");
            }

            return endpoint!;
        }
    }

    public override Task<IContainerRuntime> Connect() => ConnectWith();

    public override async Task<bool> KeepsLimits()
    {
        if (!IsRootless)
        {
            return true;
        }

        using var info = JsonDocument.Parse(await Get("/v1.41/libpod/info"));
        return info.RootElement.GetProperty("host").GetProperty("cgroupControllers").EnumerateArray().Any(controller => controller.GetString() == "memory");
    }

    /// <summary>The ordinary user whose it is.</summary>
    /// <returns>Such as <c>1000:1000</c>; null when it is root's.</returns>
    public async Task<string?> Owner() => IsRootless ? await OwnerOf(Endpoint["unix://".Length..]) : null;

    /// <summary>Whose a file is.</summary>
    public static async Task<string> OwnerOf(string path)
    {
        using var stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%u:%g", path]) { RedirectStandardOutput = true })!;
        return (await stat.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim();
    }

    public Task<IContainerRuntime> ConnectWithClassicBuilder() => ConnectWith(("DOCKER_BUILDKIT", "0"));

    /// <summary>A way past our own interface.</summary>
    internal EngineConnection Open() => new(EngineEndpoint.Parse(Endpoint, Variable));

    /// <summary>Asks the engine past our own interface.</summary>
    public async Task<string> Get(string path)
    {
        await using var connection = Open();
        return await connection.Ask(
            EngineRequest.Get(path),
            async (answer, cancellationToken) =>
            {
                using var reader = new StreamReader(answer);
                return await reader.ReadToEndAsync(cancellationToken);
            },
            TestContext.Current.CancellationToken);
    }

    /// <summary>Loads images from an archive, past our own interface.</summary>
    public async Task Load(byte[] archive)
    {
        await using var connection = Open();
        await using var answer = await connection.Upload(
            EngineRequest.Post("/images/load?quiet=1"), async (body, token) => await body.WriteAsync(archive, token), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(answer.Stream);
        var text = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain("errorDetail", text, StringComparison.Ordinal);
    }

    /// <summary>The ids in a list.</summary>
    public static IReadOnlyList<string> Ids(string json)
    {
        using var list = JsonDocument.Parse(json);
        return [.. list.RootElement.EnumerateArray().Select(item => item.GetProperty("Id").GetString()!).Order(StringComparer.Ordinal)];
    }

    /// <summary>Connects with other variables set, too.</summary>
    public Task<IContainerRuntime> ConnectWith(params (string Name, string Value)[] variables)
    {
        var environment = variables.Append(("DOCKER_HOST", Endpoint)).Append(("AGENTOPS_TIMEOUT", "60")).ToDictionary(variable => variable.Item1, variable => variable.Item2);
        return RuntimeFinder.Connect(new Surroundings(environment, "/", "/root", 0, 0), new RuntimeRequest(null), TestContext.Current.CancellationToken);
    }
}
