using System.CommandLine;
using Agentops.Containers;
using Agentops.Copying;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Runtimes;

namespace Agentops.Commands;

/// <summary><c>agent cp</c>: files out of a run, or into one; it may have ended.</summary>
internal static class CpCommand
{
    public static Command Create(World world)
    {
        var source = new Argument<string>("source") { Description = "<run>:PATH, a file or folder here, or - for a tar archive on standard input" };
        var destination = new Argument<string>("destination") { Description = "A file or folder here, - for a tar archive on standard output, or <run>:PATH" };
        var command = new Command("cp", "Copy files out of a run or into it: agent cp <run>:PATH DEST, agent cp SRC <run>:PATH") { source, destination };
        command.SetAction((parse, cancellationToken) => Copy(world, parse, parse.GetValue(source)!, parse.GetValue(destination)!, cancellationToken));
        return command;
    }

    private static async Task<int> Copy(World world, ParseResult parse, string source, string destination, CancellationToken cancellationToken)
    {
        var (from, to) = (CopyAddress.Parse(source), CopyAddress.Parse(destination));
        var address = (from.Run, to.Run) switch
        {
            (null, null) => throw new UsageException($"neither '{source}' nor '{destination}' is in a run. A path in a run: agent cp <run>:{MountText.Workspace}/file ."),
            (not null, not null) => throw new UsageException("both paths are in a run. From one run to another: agent cp <run>:PATH - | agent cp - <run>:PATH"),
            _ => from.Run ?? to.Run!,
        };
        CheckTerminal(world, from, to);
        CheckSource(world, from);

        await using var search = new RunSearch(world, parse.RuntimeRequest());
        var (runtime, run) = await search.Find(address, cancellationToken);
        var container = run.Container?.Id ?? throw new AgentopsException(Why(run), ExitCode.Failed, "noContainer");
        try
        {
            return (from.Run is not null
                ? await CopyOut(world, runtime, container, from, to, cancellationToken)
                : await CopyIn(world, runtime, container, from, to, cancellationToken)).Value;
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal == RuntimeRefusal.NotFound)
        {
            throw new AgentopsException($"There is no {(from.Run is null ? to : from).Path} in run {run.Id}.", ExitCode.Failed, "noSuchPath", refusal);
        }
    }

    private static void CheckTerminal(World world, CopyAddress from, CopyAddress to)
    {
        if (to.IsStream && world.Streams.Tty is { OutputIsTerminal: true })
        {
            throw new UsageException("an archive is not written to a terminal. To a file: agent cp <run>:PATH - > archive.tar");
        }

        if (from.IsStream && world.Streams.Tty is { InputIsTerminal: true })
        {
            throw new UsageException("an archive is not read from a terminal. From a file: agent cp - <run>:PATH < archive.tar");
        }
    }

    private static void CheckSource(World world, CopyAddress from)
    {
        if (from is { Run: null, IsStream: false })
        {
            var path = Path.GetFullPath(from.Path, world.Surroundings.Folder);
            var kind = FileStatus.Of(Path.TrimEndingDirectorySeparator(path), from.Folder)?.Kind;
            if (kind is null)
            {
                throw new AgentopsException($"There is no {from.Path} here.", ExitCode.Failed, "noSuchPath");
            }

            if (kind == FileKind.Other)
            {
                throw new AgentopsException($"{from.Path} is a device, pipe or socket, and no file that could be copied.", ExitCode.Failed, "noFile");
            }

            if (from.Folder && kind != FileKind.Folder)
            {
                throw new AgentopsException($"{from.Path} is no folder.", ExitCode.Failed, "noFolder");
            }
        }
    }

    private static async Task<ExitCode> CopyOut(World world, IContainerRuntime runtime, string container, CopyAddress from, CopyAddress to, CancellationToken cancellationToken)
    {
        if (from.Folder)
        {
            RequireFolder(await runtime.FindPath(container, from.Path, cancellationToken), from);
        }

        await using var archive = await runtime.CopyOut(container, from.Folder ? from.Path.TrimEnd('/') + "/." : from.Path, cancellationToken);
        if (to.IsStream)
        {
            var ending = new EndingStream(archive);
            await ending.CopyToAsync(world.Streams.OutBytes, cancellationToken);
            await ending.ReadToEnd(cancellationToken);
            return ExitCode.Done;
        }

        var destination = Destination(Path.GetFullPath(to.Path, world.Surroundings.Folder), from, to);
        return await Tell(world, await Unpacking.Unpack(archive, destination, from.Folder, cancellationToken), "Copied {0} to " + to.Path);
    }

    // A folder that is there gets the copy inside it, under its own name.
    private static string Destination(string path, CopyAddress from, CopyAddress to)
    {
        var plain = Path.TrimEndingDirectorySeparator(path);
        if (Directory.Exists(plain))
        {
            // Named by the user himself, so a link to a folder is that folder.
            var folder = new DirectoryInfo(plain).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? plain;
            return from.Contents ? folder : Path.Combine(folder, from.Name);
        }

        return Directory.Exists(Path.GetDirectoryName(plain)) && (!to.Folder || from.Folder)
            ? plain
            : throw new AgentopsException($"There is no folder {(to.Folder ? to.Path : Path.GetDirectoryName(plain))} to copy to.", ExitCode.Failed, "noFolder");
    }

    private static async Task<ExitCode> CopyIn(World world, IContainerRuntime runtime, string container, CopyAddress from, CopyAddress to, CancellationToken cancellationToken)
    {
        var kind = await runtime.FindPath(container, to.Path, cancellationToken);
        if (from.IsStream)
        {
            RequireFolder(kind, to);
            await runtime.CopyIn(container, to.Path, world.Streams.Input.CopyToAsync, cancellationToken);
            return ExitCode.Done;
        }

        var source = Path.TrimEndingDirectorySeparator(Path.GetFullPath(from.Path, world.Surroundings.Folder));
        var own = Path.GetFileName(source) is { Length: > 0 } last ? last : ".";
        if (from.Folder)
        {
            // With a slash at its end, a link to a folder is that folder.
            source = new DirectoryInfo(source).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? source;
        }

        var (folder, name) = kind == PathKind.Folder ? (to.Path, from.Contents ? "." : own) : (to.Parent, to.Name);
        var isFolder = FileStatus.Of(source, followLink: false) is { Kind: FileKind.Folder };
        if (isFolder ? kind == PathKind.File : kind != PathKind.Folder && to.Folder)
        {
            RequireFolder(kind, to);
        }

        var owner = (world.Surroundings.UserId ?? 0, world.Surroundings.GroupId ?? 0);
        Copied? copied = null;
        await runtime.CopyIn(container, folder, async (archive, token) => copied = await Packing.Write(archive, source, name, owner, token), cancellationToken);
        return await Tell(world, copied!, $"Copied {{0}} to {to.Run}:{to.Path}");
    }

    private static void RequireFolder(PathKind kind, CopyAddress to)
    {
        if (kind != PathKind.Folder)
        {
            throw new AgentopsException(kind == PathKind.Nothing ? $"There is no folder {to.Path} in the run." : $"{to.Path} in the run is no folder.", ExitCode.Failed, "noFolder");
        }
    }

    private static async Task<ExitCode> Tell(World world, Copied copied, string done)
    {
        await world.Streams.Error.WriteAsync(copied.DescribeLeftOut());
        await world.Streams.Out.WriteLineAsync(done.Replace("{0}", copied.ToString(), StringComparison.Ordinal));
        return copied.LacksFiles ? ExitCode.Failed : ExitCode.Done;
    }

    private static string Why(Run run) => run.State switch
    {
        RunState.Unknown => $"Run {run.Id} lives on another runtime ({run.Record?.Endpoint}).",
        RunState.Creating => $"Run {run.Id} has no container yet.",
        _ => $"The container of run {run.Id} is gone, and its files with it.",
    };
}
