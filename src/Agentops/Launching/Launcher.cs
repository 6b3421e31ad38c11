using System.Diagnostics;
using System.Runtime.InteropServices;
using Agentops.Copying;
using Agentops.Images;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Launching;

/// <summary>Carries a <see cref="LaunchPlan"/> out: record, container, start, and what follows.</summary>
/// <param name="world">The world.</param>
/// <param name="runtime">Where the run will live.</param>
/// <param name="plan">What to do.</param>
internal sealed class Launcher(World world, IContainerRuntime runtime, LaunchPlan plan)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Makes the run and, unless it is detached, stays with it until it ends.</summary>
    /// <param name="image">Its image.</param>
    /// <param name="use">Keeps the image until the container uses it; let go then.</param>
    /// <param name="cancellationToken">Gives up before the command runs; from then on signals go to the agent.</param>
    /// <returns>The command's own exit code; done for a detached run.</returns>
    public async Task<ExitCode> Launch(ImageDetails image, IDisposable use, CancellationToken cancellationToken)
    {
        var (id, record, container) = await Create(image, cancellationToken);
        use.Dispose();
        if (plan.CopiesWorkspace)
        {
            await CopyWorkspace(id, record, container, cancellationToken);
        }

        if (!plan.Request.Detach)
        {
            await world.Streams.Error.WriteLineAsync($"Starting run {id}...");
            return await StayWith(id, record, container, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        await Start(id, record, container, cancellationToken);
        await world.Streams.Out.WriteLineAsync(id.ToString());
        if (plan.Request.Remove)
        {
            world.StartAgent(["finish", id.ToString()]);
        }

        return ExitCode.Done;
    }

    private async Task<(RunId Id, RunRecord Record, string Container)> Create(ImageDetails image, CancellationToken cancellationToken)
    {
        var installation = world.Runs.Installation();
        var user = world.Surroundings is { UserId: { } uid, GroupId: { } gid } ? $"{uid}:{gid}" : null;
        using var self = Process.GetCurrentProcess();
        var creator = new RunCreator(Environment.ProcessId, self.StartTime.ToUniversalTime());

        // An id may be taken by a run of ours, or by a container that another installation made.
        for (var attempt = 0; attempt < 10; attempt++)
        {
            var id = world.NewRunId();
            var record = plan.Record(id, runtime.Identity, installation, creator, world.Clock.GetUtcNow());
            if (!world.Runs.TryCreate(id, record))
            {
                continue;
            }

            try
            {
                var created = await runtime.CreateContainer(plan.Container(id, image, installation, user), cancellationToken);
                foreach (var warning in created.Warnings)
                {
                    await world.Streams.Error.WriteLineAsync($"Warning: {warning}");
                }

                return (id, record, created.Id);
            }
            catch (RuntimeRefusalException refusal) when (refusal.Refusal == RuntimeRefusal.NameTaken)
            {
                world.Runs.Discard(id);
            }
            catch (RuntimeRefusalException)
            {
                // Refused for good: there is no container, so there was no run.
                world.Runs.Discard(id);
                throw;
            }
        }

        throw new AgentopsException("Ten random run ids in a row were taken. Is something making containers named agentops-… all the time?", ExitCode.Failed, "noFreeId");
    }

    private async Task CopyWorkspace(RunId id, RunRecord record, string container, CancellationToken cancellationToken)
    {
        await world.Streams.Error.WriteLineAsync(SafeText.Escape(plan.DescribeCopy(id, runtime.Identity, HomePath.Describe(plan.Request.Workspace, world.Surroundings.Home))));
        var source = new DirectoryInfo(plan.Request.Workspace).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? plan.Request.Workspace;
        var owner = (world.Surroundings.UserId ?? 0, world.Surroundings.GroupId ?? 0);
        Copied? copied = null;
        try
        {
            // To the root of all files, so that the workspace itself becomes the caller's too.
            await runtime.CopyIn(container, "/", async (archive, token) => copied = await Packing.Write(archive, source, MountText.Workspace.TrimStart('/'), owner, token), cancellationToken);
        }
        catch (AgentopsException failure)
        {
            await NoteFailure(id, record, container, $"its workspace could not be copied: {failure.Message}");
            throw new AgentopsException($"The workspace could not be copied to the engine at {runtime.Identity.Endpoint}: {failure.Message}", ExitCode.RunFailed, "cannotCopy", failure);
        }

        await world.Streams.Error.WriteAsync(copied!.DescribeLeftOut());
    }

    private async Task Start(RunId id, RunRecord record, string container, CancellationToken cancellationToken)
    {
        try
        {
            // Not to be cancelled: a start that was given up halfway may have happened all the same.
            await runtime.StartContainer(container, CancellationToken.None);
        }
        catch (RuntimeRefusalException refusal)
        {
            await NoteFailure(id, record, container, refusal.Message);
            throw new AgentopsException(Explain(refusal), ExitCode.RunFailed, "cannotStart", refusal);
        }

        world.Runs.Save(id, record with { StartedAt = world.Clock.GetUtcNow() });
        try
        {
            await plan.Secrets.HandTo(runtime, container, cancellationToken);
        }
        catch
        {
            // Without its secrets it would wait for ever.
            await runtime.StopContainer(container, TimeSpan.FromSeconds(1), CancellationToken.None);
            throw;
        }
    }

    private async Task NoteFailure(RunId id, RunRecord record, string container, string failure)
    {
        world.Runs.Save(id, record with { Failure = failure });
        if (plan.Request.Remove)
        {
            await runtime.RemoveContainer(container, CancellationToken.None);
            world.Runs.Discard(id);
        }
    }

    private string Explain(RuntimeRefusalException refusal) => refusal.Refusal == RuntimeRefusal.CannotStart && !plan.Secrets.IsEmpty && refusal.Message.Contains("/bin/sh", StringComparison.Ordinal)
        ? $"The image of {plan.Recipe.Agent} has no /bin/sh, which handing over secrets needs. Add a shell to the image, or use --env. ({refusal.Message})"
        : $"Cannot start the command of {plan.Recipe.Agent}: {refusal.Message}";

    private async Task<ExitCode> StayWith(RunId id, RunRecord record, string container, CancellationToken cancellationToken)
    {
        var terminal = plan.Request.Terminal;
        var exit = await runtime.WaitForExit(container, cancellationToken);
        await using var io = await runtime.AttachContainer(container, terminal, input: true, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        await Start(id, record, container, cancellationToken);

        var interrupts = 0;
        if (cancellationToken.IsCancellationRequested)
        {
            // It came while the command was being started.
            await PassOn(container, world.Signals.Cause ?? PosixSignal.SIGINT, interrupts);
        }

        // From here on the user's signals are the agent's: they do not cancel us.
        var end = await Session.Join(
            world,
            io,
            terminal,
            (size, token) => runtime.ResizeContainer(container, size, token),
            signal =>
            {
                _ = PassOn(container, signal, signal == PosixSignal.SIGINT ? ++interrupts : 0);
                return false;
            },
            CancellationToken.None);

        switch (end)
        {
            case SessionEnd.HungUp:
                FinishElsewhere(id);
                return new ExitCode(129);
            case SessionEnd.Unread:
                // First, or Podman's monitor would wait for ever until we take the rest of the output.
                await io.DisposeAsync();
                await runtime.StopContainer(container, Grace, CancellationToken.None);
                break;
            case SessionEnd.Detached:
            case SessionEnd.OutputEnded when await Session.GoesOn(runtime, container, exit):
                FinishElsewhere(id);
                await world.Streams.Error.WriteLineAsync($"\nLeft run {id}; it goes on. Back to it: agent attach {id}");
                return ExitCode.Done;
        }

        return await Finish(id, container, await exit);
    }

    private async Task PassOn(string container, PosixSignal signal, int interrupts)
    {
        try
        {
            if (signal == PosixSignal.SIGTERM || interrupts > 2)
            {
                await world.Streams.Error.WriteLineAsync("Stopping the run...");
                await runtime.StopContainer(container, interrupts > 2 ? TimeSpan.FromSeconds(2) : Grace, CancellationToken.None);
            }
            else
            {
                await runtime.SignalContainer(container, signal.ToString(), CancellationToken.None);
            }
        }
        catch (AgentopsException)
        {
            // It has ended already, or the engine is gone: the wait for its end tells which.
        }
    }

    private void FinishElsewhere(RunId id)
    {
        if (plan.Request.Remove)
        {
            world.StartAgent(["finish", id.ToString()]);
        }
    }

    private async Task<ExitCode> Finish(RunId id, string container, int code)
    {
        if (code == 137 && await runtime.FindContainer(container, CancellationToken.None) is { KilledByMemory: not false } details)
        {
            var limit = details.MemoryLimit is { } bytes ? $" of {Limits.DescribeMemory(bytes)}" : "";
            await world.Streams.Error.WriteLineAsync(details.KilledByMemory is true
                ? $"Run {id} was killed: it needed more memory than its limit{limit} (exit code 137). Give it more: --memory, or resources.memory in agent.yaml."
                : $"Run {id} was killed (exit code 137), perhaps because it needed more memory than its limit{limit}: this runtime does not tell. To give it more: --memory, or resources.memory in agent.yaml.");
        }

        if (plan.Request.Remove)
        {
            await EndedRun.Remove(world, runtime, id, CancellationToken.None);
        }

        return ExitCode.Of(code);
    }
}
