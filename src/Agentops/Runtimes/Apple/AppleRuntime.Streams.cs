using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Agentops.Containers;
using Agentops.Runs;
using Agentops.Terminal;

namespace Agentops.Runtimes.Apple;

// What goes on: standard streams, logs, waits, commands inside.
internal sealed partial class AppleRuntime
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<AppleAttachment>> waiting = [];
    private readonly ConcurrentDictionary<string, AppleExec> execs = [];

    /// <inheritdoc/>
    public async Task<ContainerIo> AttachContainer(string container, bool terminal, bool input, CancellationToken cancellationToken)
    {
        var details = await Get(container, cancellationToken);
        var attachment = new AppleAttachment(Kept(container), input);
        if (details.Container.State != ContainerState.Running)
        {
            waiting.GetOrAdd(container, _ => []).Add(attachment);
        }
        else if (attachment.Kept.IsKept)
        {
            await attachment.Begin(fromNow: true, cancellationToken);
        }
        else
        {
            throw new RuntimeRefusalException(RuntimeRefusal.Other, $"{container} was not started by agent, and Apple's container lets nobody attach to what runs already. What it printed: container logs {container}");
        }

        return attachment.Io;
    }

    /// <inheritdoc/>
    public async Task<Task<int>> WaitForExit(string container, CancellationToken cancellationToken)
    {
        var details = await Get(container, cancellationToken);
        return details.Container switch
        {
            { State: ContainerState.Exited, ExitCode: { } code } => Task.FromResult(code),
            { State: ContainerState.Exited } => throw Lost(container),
            var other => Exit(container, isRunning: other.State == ContainerState.Running, cancellationToken),
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<OutputChunk> ReadLogs(
        string container, bool terminal, bool follow, int? tail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var details = await Get(container, cancellationToken);
        var kept = Kept(container);
        if (File.Exists(kept.Output))
        {
            var pieces = follow && details.Container.State == ContainerState.Running
                ? SavedOutput.Follow(kept.Output, tail, () => IsOver(kept), cancellationToken)
                : SavedOutput.Read(kept.Output, tail, cancellationToken);
            await foreach (var piece in pieces)
            {
                yield return piece;
            }
        }
        else if (details.StartedAt is not null)
        {
            await foreach (var piece in OwnLogs(container, follow && details.Container.State == ContainerState.Running, tail, cancellationToken))
            {
                yield return piece;
            }
        }
    }

    /// <inheritdoc/>
    public async Task<string> CreateExec(string container, ExecSpec spec, CancellationToken cancellationToken)
    {
        if ((await Get(container, cancellationToken)).Container.State != ContainerState.Running)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.NotRunning, $"Container {container} is not running");
        }

        var id = Guid.NewGuid().ToString("N");
        execs[id] = new AppleExec(container, spec);
        return id;
    }

    /// <inheritdoc/>
    public Task<ContainerIo> StartExec(string exec, ExecSpec spec, CancellationToken cancellationToken) => Task.FromResult(Exec(exec).Start(commandLine));

    /// <inheritdoc/>
    public Task ResizeExec(string exec, TerminalSize size, CancellationToken cancellationToken) => Exec(exec).Resize(size);

    /// <inheritdoc/>
    public Task<int?> ExecExitCode(string exec, CancellationToken cancellationToken) => Task.FromResult(Exec(exec).ExitCode);

    private AppleExec Exec(string exec) => execs.GetValueOrDefault(exec) ?? throw new RuntimeRefusalException(RuntimeRefusal.NotFound, $"No such exec: {exec}");

    private static bool IsOver(KeptRun kept) => kept.End is not null || kept.Failure is not null || !kept.IsKept;

    private static RuntimeRefusalException Lost(string container) => new(
        RuntimeRefusal.Other, $"The exit code of {container} is not known: Apple's container tells it to the one who started it only, and that was not agent, or it was killed.");

    private async Task Begun(string container, CancellationToken cancellationToken)
    {
        if (waiting.TryRemove(container, out var attachments))
        {
            foreach (var attachment in attachments)
            {
                await attachment.Begin(fromNow: false, cancellationToken);
            }
        }
    }

    private async Task<int> Exit(string container, bool isRunning, CancellationToken cancellationToken)
    {
        var kept = Kept(container);
        var look = TimeSpan.FromSeconds(1);
        var sinceLook = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (kept.End is { } end)
            {
                return end.Code ?? throw Lost(container);
            }

            // Nobody notes the end of one that was started by hand, or whose keeper was killed.
            if (sinceLook.Elapsed > look && !kept.IsKept)
            {
                var now = await Get(container, cancellationToken);
                if (now.Container.State == ContainerState.Exited && kept.End is null)
                {
                    throw Lost(container);
                }

                sinceLook.Restart();
            }

            await Task.Delay(isRunning ? 2 * Glance : Glance, cancellationToken);
        }
    }

    // Both outputs in one, of the last start. Followed, it never ends by itself.
    private async IAsyncEnumerable<OutputChunk> OwnLogs(string container, bool follow, int? tail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (tail is 0 && !follow)
        {
            yield break;
        }

        var process = commandLine.Start(["logs", .. follow ? ["--follow"] : Array.Empty<string>(), .. tail is { } lines ? ["-n", lines.ToString(System.Globalization.CultureInfo.InvariantCulture)] : Array.Empty<string>(), container]);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            process.StandardInput.Close();
            var error = AppleCommandLine.ReadStart(process.StandardError.BaseStream, over.Token);
            _ = follow ? EndWith(container, process, over.Token) : Task.CompletedTask;
            var buffer = new byte[32 * 1024];
            while (await process.StandardOutput.BaseStream.ReadAsync(buffer, cancellationToken) is > 0 and var length)
            {
                yield return new OutputChunk(OutputChannel.Out, buffer.AsMemory(0, length));
            }

            await process.WaitForExitAsync(cancellationToken);
            if (process.ExitCode != 0 && !follow)
            {
                throw AppleRefusal.Of(new AppleAnswer("container logs", process.ExitCode, default, await error));
            }
        }
        finally
        {
            await over.CancelAsync();
            AppleCommandLine.End(process);
            process.Dispose();
        }
    }

    private async Task EndWith(string container, System.Diagnostics.Process process, CancellationToken cancellationToken)
    {
        try
        {
            while (await FindContainer(container, cancellationToken) is { Container.State: ContainerState.Running })
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
            }

            AppleCommandLine.End(process);
        }
        catch (Exception over) when (over is OperationCanceledException or AgentopsException or InvalidOperationException)
        {
            // Nobody reads any more, or the services went away; the reader ends it then.
        }
    }
}
