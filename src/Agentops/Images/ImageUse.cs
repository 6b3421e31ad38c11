using Agentops.Runs;

namespace Agentops.Images;

/// <summary>Images that a run is about to be made from: no <c>agent clean</c> of this state folder takes them until that run has its container.</summary>
internal sealed class ImageUse : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly List<FileStream> locks = [];

    private ImageUse()
    {
    }

    /// <summary>Says that images are about to be used. Several can say so at once; waits while one is being removed, which is short.</summary>
    /// <param name="store">The state folder.</param>
    /// <param name="tags">Of images; they need not be there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Until it is disposed of, or the process ends.</returns>
    public static async Task<ImageUse> Announce(RunStore store, IEnumerable<string> tags, CancellationToken cancellationToken)
    {
        var use = new ImageUse();
        try
        {
            foreach (var tag in tags.Distinct())
            {
                FileStream? held;
                while ((held = store.TryShareLock(NameOf(tag))) is null)
                {
                    await Task.Delay(Pause, cancellationToken);
                }

                use.locks.Add(held);
            }

            return use;
        }
        catch
        {
            use.Dispose();
            throw;
        }
    }

    /// <summary>Asks for an image to remove it.</summary>
    /// <param name="store">The state folder.</param>
    /// <param name="tag">Its tag.</param>
    /// <returns>Until it is disposed of, nobody is told that he may use it; null when somebody is about to.</returns>
    public static IDisposable? TryForbid(RunStore store, string tag) => store.TryLock(NameOf(tag));

    /// <inheritdoc/>
    public void Dispose() => locks.ForEach(held => held.Dispose());

    private static string NameOf(string tag) => $"use-{tag}";
}
