using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

// What goes on: standard streams, logs, waits.
internal sealed partial class EngineRuntime
{
    /// <inheritdoc/>
    public async Task<ContainerIo> AttachContainer(string container, bool terminal, bool input, CancellationToken cancellationToken)
    {
        // The engine's own detach keys (Ctrl+P Ctrl+Q) would hold back a key the agent may want; bytes FF and FE are no keys in UTF-8.
        var path = $"/containers/{EngineRequest.Name(container)}/attach?stream=1&stdout=1&stderr=1&stdin={(input ? 1 : 0)}&detachKeys=%FF%2C%FE%2C%FF";
        var taken = await connection.Hijack(EngineRequest.Post(path, EngineOperation.Running), cancellationToken);
        return taken.AsIo(terminal, input);
    }

    /// <inheritdoc/>
    public async Task<ContainerIo> StartExec(string exec, ExecSpec spec, CancellationToken cancellationToken)
    {
        var request = EngineRequest.Post($"/exec/{EngineRequest.Name(exec)}/start", EngineOperation.Start)
            .With(new WireExecStart(Detach: false, spec.Terminal), EngineJson.Default.WireExecStart);
        var taken = await connection.Hijack(request, cancellationToken);
        return taken.AsIo(spec.Terminal, spec.Input);
    }

    /// <inheritdoc/>
    public async Task<Task<int>> WaitForExit(string container, CancellationToken cancellationToken)
    {
        // next-exit, as not-running would be true at once for one that was not started yet. The head of the answer comes when the engine listens.
        var answer = await connection.Open(EngineRequest.Post($"/containers/{EngineRequest.Name(container)}/wait?condition=next-exit"), cancellationToken);
        return Exit(container, answer, cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<OutputChunk> ReadLogs(
        string container, bool terminal, bool follow, int? tail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = tail is { } count ? count.ToString(CultureInfo.InvariantCulture) : "all";
        var path = $"/containers/{EngineRequest.Name(container)}/logs?stdout=1&stderr=1&follow={(follow ? 1 : 0)}&tail={lines}";
        await using var answer = await connection.Open(EngineRequest.Get(path), cancellationToken);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waiting = new Waiting();
        var watch = follow && greeting.IsPodman ? EndWithProcess(container, waiting, over) : Task.CompletedTask;
        try
        {
            await using var chunks = OutputReader.Read(answer, terminal, over.Token).GetAsyncEnumerator(over.Token);
            while (await Next(chunks, waiting, over.Token, cancellationToken))
            {
                yield return chunks.Current;
            }
        }
        finally
        {
            await over.CancelAsync();
            await watch;
        }
    }

    private static async ValueTask<bool> Next(IAsyncEnumerator<OutputChunk> chunks, Waiting waiting, CancellationToken over, CancellationToken cancellationToken)
    {
        waiting.Since = Stopwatch.GetTimestamp();
        try
        {
            return await chunks.MoveNextAsync();
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            waiting.Since = 0;
        }
    }

    // Podman may miss the end of a process whose output it follows, and then follows it for ever: when it has ended and nothing comes any more, that was all.
    private async Task EndWithProcess(string container, Waiting waiting, CancellationTokenSource over)
    {
        try
        {
            for (var hasEnded = false; !hasEnded || waiting.Since is 0 || Stopwatch.GetElapsedTime(waiting.Since) < LastOutput; await Task.Delay(LastOutput, over.Token))
            {
                hasEnded = await FindContainer(container, over.Token) is not { Container.HasEnded: false };
            }

            await over.CancelAsync();
        }
        catch (Exception failure) when (failure is AgentopsException or OperationCanceledException)
        {
            // It is over, or whoever reads is told the same.
        }
    }

    private sealed class Waiting
    {
        private long since;

        /// <summary>When the reader began to wait for output; 0 while it does not.</summary>
        public long Since
        {
            get => Volatile.Read(ref since);
            set => Volatile.Write(ref since, value);
        }
    }

    private static readonly TimeSpan LastOutput = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    private async Task<int> Exit(string container, EngineStream answer, CancellationToken cancellationToken)
    {
        await using (answer)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var next = ReadExit(answer, over.Token);
            // It may have ended before: then no exit is next. Asked after the engine listens, so that no end falls between the two.
            for (var pause = TimeSpan.FromMilliseconds(250); ; pause = pause < LongestPause ? pause * 2 : LongestPause)
            {
                if (await EndedBefore(container, next, cancellationToken) is { } code)
                {
                    await over.CancelAsync();
                    await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                    return code;
                }

                // Podman listens by looking now and then for it to run, and after that to end: what it missed it waits for in vain
                // (https://github.com/containers/podman/issues/28514, up to 5.8).
                if (!greeting.IsPodman || await Task.WhenAny(next, Task.Delay(pause, cancellationToken)) == next)
                {
                    return await next;
                }
            }
        }
    }

    private async Task<int?> EndedBefore(string container, Task next, CancellationToken cancellationToken)
    {
        try
        {
            return next.IsCompleted ? null : (await FindContainer(container, cancellationToken))?.Container.ExitCode;
        }
        catch (AgentopsException) when (next.IsCompleted)
        {
            return null;
        }
    }

    private static async Task<int> ReadExit(EngineStream answer, CancellationToken cancellationToken)
    {
        try
        {
            // {"Error":null,"StatusCode":137}
            var wait = await JsonSerializer.DeserializeAsync(answer.Stream, EngineJson.Default.WireWait, cancellationToken) ?? throw new JsonException();
            return wait.Error?.Message is { Length: > 0 } error
                ? throw new RuntimeRefusalException(RuntimeRefusal.Other, error)
                : wait.StatusCode ?? throw new JsonException();
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && answer.Translate(failure) is { } told)
        {
            throw told;
        }
    }
}
