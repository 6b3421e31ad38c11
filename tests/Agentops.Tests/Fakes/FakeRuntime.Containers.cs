using System.Runtime.CompilerServices;
using Agentops.Containers;
using Agentops.Terminal;

namespace Agentops.Tests.Fakes;

public sealed partial class FakeRuntime
{
    private readonly Dictionary<string, FakeContainer> containers = [];
    private readonly Dictionary<string, FakeExec> execs = [];

    /// <summary>Puts a container there, as if run before; it has no process.</summary>
    /// <returns>Its id in full.</returns>
    public string AddContainer(ContainerSpec spec, ContainerState state, int? exitCode = null, DateTimeOffset? createdAt = null, string? imageId = null)
    {
        lock (gate)
        {
            var at = createdAt ?? clock.GetUtcNow();
            var container = new FakeContainer(clock, NextId("container"), spec, imageId ?? Locate(spec.Image)?.Id ?? spec.Image, at, spec.Labels)
            {
                State = state,
                ExitCode = exitCode,
                StartedAt = state is ContainerState.Created ? null : at,
                FinishedAt = state is ContainerState.Exited or ContainerState.Dead ? at : null,
            };
            containers.Add(container.Id, container);
            return container.Id;
        }
    }

    /// <summary>Awaited in each listing that an inventory takes; a test can make that slow.</summary>
    public Func<CancellationToken, Task> WhileListing { get; set; } = _ => Task.CompletedTask;

    /// <summary>Awaited before anything is measured; a test can make that slow.</summary>
    public Func<CancellationToken, Task> WhileMeasuring { get; set; } = _ => Task.CompletedTask;

    /// <summary>What a container wrote over its image, and an anonymous volume it has; one of -1 bytes is one of a size that the runtime does not know.</summary>
    public void Write(string container, long bytes, long? volume = null)
    {
        lock (gate)
        {
            var found = Container(container);
            found.Written = bytes;
            found.Volumes = volume is { } size ? [(Hash($"volume of {found.Id}"), size)] : [];
        }
    }

    /// <summary>A container has the anonymous volumes of another one too.</summary>
    public void ShareVolumes(string from, string to)
    {
        lock (gate)
        {
            Container(to).Volumes = Container(from).Volumes;
        }
    }

    /// <summary>What somebody does to a container by hand.</summary>
    /// <param name="container">An id or a name.</param>
    /// <param name="state">What it does now.</param>
    /// <param name="finishedAt">When its process ended; null when none has.</param>
    public void Become(string container, ContainerState state, DateTimeOffset? finishedAt = null)
    {
        lock (gate)
        {
            var found = Container(container);
            (found.State, found.FinishedAt) = (state, finishedAt);
        }
    }

    /// <summary>The runtime does not know what a container wrote over its image, or when it was made.</summary>
    public void HideOfContainer(string container, bool size = false, bool creation = false)
    {
        lock (gate)
        {
            var found = Container(container);
            (found.TellsSize, found.TellsCreation) = (!size, !creation);
        }
    }

    /// <summary>The id in full of a container that is there.</summary>
    public string ContainerNamed(string name)
    {
        lock (gate)
        {
            return Container(name).Id;
        }
    }

    /// <summary>Somebody removes a container by hand.</summary>
    public void Vanish(string container)
    {
        lock (gate)
        {
            containers.Remove(Container(container).Id);
        }
    }

    /// <summary>Each container that is there.</summary>
    public IReadOnlyList<ContainerDetails> Containers
    {
        get
        {
            lock (gate)
            {
                return [.. containers.Values.Select(container => container.Details)];
            }
        }
    }

    /// <summary>The specification a container was created from.</summary>
    public ContainerSpec SpecOf(string container)
    {
        lock (gate)
        {
            return Container(container).Spec;
        }
    }

    /// <summary>The kernel kills its process for lack of memory.</summary>
    public void KillByMemory(string container)
    {
        lock (gate)
        {
            var found = Container(container);
            found.KilledByMemory = true;
            found.Process.Signal("SIGKILL");
        }
    }

    public async Task<IReadOnlyList<Container>> ListContainers(CancellationToken cancellationToken)
    {
        Called();
        await WhileListing(cancellationToken);
        lock (gate)
        {
            return [.. containers.Values.Select(container => container.Listed)];
        }
    }

    public Task<ContainerDetails?> FindContainer(string container, CancellationToken cancellationToken)
    {
        Called(container);
        lock (gate)
        {
            return Task.FromResult(Seek(container)?.Details);
        }
    }

    public async Task<ContainerSize?> MeasureContainer(string container, CancellationToken cancellationToken)
    {
        Called(container);
        await WhileMeasuring(cancellationToken);
        lock (gate)
        {
            return Seek(container) is { } found ? new ContainerSize(found.Details, found.TellsSize ? new ByteSize(found.Written) : null) : null;
        }
    }

    public async Task<IReadOnlyDictionary<string, VolumeSize>> MeasureVolumes(CancellationToken cancellationToken)
    {
        Called();
        await WhileMeasuring(cancellationToken);
        lock (gate)
        {
            return containers.Values.SelectMany(container => container.Volumes).GroupBy(volume => volume.Name)
                .ToDictionary(users => users.Key, users => new VolumeSize(users.First().Size is >= 0 and var size ? new ByteSize(size) : null, users.Count()));
        }
    }

    /// <summary>What each container to come lacks of what was asked for.</summary>
    public IReadOnlyList<string> CreationWarnings { get; set; } = [];

    public Task<CreatedContainer> CreateContainer(ContainerSpec spec, CancellationToken cancellationToken)
    {
        Called(spec.Name);
        lock (gate)
        {
            var image = Locate(spec.Image) ?? throw Refuse(RuntimeRefusal.NotFound, $"No such image: {spec.Image}");
            if (containers.Values.FirstOrDefault(other => other.Spec.Name == spec.Name) is { } holder)
            {
                throw Refuse(RuntimeRefusal.NameTaken, $"Conflict. The container name \"/{spec.Name}\" is already in use by container \"{holder.Id}\". You have to remove (or rename) that container to be able to reuse that name.");
            }

            if (spec.Mounts.FirstOrDefault(mount => !Path.Exists(mount.Source)) is { } mount)
            {
                throw Refuse(RuntimeRefusal.Other, $"invalid mount config for type \"bind\": bind source path does not exist: {mount.Source}");
            }

            var words = Words(spec, image);
            if (words.Count == 0)
            {
                throw Refuse(RuntimeRefusal.Other, "No command specified");
            }

            var labels = image.Labels.Concat(spec.Labels).GroupBy(label => label.Key).ToDictionary(same => same.Key, same => same.Last().Value);
            var container = new FakeContainer(clock, NextId("container"), spec, image.Id, clock.GetUtcNow(), labels)
            {
                Words = words,
                Environment = [.. image.Environment, .. spec.Environment],
            };
            containers.Add(container.Id, container);
            return Task.FromResult(new CreatedContainer(container.Id, CreationWarnings));
        }
    }

    public Task StartContainer(string container, CancellationToken cancellationToken)
    {
        Called(container);
        FakeContainer found;
        bool known;
        lock (gate)
        {
            found = Container(container);
            if (found.IsAlive)
            {
                return Task.CompletedTask;
            }

            known = FakeRuntimeProgram.Exists(found.Words[0]);
            if (!known && !found.Spec.Init)
            {
                found.Error = $"OCI runtime create failed: exec: \"{found.Words[0]}\": executable file not found in $PATH: unknown";
                throw Refuse(RuntimeRefusal.CannotStart, found.Error);
            }

            found.Begin();
        }

        // Outside: its end takes the lock of the process first and then ours.
        if (known)
        {
            found.Process.Start(clock, found.Words, found.Environment, code => Ended(found, code));
        }
        else
        {
            // The init starts, and the command does not.
            found.Process.End(127, $"[FATAL tini (7)] exec {found.Words[0]} failed: No such file or directory\n", code => Ended(found, code));
        }

        return Task.CompletedTask;
    }

    public Task<ContainerIo> AttachContainer(string container, bool terminal, bool input, CancellationToken cancellationToken)
    {
        Called(container);
        lock (gate)
        {
            var found = Container(container);
            return Task.FromResult(found.Process.Attach(input, found.Spec.InputOnce));
        }
    }

    public Task<Task<int>> WaitForExit(string container, CancellationToken cancellationToken)
    {
        Called(container);
        lock (gate)
        {
            var found = Container(container);
            return Task.FromResult(found is { State: ContainerState.Exited, ExitCode: { } code } ? Task.FromResult(code) : found.Process.Exit.WaitAsync(cancellationToken));
        }
    }

    public async Task StopContainer(string container, TimeSpan grace, CancellationToken cancellationToken)
    {
        Called(container);
        Task<int>? exit = null;
        lock (gate)
        {
            var found = Container(container);
            if (found.IsAlive)
            {
                exit = found.Process.Exit;
                // Without an init the process has number 1, and the kernel keeps from it what it does not handle.
                found.Process.Signal(found.Spec.Init ? "SIGTERM" : "SIGKILL");
            }
        }

        if (exit is not null)
        {
            await exit.WaitAsync(cancellationToken);
        }
    }

    public Task SignalContainer(string container, string signal, CancellationToken cancellationToken)
    {
        Called($"{container} {signal}");
        lock (gate)
        {
            Running(container).Process.Signal(signal);
            return Task.CompletedTask;
        }
    }

    public Task ResizeContainer(string container, TerminalSize size, CancellationToken cancellationToken)
    {
        Called($"{container} {size.Columns}x{size.Rows}");
        return Task.CompletedTask;
    }

    public Task RemoveContainer(string container, CancellationToken cancellationToken)
    {
        Called(container);
        lock (gate)
        {
            var found = Container(container);
            if (found.IsAlive)
            {
                throw Refuse(RuntimeRefusal.InUse, $"You cannot remove a running container {found.Id}. Stop the container before attempting removal or force remove");
            }

            removals.Enqueue(new FakeRemoval(caller.Value, container, found.Written + found.Volumes.Sum(volume => volume.Size)) { Container = found.Details });
            containers.Remove(found.Id);
            return Task.CompletedTask;
        }
    }

    public async IAsyncEnumerable<OutputChunk> ReadLogs(string container, bool terminal, bool follow, int? tail, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Called(container);
        IAsyncEnumerable<OutputChunk> chunks;
        lock (gate)
        {
            chunks = Container(container).Process.ReadLog(follow, tail);
        }

        await foreach (var chunk in chunks.WithCancellation(cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return chunk;
        }
    }

    public Task<string> CreateExec(string container, ExecSpec spec, CancellationToken cancellationToken)
    {
        Called($"{container} {string.Join(' ', spec.Command)}");
        lock (gate)
        {
            var found = Running(container);
            var exec = NextId("exec");
            execs.Add(exec, new FakeExec(spec, new FakeRuntimeProcess(spec.Terminal, spec.Input), found));
            return Task.FromResult(exec);
        }
    }

    public Task<ContainerIo> StartExec(string exec, ExecSpec spec, CancellationToken cancellationToken)
    {
        Called(exec);
        lock (gate)
        {
            var found = Exec(exec);
            var io = found.Process.Attach(spec.Input, inputOnce: true);
            if (FakeRuntimeProgram.Exists(spec.Command[0]))
            {
                found.Process.Start(clock, spec.Command, [.. found.Container.Environment, .. spec.Environment ?? []], _ => { });
            }
            else
            {
                found.Process.End(126, $"OCI runtime exec failed: exec failed: exec: \"{spec.Command[0]}\": executable file not found in $PATH: unknown\n", _ => { });
            }

            return Task.FromResult(io);
        }
    }

    public Task ResizeExec(string exec, TerminalSize size, CancellationToken cancellationToken)
    {
        Called($"{exec} {size.Columns}x{size.Rows}");
        return Task.CompletedTask;
    }

    public Task<int?> ExecExitCode(string exec, CancellationToken cancellationToken)
    {
        Called(exec);
        lock (gate)
        {
            var process = Exec(exec).Process;
            return Task.FromResult<int?>(process.Exit.IsCompleted ? process.Exit.Result : null);
        }
    }

    private static List<string> Words(ContainerSpec spec, FakeRuntimeImage image) =>
        [.. spec.Entrypoint ?? image.Entrypoint, .. spec.Command ?? (spec.Entrypoint is null ? image.Command : [])];

    private FakeContainer? Seek(string container) =>
        containers.GetValueOrDefault(container)
        ?? containers.Values.FirstOrDefault(other => other.Spec.Name == container)
        ?? (container.Length >= 4 ? containers.Values.FirstOrDefault(other => other.Id.StartsWith(container, StringComparison.Ordinal)) : null);

    private FakeContainer Container(string container) => Seek(container) ?? throw Refuse(RuntimeRefusal.NotFound, $"No such container: {container}");

    private FakeContainer Running(string container) => Container(container) is { IsAlive: true } found
        ? found
        : throw Refuse(RuntimeRefusal.NotRunning, $"Container {container} is not running");

    private FakeExec Exec(string exec) => execs.GetValueOrDefault(exec) ?? throw Refuse(RuntimeRefusal.NotFound, $"No such exec instance: {exec}");

    private void Ended(FakeContainer container, int code)
    {
        // No lock: called from within the process's own, and one of ours would be taken the other way round by a start.
        container.End(code, clock.GetUtcNow());
    }

    private sealed record FakeExec(ExecSpec Spec, FakeRuntimeProcess Process, FakeContainer Container);

    private sealed class FakeContainer(TimeProvider clock, string id, ContainerSpec spec, string imageId, DateTimeOffset createdAt, IReadOnlyDictionary<string, string> labels)
    {
        public string Id { get; } = id;

        public ContainerSpec Spec { get; } = spec;

        public string ImageId { get; } = imageId;

        public IReadOnlyList<string> Words { get; init; } = ["true"];

        public IReadOnlyList<string> Environment { get; init; } = [];

        public ContainerState State { get; set; } = ContainerState.Created;

        public int? ExitCode { get; set; }

        public DateTimeOffset? StartedAt { get; set; }

        public DateTimeOffset? FinishedAt { get; set; }

        public bool? KilledByMemory { get; set; }

        public string? Error { get; set; }

        public FakeRuntimeProcess Process { get; private set; } = new(spec.Terminal, spec.Input);

        public bool IsAlive => State is ContainerState.Running or ContainerState.Paused or ContainerState.Restarting;

        /// <summary>By absolute path; programs know nothing of them.</summary>
        public Dictionary<string, FakeFile> Files { get; } = new[] { "/", "/tmp", spec.WorkingDirectory ?? "/" }.Distinct().ToDictionary(path => path, _ => FakeFile.Folder(createdAt));

        public long Written { get; set; }

        public bool TellsSize { get; set; } = true;

        public bool TellsCreation { get; set; } = true;

        public IReadOnlyList<(string Name, long Size)> Volumes { get; set; } = [];

        public Container Listed => new(Id, Spec.Name, State, ExitCode, ImageId, Spec.Image, TellsCreation ? createdAt : null, labels)
        {
            EndedAtLeast = FinishedAt is { } finished && State is ContainerState.Exited or ContainerState.Dead ? clock.GetUtcNow() - finished : null,
            AnonymousVolumes = [.. Volumes.Select(volume => volume.Name)],
        };

        public ContainerDetails Details => new(Listed, StartedAt, FinishedAt, KilledByMemory, Spec.Memory, Error, Spec.Terminal, Spec.Input);

        public void Begin()
        {
            Process = Process.Exit.IsCompleted ? new FakeRuntimeProcess(Spec.Terminal, Spec.Input) : Process;
            (State, StartedAt, FinishedAt, ExitCode, KilledByMemory) = (ContainerState.Running, clock.GetUtcNow(), null, null, false);
        }

        public void End(int code, DateTimeOffset at) => (ExitCode, FinishedAt, State) = (code, at, ContainerState.Exited);
    }
}
