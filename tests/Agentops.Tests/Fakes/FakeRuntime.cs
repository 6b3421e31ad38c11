using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Agentops.Runtimes;

namespace Agentops.Tests.Fakes;

/// <summary>A runtime in memory that refuses what real ones refuse; <c>RuntimeContract</c> runs on it and on them. Ids come from a counter: transcripts are stable.</summary>
/// <param name="clock">For instants and for <c>sleep</c>.</param>
public sealed partial class FakeRuntime(TimeProvider clock) : IContainerRuntime
{
    private readonly Lock gate = new();
    private readonly ConcurrentQueue<string> calls = new();
    private readonly ConcurrentDictionary<string, Exception> failures = new();
    private readonly ConcurrentDictionary<string, Action<string?>> hooks = new();
    private readonly ConcurrentQueue<FakeRemoval> removals = new();
    private readonly AsyncLocal<string?> caller = new();
    private int lastId;

    /// <summary>On the clock of the machine.</summary>
    public FakeRuntime()
        : this(TimeProvider.System)
    {
    }

    public RuntimeIdentity Identity { get; init; } = new("docker", "20.10.24", "unix:///var/run/docker.sock");

    /// <summary>What it says of itself.</summary>
    public RuntimeFacts Facts { get; set; } = new()
    {
        OldestApi = new(1, 24),
        NewestApi = new(1, 45),
        IsRootless = false,
        StorageDriver = "overlay2",
        DataRoot = "/var/lib/docker",
        HostName = "laptop",
        LackingLimits = [],
    };

    /// <summary>Each call so far: <c>BuildImage agentops/hello:latest</c>, <c>ListContainers</c>.</summary>
    public IReadOnlyList<string> Calls => [.. calls];

    /// <summary>From now on, each call of this name throws.</summary>
    public void Fail(string member, Exception failure) => failures[member] = failure;

    /// <summary>From now on, calls of this name work again.</summary>
    public void Mend(string member) => failures.TryRemove(member, out _);

    /// <summary>From now on, this happens just before each call of this name, which it is told the argument of: the world changes meanwhile. It may throw what the call is to throw.</summary>
    public void Before(string member, Action<string?> happens) => hooks[member] = happens;

    /// <summary>Until it is disposed of, calls are somebody else's: nothing of <see cref="Fail"/> and <see cref="Before"/> happens to them.</summary>
    public IDisposable As(string somebody)
    {
        caller.Value = somebody;
        return new Restored(this);
    }

    /// <summary>What was really removed by calls, in order.</summary>
    public IReadOnlyList<FakeRemoval> Removals => [.. removals];

    public Task<RuntimeFacts> Describe(CancellationToken cancellationToken)
    {
        Called();
        return Task.FromResult(Facts);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Called(string? argument = null, [CallerMemberName] string member = "")
    {
        calls.Enqueue(argument is null ? member : $"{member} {argument}");
        if (caller.Value is not null)
        {
            return;
        }

        if (failures.TryGetValue(member, out var failure))
        {
            throw failure;
        }

        if (hooks.TryGetValue(member, out var happens))
        {
            happens(argument);
        }
    }

    private string NextId(string kind) => Hash($"{kind} {Interlocked.Increment(ref lastId)}");

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private sealed class Restored(FakeRuntime runtime) : IDisposable
    {
        public void Dispose() => runtime.caller.Value = null;
    }

    private static RuntimeRefusalException Refuse(RuntimeRefusal refusal, string message) => new(refusal, message);
}
