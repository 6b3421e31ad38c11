using Agentops.Containers;

namespace Agentops.Runtimes.Engine;

// What creating a container takes on Podman.
internal sealed partial class EngineRuntime
{
    private async Task<CreatedContainer> CreateOnPodman(ContainerSpec spec, CancellationToken cancellationToken)
    {
        // Podman 4.3 would make the folder, as its own user's.
        if (connection.Endpoint.SocketPath is not null && spec.Mounts.FirstOrDefault(mount => !Path.Exists(mount.Source)) is { } missing)
        {
            throw new RuntimeRefusalException(RuntimeRefusal.Other, $"The mount's source does not exist: {missing.Source}");
        }

        var warnings = new List<string>();
        var (id, withoutRoot, init) = await CreateAsAllowed(spec, cancellationToken);
        if (!init && spec.Init)
        {
            warnings.Add(PodmanLacks.Init);
        }

        if (withoutRoot && spec is not { Cpus: null, Memory: null, Pids: null } && PodmanLacks.Limits(spec, await Host(cancellationToken)) is { } lacks)
        {
            if (lacks.MustBeLeftOut)
            {
                await RemoveContainer(id, cancellationToken);
                (id, _, _) = await CreateAsAllowed(lacks.Rest with { Init = init }, cancellationToken);
            }

            warnings.Add(lacks.Warning);
        }

        return new CreatedContainer(id, warnings);
    }

    // To ask what it allows takes Podman half a second, and to be refused a few milliseconds.
    private async Task<(string Id, bool WithoutRoot, bool Init)> CreateAsAllowed(ContainerSpec spec, CancellationToken cancellationToken)
    {
        var (withoutRoot, init) = (true, spec.Init);
        while (true)
        {
            try
            {
                var (id, _) = await Create(spec.Name, CreateBody.ForPodman(spec with { Init = init }, keepId: withoutRoot), cancellationToken);
                return (id, withoutRoot, init);
            }
            catch (RuntimeRefusalException refusal) when (withoutRoot && refusal.Message.Contains("only supported in rootless mode", StringComparison.Ordinal))
            {
                withoutRoot = false;
            }
            catch (RuntimeRefusalException refusal) when (init && refusal.Message.Contains("init binary not found", StringComparison.Ordinal))
            {
                init = false;
            }
        }
    }

    private async Task<WirePodmanHost?> Host(CancellationToken cancellationToken)
    {
        try
        {
            return (await connection.Ask(EngineRequest.Get("/libpod/info"), EngineJson.Default.WirePodman, cancellationToken)).Host;
        }
        catch (RuntimeRefusalException)
        {
            return null;
        }
    }
}
