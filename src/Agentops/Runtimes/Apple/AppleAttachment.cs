using System.Runtime.CompilerServices;
using Agentops.Containers;
using Agentops.Runs;

namespace Agentops.Runtimes.Apple;

/// <summary>The standard streams of a container that is kept, before or after its start.</summary>
internal sealed class AppleAttachment : IAsyncDisposable
{
    private readonly CancellationTokenSource left = new();
    private readonly TaskCompletionSource<long> begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly KeptInput? input;

    /// <param name="kept">Whose.</param>
    /// <param name="takesInput">Standard input too.</param>
    public AppleAttachment(KeptRun kept, bool takesInput)
    {
        Kept = kept;
        input = takesInput ? new KeptInput(kept) : null;
        Io = new ContainerIo(Read(), input, () => input?.Complete(), DisposeAsync);
    }

    /// <summary>Whose.</summary>
    public KeptRun Kept { get; }

    /// <summary>The streams.</summary>
    public ContainerIo Io { get; }

    /// <summary>It runs now.</summary>
    /// <param name="fromNow">What it printed before is somebody else's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When connected.</returns>
    public async Task Begin(bool fromNow, CancellationToken cancellationToken)
    {
        var file = new FileInfo(Kept.Output);
        begun.TrySetResult(fromNow && file.Exists ? file.Length : 0);
        if (input is not null && !left.IsCancellationRequested)
        {
            await input.Greet(cancellationToken);
        }
    }

    /// <summary>Leaves: the output ends, and so does input that is open once.</summary>
    /// <returns>When left; the process goes on.</returns>
    public async ValueTask DisposeAsync()
    {
        await left.CancelAsync();
        if (input is not null)
        {
            await input.DisposeAsync();
        }
    }

    private async IAsyncEnumerable<OutputChunk> Read([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(left.Token, cancellationToken);
        var pieces = Pieces(over.Token).GetAsyncEnumerator(over.Token);
        await using (pieces)
        {
            while (await Next(pieces, cancellationToken))
            {
                yield return pieces.Current;
            }
        }
    }

    private async IAsyncEnumerable<OutputChunk> Pieces([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var from = await begun.Task.WaitAsync(cancellationToken);
        await foreach (var piece in SavedOutput.Follow(Kept.Output, from, () => Kept.End is not null || Kept.Failure is not null || !Kept.IsKept, cancellationToken))
        {
            yield return piece;
        }
    }

    private static async ValueTask<bool> Next(IAsyncEnumerator<OutputChunk> pieces, CancellationToken cancellationToken)
    {
        try
        {
            return await pieces.MoveNextAsync();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // We left.
            return false;
        }
    }
}
