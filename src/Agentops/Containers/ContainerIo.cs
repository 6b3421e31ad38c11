namespace Agentops.Containers;

/// <summary>Where a piece of output came from.</summary>
public enum OutputChannel
{
    /// <summary>Standard output, or everything when there is a terminal.</summary>
    Out = 1,

    /// <summary>Standard error.</summary>
    Error = 2,
}

/// <summary>A piece of a process's output, as it came.</summary>
/// <param name="Channel">Where it came from.</param>
/// <param name="Bytes">Valid until the next piece is asked for.</param>
public readonly record struct OutputChunk(OutputChannel Channel, ReadOnlyMemory<byte> Bytes);

/// <summary>The standard streams of a process inside a container, from outside.</summary>
/// <param name="output">What it prints, until it ends or the connection does.</param>
/// <param name="input">Writes to its standard input; null when that is not open to us.</param>
/// <param name="completeInput">Tells it that its input is at its end; output goes on.</param>
/// <param name="close">Closes the connection; the process goes on.</param>
public sealed class ContainerIo(IAsyncEnumerable<OutputChunk> output, Stream? input, Action completeInput, Func<ValueTask> close) : IAsyncDisposable
{
    /// <summary>What it prints, until it ends or the connection does. To be enumerated once.</summary>
    public IAsyncEnumerable<OutputChunk> Output { get; } = output;

    /// <summary>Writes to its standard input; null when that is not open to us.</summary>
    public Stream? Input { get; } = input;

    /// <summary>Tells it that its input is at its end; output goes on.</summary>
    public void CompleteInput() => completeInput();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => close();
}
