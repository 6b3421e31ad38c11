using Agentops.Runs;
using Agentops.Runtimes;

namespace Agentops.Launching;

/// <summary>What <c>--rm</c> does at the end of a run.</summary>
internal static class EndedRun
{
    /// <summary>Keeps the output and the exit code of an ended run, then removes its container. Killed in between, nothing is lost: the container stays.</summary>
    /// <param name="world">The world.</param>
    /// <param name="runtime">Where the run lives.</param>
    /// <param name="id">The run.</param>
    /// <param name="cancellationToken">Stops before the next step.</param>
    /// <returns>When its container is gone.</returns>
    public static async Task Remove(World world, IContainerRuntime runtime, RunId id, CancellationToken cancellationToken)
    {
        if (await runtime.FindContainer(id.ContainerName, cancellationToken) is not { } details)
        {
            return;
        }

        await using (var draft = world.Runs.DraftOutput(id))
        {
            await foreach (var chunk in runtime.ReadLogs(details.Container.Id, details.HasTerminal, follow: false, tail: null, cancellationToken))
            {
                SavedOutput.Append(draft, chunk);
            }

            draft.Flush(flushToDisk: true);
        }

        world.Runs.KeepOutput(id);
        if (world.Runs.Read(id)?.Record is { } record)
        {
            world.Runs.Save(id, record with { EndedAt = details.FinishedAt ?? world.Clock.GetUtcNow(), ExitCode = details.Container.ExitCode });
        }

        await runtime.RemoveContainer(details.Container.Id, cancellationToken);
    }
}
