using System.Text.Json.Nodes;

namespace Agentops.AppleStandIn;

/// <summary><c>container image …</c>.</summary>
internal static class ImageCommands
{
    public static int List(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("image list", args, ["-q|--quiet", "-v|--verbose"], ["--format"]);
        var format = parsed.Format(world.Release, "image list");
        if (format != "table" && !world.Release.IsNewEra && (parsed.Has("--quiet") || parsed.Has("--verbose")))
        {
            throw Fault.Thrown("cannot use flag --quiet or --verbose along with --format json");
        }

        var state = world.Look();
        var references = state.References.OrderBy(reference => reference.Key, StringComparer.Ordinal).ToList();
        if (format == "table")
        {
            Console.Out.Write(string.Concat(references.Select(reference => parsed.Has("--quiet") ? $"{Short(reference.Key)}\n" : $"{Short(reference.Key)}  {reference.Value[..12]}\n")));
            return 0;
        }

        var rows = references.Select(reference => (JsonNode)(world.Release.IsNewEra
            ? ImageJson.Inspected(reference.Key, reference.Value, state.Images[reference.Value], world.Release)
            : ImageJson.Row(reference.Key, reference.Value, state.Images[reference.Value])));
        Console.Out.Write(Json.Print(new JsonArray([.. rows]), world.Release, pretty: false));
        return 0;
    }

    public static int Inspect(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("image inspect", args, [], []);
        if (parsed.Words.Count == 0)
        {
            throw Fault.Usage("Missing expected argument '<images> ...'", "image inspect");
        }

        var state = world.Look();
        var missing = parsed.Words.Where(word => Find(state, word) is null).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0 && world.Release.IsNewEra)
        {
            throw Fault.Thrown($"image not found: {string.Join(", ", missing)}");
        }

        JsonNode[] found = [.. parsed.Words.Select(word => Find(state, word)).OfType<string>().Distinct()
            .Select(reference => ImageJson.Inspected(reference, state.References[reference], state.Images[state.References[reference]], world.Release))];
        Random.Shared.Shuffle(found);
        if (missing.Count == 0 || found.Length > 0)
        {
            Console.Out.Write(Json.Print(new JsonArray(found), world.Release, pretty: world.Release.IsNewEra));
        }

        return missing.Count == 0 ? 0 : throw new Fault(string.Join('\n', [
            .. missing.Select(word => $"image inspect failed: [\"name\": {word}, \"error\": Image not found]"),
            $"Error: InspectError(succeeded: [], failed: [{string.Join(", ", missing.Select(word => $"(\"{word}\", notFound: \"Image not found\")"))}])",
        ]));
    }

    public static int Delete(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("image delete", args, ["-a|--all", "-f|--force"], []);
        List<string> unknown = [];
        var (deleted, freed) = world.Change(state =>
        {
            var gone = new List<string>();
            foreach (var word in parsed.Has("--all") ? [.. state.References.Keys] : parsed.Words)
            {
                // Whether a container uses it is not asked.
                if (Find(state, word) is { } reference)
                {
                    state.References.Remove(reference);
                    gone.Add(reference);
                }
                else
                {
                    unknown.Add(word);
                }
            }

            return (gone, Collect(state));
        });
        foreach (var reference in deleted)
        {
            Console.Out.WriteLine(reference);
        }

        if (deleted.Count > 0)
        {
            Reclaimed(world, freed);
        }

        return unknown.Count == 0 || parsed.Has("--force") ? 0 : throw Fault.Thrown($"failed to delete one or more images: [{string.Join(", ", unknown.Select(word => $"\"{word}\""))}]");
    }

    public static int Tag(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("image tag", args, [], []);
        if (parsed.Words is not [var source, var target])
        {
            throw Fault.Usage("Missing expected argument '<target>'", "image tag");
        }

        world.Change(state =>
        {
            var found = Find(state, source) ?? throw Fault.Thrown($"image with reference {source}");
            state.References[Qualified(target)] = state.References[found];
            Collect(state);
        });
        Console.Out.WriteLine(target);
        return 0;
    }

    public static int Pull(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("image pull", args, world.Release.Since(0, 7) ? [] : ["--disable-progress-updates"], ["--progress", "--platform", "--os", "-a|--arch", "--scheme", "--max-concurrent-downloads"]);
        var progress = parsed.Value("--progress") ?? (world.Release.Since(0, 12) ? "auto" : "ansi");
        if (progress is not ("none" or "ansi") && !(world.Release.Since(0, 12) && progress is "auto" or "plain" or "color"))
        {
            throw Fault.Usage($"The value '{progress}' is invalid for '--progress <type>'", "image pull");
        }

        var word = parsed.Words is [var only] ? only : throw Fault.Usage("Missing expected argument '<reference>'", "image pull");
        world.Change(state => Fetch(state, Qualified(word)));
        if (progress is "auto" or "plain")
        {
            Console.Error.WriteLine("[1/2] Fetching image [0s]");
            Console.Error.WriteLine("[1/2] Fetching image 13% (15 of 31 blobs, 2.5/18.2 MB, 4 KB/s) [4s]");
            Console.Error.WriteLine("[2/2] Unpacking image for platform linux/arm64/v8 0% [8s]");
        }

        return 0;
    }

    public static int Prune(World world, IReadOnlyList<string> args)
    {
        var parsed = Arguments.Parse("image prune", args, ["-a|--all"], []);
        var (gone, freed) = world.Change(state =>
        {
            List<string> unused = [.. state.References.Keys.Where(reference => parsed.Has("--all") ? !state.Containers.Values.Any(container => container.Reference == reference) : reference.Contains('@', StringComparison.Ordinal))];
            unused.ForEach(reference => state.References.Remove(reference));
            return (unused, Collect(state));
        });
        gone.ForEach(reference => Console.Out.WriteLine($"untagged {reference}"));
        Reclaimed(world, freed);
        return 0;
    }

    /// <summary>The stored reference that a word means: as it is, or written out in full.</summary>
    public static string? Find(State state, string word) =>
        new[] { word, WithTag(word), Qualified(word) }.FirstOrDefault(state.References.ContainsKey);

    public static string FindOrPull(State state, string word)
    {
        if (Find(state, word) is { } found)
        {
            return found;
        }

        Fetch(state, Qualified(word));
        return Qualified(word);
    }

    /// <summary>Drops what no reference holds any more; it is done with every removal.</summary>
    /// <returns>Bytes.</returns>
    public static long Collect(State state)
    {
        var held = state.References.Values.ToHashSet();
        var gone = state.Images.Where(image => !held.Contains(image.Key)).ToList();
        gone.ForEach(image => state.Images.Remove(image.Key));
        return gone.Sum(image => image.Value.Layers.Sum(layer => layer.Size));
    }

    public static string WithTag(string word) => word.Contains('@', StringComparison.Ordinal) || word.LastIndexOf(':') > word.LastIndexOf('/') ? word : word + ":latest";

    private static string Qualified(string word)
    {
        var parts = word.Split('/');
        var hasRegistry = parts.Length > 1 && (parts[0].Contains('.', StringComparison.Ordinal) || parts[0].Contains(':', StringComparison.Ordinal) || parts[0] == "localhost");
        return WithTag(hasRegistry ? word : parts.Length == 1 ? $"docker.io/library/{word}" : $"docker.io/{word}");
    }

    private static void Fetch(State state, string reference)
    {
        var image = state.Registry.GetValueOrDefault(reference)
            ?? throw Fault.Thrown($"HTTP request to https://{reference.Split('/')[0]}/v2/{reference.Split('/', 2)[1].Split(':')[0]}/manifests/{reference.Split(':')[^1]} failed with response: 404 Not Found. Reason: Unknown");
        state.References[reference] = ImageJson.DigestOf(image);
        state.Images[state.References[reference]] = image;
    }

    private static string Short(string reference) => reference.Replace("docker.io/library/", "", StringComparison.Ordinal).Replace("docker.io/", "", StringComparison.Ordinal);

    private static void Reclaimed(World world, long bytes) =>
        (world.Release.IsNewEra ? Console.Error : Console.Out).WriteLine(bytes == 0 ? "Reclaimed Zero KB in disk space" : $"Reclaimed {bytes / 1_000_000},{bytes / 100_000 % 10} MB in disk space");
}
