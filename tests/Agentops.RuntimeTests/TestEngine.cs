using System.Text.Json;
using Agentops.Runtimes;
using Agentops.Runtimes.Engine;

namespace Agentops.RuntimeTests;

/// <summary>The engine that <c>./build</c> starts for these tests, named in <c>AGENTOPS_TEST_ENGINE</c>.</summary>
internal static class TestEngine
{
    /// <summary>What looks at all of the engine cannot share it.</summary>
    public const string OneAtATime = "engine";

    private static string Endpoint
    {
        get
        {
            var endpoint = Environment.GetEnvironmentVariable("AGENTOPS_TEST_ENGINE");
            if (string.IsNullOrEmpty(endpoint))
            {
                // Never skipped: a contract that nobody checks is none.
                Assert.Fail("These tests need a container engine of their own. Run ./build, or set AGENTOPS_TEST_ENGINE to one, such as unix:///tmp/engine/docker.sock.");
            }

            return endpoint!;
        }
    }

    public static Task<IContainerRuntime> Connect(params (string Name, string Value)[] variables)
    {
        var environment = variables.Append(("DOCKER_HOST", Endpoint)).Append(("AGENTOPS_TIMEOUT", "60")).ToDictionary(variable => variable.Item1, variable => variable.Item2);
        return RuntimeFinder.Connect(new Surroundings(environment, "/", "/root", 0, 0), new RuntimeRequest(null), TestContext.Current.CancellationToken);
    }

    /// <summary>Asks the engine past our own interface.</summary>
    public static async Task<string> Get(string path)
    {
        await using var connection = new EngineConnection(EngineEndpoint.Parse(Endpoint, "AGENTOPS_TEST_ENGINE"));
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
    public static async Task Load(byte[] archive)
    {
        await using var connection = new EngineConnection(EngineEndpoint.Parse(Endpoint, "AGENTOPS_TEST_ENGINE"));
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
}
