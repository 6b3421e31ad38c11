using Agentops.Runtimes;

namespace Agentops.RuntimeTests;

/// <summary>The engine that <c>./build</c> starts for these tests, named in <c>AGENTOPS_TEST_ENGINE</c>.</summary>
internal static class TestEngine
{
    public static Task<IContainerRuntime> Connect(params (string Name, string Value)[] variables)
    {
        var endpoint = Environment.GetEnvironmentVariable("AGENTOPS_TEST_ENGINE");
        if (string.IsNullOrEmpty(endpoint))
        {
            // Never skipped: a contract that nobody checks is none.
            Assert.Fail("These tests need a container engine of their own. Run ./build, or set AGENTOPS_TEST_ENGINE to one, such as unix:///tmp/engine/docker.sock.");
        }

        var environment = variables.Append(("DOCKER_HOST", endpoint!)).ToDictionary(variable => variable.Item1, variable => variable.Item2);
        return RuntimeFinder.Connect(new Surroundings(environment, "/", "/root", 0, 0), new RuntimeRequest(null), TestContext.Current.CancellationToken);
    }
}
