using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Text;
using System.Threading.Channels;
using Agentops.Containers;

namespace Agentops.Tests.Fakes;

/// <summary>A process inside a container of the fake runtime: its streams, its log, its end.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A source without a timer holds nothing to release.")]
internal sealed class FakeRuntimeProcess(bool terminal, bool hasInput)
{
    private readonly Lock gate = new();
    private readonly List<(OutputChannel Channel, byte[] Bytes)> log = [];
    private readonly List<Channel<(OutputChannel Channel, byte[] Bytes)>> listeners = [];
    private readonly CancellationTokenSource killed = new();
    private readonly Pipe input = new();
    private readonly TaskCompletionSource<int> exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int? signalCode;

    /// <summary>Its exit code, when it has ended.</summary>
    public Task<int> Exit => exit.Task;

    /// <summary>Begins, and has printed all that it prints before it waits for something: who asks for its log next finds that there.</summary>
    public void Start(TimeProvider clock, IReadOnlyList<string> words, IReadOnlyList<string> environment, Action<int> ended)
    {
        if (!hasInput)
        {
            input.Writer.Complete();
        }

        var program = new FakeRuntimeProgram(clock, environment, input.Reader, Print);
        _ = Live();

        async Task Live()
        {
            int code;
            try
            {
                code = await program.Run(words, killed.Token);
            }
            catch (OperationCanceledException)
            {
                code = signalCode ?? 137;
            }

            End(code, ended);
        }
    }

    /// <summary>Ends at once, having printed this.</summary>
    public void End(int code, string words, Action<int> ended)
    {
        Print(OutputChannel.Error, words);
        End(code, ended);
    }

    /// <summary>Ends it as the signal does; a signal that ends nothing is ignored.</summary>
    public void Signal(string name)
    {
        signalCode ??= name.Replace("SIG", "", StringComparison.Ordinal) switch
        {
            "HUP" => 129,
            "INT" => 130,
            "QUIT" => 131,
            "KILL" => 137,
            "TERM" => 143,
            _ => null,
        };
        if (signalCode is not null)
        {
            killed.Cancel();
        }
    }

    /// <summary>Its standard streams from now on.</summary>
    public ContainerIo Attach(bool withInput, bool inputOnce)
    {
        var channel = Listen(0);
        var writer = withInput && hasInput ? input.Writer.AsStream(leaveOpen: true) : null;
        void Complete()
        {
            if (writer is not null && inputOnce)
            {
                input.Writer.Complete();
            }
        }

        return new ContainerIo(Read(channel), writer, Complete, () =>
        {
            Complete();
            lock (gate)
            {
                listeners.Remove(channel);
                channel.Writer.TryComplete();
            }

            return ValueTask.CompletedTask;
        });
    }

    /// <summary>What it printed, as lines where a tail is asked for.</summary>
    public IAsyncEnumerable<OutputChunk> ReadLog(bool follow, int? tail)
    {
        lock (gate)
        {
            var channel = Listen(tail ?? int.MaxValue);
            if (!follow)
            {
                listeners.Remove(channel);
                channel.Writer.TryComplete();
            }

            return Read(channel);
        }
    }

    private Channel<(OutputChannel Channel, byte[] Bytes)> Listen(int linesBefore)
    {
        lock (gate)
        {
            var channel = Channel.CreateUnbounded<(OutputChannel, byte[])>();
            foreach (var piece in linesBefore == 0 ? [] : linesBefore == int.MaxValue ? log : log.TakeLast(linesBefore))
            {
                channel.Writer.TryWrite(piece);
            }

            if (exit.Task.IsCompleted)
            {
                channel.Writer.TryComplete();
            }
            else
            {
                listeners.Add(channel);
            }

            return channel;
        }
    }

    private static async IAsyncEnumerable<OutputChunk> Read(Channel<(OutputChannel Channel, byte[] Bytes)> channel)
    {
        await foreach (var (from, bytes) in channel.Reader.ReadAllAsync())
        {
            yield return new OutputChunk(from, bytes);
        }
    }

    private void Print(OutputChannel channel, string text)
    {
        lock (gate)
        {
            // A line an entry, as an engine keeps its log.
            foreach (var line in text.Split('\n').Select((line, index) => (Text: line, Index: index)).ToList() is var lines ? lines.Select(line => line.Index < lines.Count - 1 ? line.Text + "\n" : line.Text) : [])
            {
                if (line.Length == 0)
                {
                    continue;
                }

                var piece = (terminal ? OutputChannel.Out : channel, Encoding.UTF8.GetBytes(terminal ? line.Replace("\n", "\r\n", StringComparison.Ordinal) : line));
                log.Add(piece);
                listeners.ForEach(listener => listener.Writer.TryWrite(piece));
            }
        }
    }

    private void End(int code, Action<int> ended)
    {
        lock (gate)
        {
            // In this order: who has read its output to the end may ask for its exit code.
            ended(code);
            exit.TrySetResult(code);
            listeners.ForEach(listener => listener.Writer.TryComplete());
            listeners.Clear();
        }
    }
}
