using System.Text;
using System.Text.RegularExpressions;
using Agentops.Containers;
using Agentops.Recipes;
using Agentops.Runtimes;

namespace Agentops.Launching;

/// <summary>The values of secrets, handed to a run at its start and kept nowhere.</summary>
/// <remarks>
/// A container's configuration would keep them on disk and show them to whoever may inspect it. So its process starts as a small shell script that waits
/// on a pipe in a folder of memory; a second process inside, started through the engine, fills the pipe from its own standard input; the script
/// takes the variables from it and becomes the command. They pass through the engine's connection and memory only.
/// Not a record: nothing prints the values by accident.
/// </remarks>
internal sealed partial class SecretValues
{
    private const string FolderPath = "/run/agentops";

    // "." reads the pipe to its end. Whichever of the two comes first makes the pipe. When nobody fills it (we were killed just then), the run ends by itself.
    private const string Receive =
        "p=/run/agentops/secrets; mkfifo -m 600 $p 2>/dev/null; "
        + "(sleep 60; [ -p $p ] && echo 'echo agentops: the secrets of this run did not come >&2; exit 125' > $p) >/dev/null 2>&1 & "
        + ". $p; rm -f $p; { kill $!; wait $!; } 2>/dev/null; unset p; exec \"$@\"";

    private const string Send = "p=/run/agentops/secrets; mkfifo -m 600 $p 2>/dev/null; cat > $p";

    /// <summary>What a run with secrets starts with; its command follows.</summary>
    public static readonly IReadOnlyList<string> Entrypoint = ["/bin/sh", "-c", Receive, "agentops"];

    private readonly IReadOnlyList<KeyValuePair<string, string>> values;

    private SecretValues(IReadOnlyList<KeyValuePair<string, string>> values) => this.values = values;

    /// <summary>There is none.</summary>
    public bool IsEmpty => values.Count == 0;

    /// <summary>Takes the values out of the caller's environment.</summary>
    /// <param name="secrets">Their names.</param>
    /// <param name="environment">The caller's.</param>
    /// <returns>Those that are set.</returns>
    /// <exception cref="UsageException">One that is not optional is not set.</exception>
    public static SecretValues From(IEnumerable<Secret> secrets, IReadOnlyDictionary<string, string> environment)
    {
        var values = new List<KeyValuePair<string, string>>();
        foreach (var secret in secrets)
        {
            if (!ShellName().IsMatch(secret.Name))
            {
                throw new UsageException($"'{secret.Name}' cannot be a secret: its name takes letters, digits and _, no digit first, such as API_KEY");
            }

            if (environment.TryGetValue(secret.Name, out var value))
            {
                values.Add(new(secret.Name, value));
            }
            else if (!secret.Optional)
            {
                throw new UsageException($"the secret {secret.Name} is not set in your environment. Set it: export {secret.Name}=…");
            }
        }

        return new SecretValues(values);
    }

    /// <summary>The folder of memory that the pipe is in.</summary>
    /// <param name="user">The run's <c>uid:gid</c>; null where there is none.</param>
    /// <returns>For <see cref="ContainerSpec.MemoryFolders"/>.</returns>
    public static Dictionary<string, string> Folder(string? user)
    {
        var owner = user?.Split(':') is [var uid, var gid] ? $",uid={uid},gid={gid}" : "";
        return new() { [FolderPath] = $"size=64k,mode=0700{owner}" };
    }

    /// <summary>Hands the values to a run that has just been started.</summary>
    /// <param name="runtime">The runtime.</param>
    /// <param name="container">Its container.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When they are handed over, or the run has ended before.</returns>
    public async Task HandTo(IContainerRuntime runtime, string container, CancellationToken cancellationToken)
    {
        if (IsEmpty)
        {
            return;
        }

        var spec = new ExecSpec(["/bin/sh", "-c", Send], Terminal: false, Input: true);
        try
        {
            var exec = await runtime.CreateExec(container, spec, cancellationToken);
            await using var io = await runtime.StartExec(exec, spec, cancellationToken);
            await io.Input!.WriteAsync(Script(), cancellationToken);
            await io.Input.FlushAsync(cancellationToken);
            io.CompleteInput();
            await foreach (var _ in io.Output.WithCancellation(cancellationToken))
            {
                // It prints nothing; its end says that the pipe was read.
            }
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal is RuntimeRefusal.NotRunning or RuntimeRefusal.NotFound)
        {
            // It has ended already; its own exit code tells why.
        }
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex ShellName();

    /// <summary>The shell commands that set the variables.</summary>
    /// <returns>UTF-8.</returns>
    internal byte[] Script()
    {
        var script = new StringBuilder();
        foreach (var (name, value) in values)
        {
            script.Append("export ").Append(name).Append("='").Append(value.Replace("'", @"'\''", StringComparison.Ordinal)).Append("'\n");
        }

        return Encoding.UTF8.GetBytes(script.ToString());
    }
}
