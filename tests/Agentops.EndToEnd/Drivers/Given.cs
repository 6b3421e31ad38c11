namespace Agentops.EndToEnd.Drivers;

/// <summary>What <c>./build</c> hands to these tests. Without it they fail: a test that needs an engine is never skipped.</summary>
internal static class Given
{
    /// <summary>The native binary under test, <c>AGENTOPS_TEST_AGENT</c>.</summary>
    public static string AgentBinary => Variable("AGENTOPS_TEST_AGENT", File.Exists);

    /// <summary>The engine to test on, <c>AGENTOPS_TEST_ENGINE</c>, such as <c>unix:///tmp/x/docker.sock</c>.</summary>
    public static string EngineHost => Variable("AGENTOPS_TEST_ENGINE", IsSocket);

    /// <summary>A second engine, <c>AGENTOPS_TEST_DOCKER_26_1</c>, for tests that count or shake all that is on one.</summary>
    public static string OtherEngineHost => Variable("AGENTOPS_TEST_DOCKER_26_1", IsSocket);

    /// <summary>The socket of an ordinary user's Podman, <c>AGENTOPS_TEST_PODMAN_WITHOUT_ROOT</c>; it is that user's.</summary>
    public static string PodmanSocket => Variable("AGENTOPS_TEST_PODMAN_WITHOUT_ROOT", IsSocket)["unix://".Length..];

    /// <summary>The socket of root's Podman, <c>AGENTOPS_TEST_PODMAN</c>.</summary>
    public static string RootsPodmanSocket => Variable("AGENTOPS_TEST_PODMAN", IsSocket)["unix://".Length..];

    /// <summary>What that user's <c>XDG_RUNTIME_DIR</c> is: the socket is where a Podman listens by itself.</summary>
    public static string PodmanRuntimeFolder => PodmanSocket.EndsWith("/podman/podman.sock", StringComparison.Ordinal)
        ? PodmanSocket[..^"/podman/podman.sock".Length]
        : throw new InvalidOperationException($"{PodmanSocket} is not where a user's Podman listens by itself.");

    /// <summary>An ssh server that leads to the engine, <c>AGENTOPS_TEST_SSH</c>: a folder made by <c>scripts/sshd</c>.</summary>
    public static string SshServer => Variable("AGENTOPS_TEST_SSH", folder => File.Exists(Path.Combine(folder, "address")));

    private static bool IsSocket(string host) => host.StartsWith("unix:///", StringComparison.Ordinal) && File.Exists(host["unix://".Length..]);

    private static string Variable(string name, Func<string, bool> isThere) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value && isThere(value)
            ? value
            : throw new InvalidOperationException($"{name} is '{Environment.GetEnvironmentVariable(name)}', which is not there. These tests drive the native binary on a real engine: ./build test sets both up.");
}
