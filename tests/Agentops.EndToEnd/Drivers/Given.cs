namespace Agentops.EndToEnd.Drivers;

/// <summary>What <c>./build</c> hands to these tests. Without it they fail: a test that needs an engine is never skipped.</summary>
internal static class Given
{
    /// <summary>The native binary under test, <c>AGENTOPS_TEST_AGENT</c>.</summary>
    public static string AgentBinary { get; } = Variable("AGENTOPS_TEST_AGENT", File.Exists);

    /// <summary>The engine to test on, <c>AGENTOPS_TEST_ENGINE</c>, such as <c>unix:///tmp/x/docker.sock</c>.</summary>
    public static string EngineHost { get; } = Variable("AGENTOPS_TEST_ENGINE", host => host.StartsWith("unix:///", StringComparison.Ordinal) && File.Exists(host["unix://".Length..]));

    /// <summary>The engine's socket.</summary>
    public static string EngineSocket => EngineHost["unix://".Length..];

    private static string Variable(string name, Func<string, bool> isThere) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value && isThere(value)
            ? value
            : throw new InvalidOperationException($"{name} is '{Environment.GetEnvironmentVariable(name)}', which is not there. These tests drive the native binary on a real engine: ./build test sets both up.");
}
