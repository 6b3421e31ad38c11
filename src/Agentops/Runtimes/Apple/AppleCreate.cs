using System.Globalization;
using Agentops.Containers;
using Agentops.Recipes;

namespace Agentops.Runtimes.Apple;

/// <summary>A container to create, in the words of <c>container create</c>.</summary>
/// <param name="Arguments">All of them.</param>
/// <param name="Warnings">What it was to have and cannot.</param>
internal sealed record AppleCreate(IReadOnlyList<string> Arguments, IReadOnlyList<string> Warnings)
{
    private const long Mebibyte = 1L << 20;
    private const long LeastMemory = 200 * Mebibyte;

    /// <summary>Puts a specification into arguments.</summary>
    /// <param name="spec">What to create.</param>
    /// <param name="image">The stored name of its image.</param>
    /// <param name="release">Who is told.</param>
    /// <param name="now">UTC.</param>
    /// <returns>The arguments.</returns>
    /// <exception cref="RuntimeRefusalException">There is no way to say it.</exception>
    public static AppleCreate Of(ContainerSpec spec, string image, AppleRelease release, DateTimeOffset now)
    {
        List<string> arguments = ["create", "--name", spec.Name];
        List<string> warnings = [];
        void Add(params ReadOnlySpan<string> words) => arguments.AddRange(words);

        foreach (var (key, value) in spec.Labels)
        {
            // "invalid label format k=a=b", up to the last release seen.
            Add("--label", value.Contains('=', StringComparison.Ordinal) ? throw Refuse($"Apple's container takes no label with an equals sign in its value ({key}={value}).") : $"{key}={value}");
        }

        Add("--label", $"{AppleWords.CreatedLabel}={now.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
        if (spec.Input)
        {
            Add("--label", $"{AppleWords.InputLabel}={(spec.InputOnce ? "once" : "open")}");
        }

        foreach (var variable in spec.Environment)
        {
            Add("--env", variable);
        }

        foreach (var mount in spec.Mounts)
        {
            Add(Mount(mount, release));
        }

        foreach (var (path, options) in spec.MemoryFolders)
        {
            Add("--mount", path.Contains(',', StringComparison.Ordinal) ? throw Refuse($"Apple's container cannot keep {path} in memory: there is a comma in it.") : $"type=tmpfs,target={path},{MemoryOptions(options)}");
        }

        if (spec.WorkingDirectory is { } folder)
        {
            Add("--workdir", folder);
        }

        if (spec.User is { } user)
        {
            Add("--user", user);
        }

        if (spec.Terminal)
        {
            Add("--tty");
        }

        if (spec.Input)
        {
            Add("--interactive");
        }

        if (spec.Init)
        {
            Add("--init");
        }

        if (!spec.Network)
        {
            Add("--network", "none");
        }

        if (spec.Cpus is { } cpus)
        {
            var whole = (int)Math.Ceiling(cpus);
            Add("--cpus", whole.ToString(CultureInfo.InvariantCulture));
            if (whole > cpus)
            {
                warnings.Add(string.Create(CultureInfo.InvariantCulture, $"This run may use {whole} processors, not {cpus:0.##}: Apple's container gives whole ones."));
            }
        }

        if (spec.Memory is { } memory)
        {
            Add("--memory", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(memory, LeastMemory) / Mebibyte}M"));
            if (memory < LeastMemory)
            {
                warnings.Add($"This run may use 200 MiB of memory, not {Limits.DescribeMemory(memory)}: Apple's container gives no less.");
            }
        }

        // A machine of its own has no cgroup to count in; the limit of its user comes to the same.
        if (spec.Pids is { } pids)
        {
            Add("--ulimit", string.Create(CultureInfo.InvariantCulture, $"nproc={pids}:{pids}"));
        }

        if (release.Since(0, 12))
        {
            foreach (var capability in spec.DroppedCapabilities)
            {
                Add("--cap-drop", capability);
            }

            foreach (var capability in spec.AddedCapabilities)
            {
                Add("--cap-add", capability);
            }
        }
        else if (spec.AddedCapabilities.Count > 0)
        {
            warnings.Add($"This run does not get {string.Join(", ", spec.AddedCapabilities)}: container {release.Text} cannot add capabilities. Update it to 0.12 or later.");
        }

        return new AppleCreate([.. arguments, .. Words(spec, image)], warnings);
    }

    // One word is an entrypoint, the others go before the command. None is said by making the command's first word one.
    private static IEnumerable<string> Words(ContainerSpec spec, string image)
    {
        if (spec.Entrypoint is null)
        {
            return [image, .. spec.Command ?? []];
        }

        IReadOnlyList<string> words = [.. spec.Entrypoint, .. spec.Command ?? []];
        return words.Count > 0 ? ["--entrypoint", words[0], image, .. words.Skip(1)] : throw Refuse("There is no command to run.");
    }

    private static string[] Mount(Mount mount, AppleRelease release)
    {
        var isFile = File.Exists(mount.Source);
        var (comma, colon) = ((mount.Source + mount.Target).Contains(',', StringComparison.Ordinal), (mount.Source + mount.Target).Contains(':', StringComparison.Ordinal));
        if (!isFile && !comma)
        {
            return ["--mount", $"type=bind,source={mount.Source},target={mount.Target}{(mount.ReadOnly ? ",readonly" : "")}"];
        }

        if (isFile && !release.Since(0, 12))
        {
            throw Refuse($"container {release.Text} mounts folders only, and {mount.Source} is a file. Mount its folder, or update to 0.12 or later.");
        }

        return colon
            ? throw Refuse($"Apple's container cannot mount {mount.Source} at {mount.Target}: {(isFile ? "the paths of a file may not hold a colon" : "of a comma and a colon, its paths may hold one")}. Rename it, or mount the folder above it.")
            : ["--volume", $"{mount.Source}:{mount.Target}{(mount.ReadOnly ? ":ro" : "")}"];
    }

    // Folders of memory are root's: writable for all in the container, then, as /tmp is. size=64k,mode=0700,uid=1000,gid=1000
    private static string MemoryOptions(string options) => string.Join(',', options.Split(',')
        .Where(option => !option.StartsWith("uid=", StringComparison.Ordinal) && !option.StartsWith("gid=", StringComparison.Ordinal))
        .Select(option => option.StartsWith("mode=", StringComparison.Ordinal) ? "mode=1777" : option));

    private static RuntimeRefusalException Refuse(string message) => new(RuntimeRefusal.Other, message);
}
