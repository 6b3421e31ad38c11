using System.Formats.Tar;
using System.Text;
using Agentops.Building;
using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Tests.Fakes;

public sealed partial class FakeRuntime
{
    private readonly List<FakeRuntimeImage> images = [];
    private readonly Dictionary<string, FakeRuntimeImage> registry = [];
    private readonly Dictionary<string, string> cache = [];
    private readonly Dictionary<string, Exception> pullFailures = [];
    private (int Number, string Reason, string[] Output)? brokenStep;

    /// <summary>Awaited in each build after its first step was told; a test can hold a build there.</summary>
    public Func<CancellationToken, Task> WhileBuilding { get; set; } = _ => Task.CompletedTask;

    /// <summary>The build cache has the layers of all images too: they stay when their images go.</summary>
    public bool HoldsDeletedLayers { get; set; }

    /// <summary>Sizes are those of layers; it is not so with Docker's containerd store.</summary>
    public bool SizesAreExact { get; set; } = true;

    /// <summary>What a step adds to an image.</summary>
    public ByteSize LayerSize { get; set; } = new(1_000_000);

    /// <summary>Puts an image there, as if built or loaded before.</summary>
    /// <returns>Its id in full.</returns>
    public string AddImage(
        string? tag, IReadOnlyDictionary<string, string>? labels = null, long size = 4_000_000, DateTimeOffset? createdAt = null, string? basedOn = null, IReadOnlyList<string>? command = null)
    {
        lock (gate)
        {
            var parent = basedOn is null ? null : Locate(basedOn);
            var image = new FakeRuntimeImage("sha256:" + NextId("image"), createdAt ?? clock.GetUtcNow())
            {
                Labels = labels ?? new Dictionary<string, string>(),
                Size = size,
                Layers = [.. parent?.Layers ?? [], "sha256:" + NextId("layer")],
                LayerSizes = [.. parent?.LayerSizes ?? [], Math.Max(size - (parent?.Size ?? 0), 0)],
                Command = command ?? ["sh"],
            };
            Tag(image, tag);
            images.Add(image);
            return image.Id;
        }
    }

    /// <summary>The id in full of an image that is there.</summary>
    public string IdOf(string reference)
    {
        lock (gate)
        {
            return (Locate(reference) ?? throw new ArgumentException(reference)).Id;
        }
    }

    /// <summary>Each image that is there.</summary>
    public IReadOnlyList<StoredImage> Images
    {
        get
        {
            lock (gate)
            {
                return [.. images.Select(image => image.Stored)];
            }
        }
    }

    /// <summary>Somebody gives an image a tag by hand; another image that had it loses it.</summary>
    public void TagByHand(string reference, string tag)
    {
        lock (gate)
        {
            Tag(Locate(reference) ?? throw new ArgumentException(reference), tag);
        }
    }

    /// <summary>Somebody removes an image by hand, whoever uses it.</summary>
    public void VanishImage(string reference)
    {
        lock (gate)
        {
            images.RemoveAll(image => image == Locate(reference));
        }
    }

    /// <summary>The runtime does not know an image's size, or when it was made.</summary>
    public void HideOfImage(string reference, bool size = false, bool creation = false)
    {
        lock (gate)
        {
            var image = Locate(reference) ?? throw new ArgumentException(reference);
            (image.TellsSize, image.TellsCreation) = (!size, !creation);
        }
    }

    /// <summary>The runtime counts more for an image than its layers: Podman's copy of one for other user ids.</summary>
    public void AddToSizeOfImage(string reference, long bytes)
    {
        lock (gate)
        {
            (Locate(reference) ?? throw new ArgumentException(reference)).Size += bytes;
        }
    }

    /// <summary>Puts an image into the registry: it can be pulled.</summary>
    public void AddToRegistry(string reference, long size = 30_000_000)
    {
        lock (gate)
        {
            registry[WithTag(reference)] = new FakeRuntimeImage("sha256:" + NextId("image"), clock.GetUtcNow()) { Size = size, Layers = ["sha256:" + NextId("layer")], LayerSizes = [size], Command = ["sh"] };
        }
    }

    /// <summary>Pulls of this reference throw.</summary>
    public void FailPull(string reference, Exception failure)
    {
        lock (gate)
        {
            pullFailures[WithTag(reference)] = failure;
        }
    }

    /// <summary>In the following builds, the step of this number prints this and fails.</summary>
    public void FailBuildStep(int number, string reason, params string[] output) => brokenStep = (number, reason, output);

    /// <summary>Builds go well again.</summary>
    public void MendBuilds() => brokenStep = null;

    public Task<IReadOnlyList<Image>> ListImages(CancellationToken cancellationToken)
    {
        Called();
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<Image>>(
                [.. images.Select(image => image.Listed).Where(image => image.IsOurs)]);
        }
    }

    public async Task<IReadOnlyList<StoredImage>> ListStoredImages(CancellationToken cancellationToken)
    {
        Called();
        await WhileListing(cancellationToken);
        lock (gate)
        {
            return [.. images.Select(image => image.Stored)];
        }
    }

    public Task<ImageLayers?> ReadLayers(string imageId, bool withSteps, CancellationToken cancellationToken)
    {
        Called(withSteps ? $"{imageId} with steps" : imageId);
        lock (gate)
        {
            return Task.FromResult(Locate(imageId) is not { } image ? null : new ImageLayers(
                image.Id,
                image.Listed.Size,
                SizesAreExact,
                image.Layers,
                withSteps ? [.. image.LayerSizes.Select(size => new ImageStep(new ByteSize(size), IsMetadata: false))] : null));
        }
    }

    public Task<ImageDetails?> FindImage(string reference, CancellationToken cancellationToken)
    {
        Called(reference);
        lock (gate)
        {
            return Task.FromResult(Locate(reference)?.Details);
        }
    }

    public Task<ByteSize?> ImageSize(string reference, CancellationToken cancellationToken)
    {
        Called(reference);
        lock (gate)
        {
            return Task.FromResult(Locate(reference)?.Listed.Size);
        }
    }

    public Task<ImageRemoval> RemoveImage(string reference, CancellationToken cancellationToken)
    {
        Called(reference);
        lock (gate)
        {
            var image = Locate(reference) ?? throw Refuse(RuntimeRefusal.NotFound, $"No such image: {reference}");
            var byTag = image.Tags.Contains(WithTag(reference));
            if (!byTag && image.Tags.Count > 1)
            {
                throw Refuse(RuntimeRefusal.InUse, $"conflict: unable to delete {reference} (must be forced) - image is referenced in multiple repositories");
            }

            if (image.Tags.Count <= 1 && containers.Values.FirstOrDefault(container => container.ImageId == image.Id) is { } user)
            {
                throw Refuse(RuntimeRefusal.InUse, $"conflict: unable to remove repository reference \"{reference}\" (must force) - container {user.Id[..12]} is using its referenced image {image.Id[7..19]}");
            }

            IReadOnlyList<string> untagged = byTag ? [WithTag(reference)] : [.. image.Tags];
            var isWhole = image.Tags.All(untagged.Contains);
            var gone = !isWhole || HoldsDeletedLayers ? [] : Chain(image).Except(images.Where(other => other != image).SelectMany(Chain)).ToHashSet();
            removals.Enqueue(new FakeRemoval(caller.Value, reference, Chain(image).Zip(image.LayerSizes).Where(layer => gone.Contains(layer.First)).Sum(layer => layer.Second))
            {
                Image = image.Stored,
                IsWhole = isWhole,
                Users = [.. containers.Values.Where(container => container.ImageId == image.Id).Select(container => container.Id)],
                BuiltOnIt = [.. images.Where(other => other.Layers.Count > image.Layers.Count && other.Layers.Take(image.Layers.Count).SequenceEqual(image.Layers)).Select(other => other.Stored)],
            });
            image.Tags.RemoveAll(untagged.Contains);
            if (!isWhole)
            {
                return Task.FromResult(new ImageRemoval(untagged, []));
            }

            images.Remove(image);
            return Task.FromResult(new ImageRemoval(untagged, [image.Id, .. gone]));
        }
    }

    public Task<IReadOnlyList<CachedResult>> ListBuildCache(CancellationToken cancellationToken)
    {
        Called();
        return Task.FromResult<IReadOnlyList<CachedResult>>([]);
    }

    public Task PullImage(string reference, Action<BuildEvent> progress, CancellationToken cancellationToken)
    {
        Called(reference);
        lock (gate)
        {
            Pull(reference, progress);
            return Task.CompletedTask;
        }
    }

    public async Task<string> BuildImage(ImageBuild build, Action<BuildEvent> progress, CancellationToken cancellationToken)
    {
        Called(build.Tag);
        using var context = new MemoryStream();
        await build.WriteContext(context, cancellationToken);
        var recipe = FakeRuntimeDockerfile.Parse(ReadFile(context, build.Dockerfile) ?? throw new BuildFailedException(null, $"Cannot locate specified Dockerfile: {build.Dockerfile}"), build);
        var content = Hash(Convert.ToBase64String(context.ToArray()));
        var stages = new Dictionary<string, FakeRuntimeImage>(StringComparer.OrdinalIgnoreCase);
        FakeRuntimeImage? image = null;
        foreach (var stage in recipe)
        {
            image = await BuildStage(build, stage, stages, content, progress, cancellationToken);
            stages[stage.Name] = image;
        }

        cancellationToken.ThrowIfCancellationRequested();
        lock (gate)
        {
            image!.Labels = image.Labels.Concat(build.Labels).GroupBy(label => label.Key).ToDictionary(same => same.Key, same => same.Last().Value);
            var built = images.Find(known => known.Id == image.Id) ?? image;
            if (built == image)
            {
                images.Add(built);
            }

            Tag(built, build.Tag);
            return built.Id;
        }
    }

    private async Task<FakeRuntimeImage> BuildStage(
        ImageBuild build, FakeRuntimeDockerfile.Stage stage, Dictionary<string, FakeRuntimeImage> stages, string content, Action<BuildEvent> progress, CancellationToken cancellationToken)
    {
        FakeRuntimeImage? image = null;
        var chain = "";
        var number = 0;
        foreach (var instruction in stage.Instructions)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var step = instruction.IsStep ? new BuildStep(++number, stage.Total, instruction.Text, stage.Label) : null;
            if (step is not null)
            {
                progress(new BuildEvent.StepStarted(step));
            }

            var cached = false;
            if (image is null)
            {
                image = Base(instruction.Argument, stages, step, progress);
                chain = image.Id;
                await WhileBuilding(cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
            }
            else
            {
                instruction.Apply(image);
                // A copy sees the context's files; all else depends on what came before and on its own words.
                chain = Hash($"{chain} {instruction.Text} {(instruction.Word is "COPY" or "ADD" ? content : "")}");
                if (instruction.IsStep)
                {
                    cached = AddLayer(image, chain, build.UseCache);
                }
            }

            if (step is not null)
            {
                Perform(instruction, step, cached, progress);
                progress(new BuildEvent.StepDone(step, cached));
            }
        }

        // The same recipe on the same base is the same image, as BuildKit has it.
        var labels = string.Join(' ', build.Labels.OrderBy(label => label.Key, StringComparer.Ordinal));
        return image!.With("sha256:" + Hash($"{string.Join(' ', image.Layers)} {chain} {labels}"), clock.GetUtcNow());
    }

    private bool AddLayer(FakeRuntimeImage image, string chain, bool useCache)
    {
        lock (gate)
        {
            var cached = useCache && cache.ContainsKey(chain);
            var layer = cached ? cache[chain] : "sha256:" + NextId("layer");
            cache[chain] = layer;
            image.Layers = [.. image.Layers, layer];
            image.LayerSizes = [.. image.LayerSizes, LayerSize.Bytes];
            image.Size += LayerSize.Bytes;
            return cached;
        }
    }

    private void Perform(FakeRuntimeDockerfile.Instruction instruction, BuildStep step, bool cached, Action<BuildEvent> progress)
    {
        if (brokenStep is { } broken && broken.Number == step.Number)
        {
            foreach (var line in broken.Output)
            {
                progress(new BuildEvent.Output(step, line));
            }

            throw new BuildFailedException(step, broken.Reason);
        }

        if (instruction.Word != "RUN" || cached)
        {
            return;
        }

        var (lines, code) = FakeRuntimeProgram.Rehearse(instruction.Argument);
        foreach (var line in lines)
        {
            progress(new BuildEvent.Output(step, line));
        }

        if (code != 0)
        {
            throw new BuildFailedException(step, $"exit code: {code}");
        }
    }

    private FakeRuntimeImage Base(string reference, Dictionary<string, FakeRuntimeImage> stages, BuildStep? step, Action<BuildEvent> progress)
    {
        if (reference == "scratch")
        {
            return new FakeRuntimeImage("sha256:" + Hash("scratch"), clock.GetUtcNow()) { Size = 0 };
        }

        lock (gate)
        {
            if (stages.TryGetValue(reference, out var stage))
            {
                return stage.With(stage.Id, stage.CreatedAt);
            }

            try
            {
                var found = Locate(reference) ?? Pull(reference, progress);
                return found.With(found.Id, found.CreatedAt);
            }
            catch (RuntimeRefusalException refusal)
            {
                throw new BuildFailedException(step, refusal.Message);
            }
        }
    }

    private FakeRuntimeImage Pull(string reference, Action<BuildEvent> progress)
    {
        var tag = WithTag(reference);
        if (pullFailures.TryGetValue(tag, out var failure))
        {
            throw failure;
        }

        if (!registry.TryGetValue(tag, out var offered))
        {
            throw Refuse(RuntimeRefusal.NotFound, $"The registry has no {reference}. Check its name and tag.");
        }

        progress(new BuildEvent.Output(null, $"Pulling from library/{tag}"));
        progress(new BuildEvent.Output(null, $"Status: Downloaded newer image for {tag}"));
        var image = images.Find(known => known.Id == offered.Id) ?? offered.With(offered.Id, offered.CreatedAt);
        if (!images.Contains(image))
        {
            images.Add(image);
        }

        Tag(image, tag);
        return image;
    }

    private void Tag(FakeRuntimeImage image, string? tag)
    {
        if (tag is null)
        {
            return;
        }

        foreach (var other in images)
        {
            other.Tags.Remove(WithTag(tag));
        }

        image.Tags.Add(WithTag(tag));
    }

    // Engines tell of a layer by the name that holds all below it.
    private static IEnumerable<string> Chain(FakeRuntimeImage image)
    {
        string? below = null;
        foreach (var layer in image.Layers)
        {
            yield return below = ChainId.Of(below, layer);
        }
    }

    private FakeRuntimeImage? Locate(string reference) =>
        images.Find(image => image.Tags.Contains(WithTag(reference)))
        ?? images.Find(image => image.Id == reference || image.Id == "sha256:" + reference)
        ?? (reference.Length >= 4 && reference.All(char.IsAsciiHexDigitLower) ? images.Find(image => image.Id.StartsWith("sha256:" + reference, StringComparison.Ordinal)) : null);

    private static string WithTag(string reference) => reference.LastIndexOf(':') > reference.LastIndexOf('/') ? reference : reference + ":latest";

    private static string? ReadFile(MemoryStream tar, string path)
    {
        tar.Position = 0;
        using var reader = new TarReader(tar, leaveOpen: true);
        while (reader.GetNextEntry() is { } entry)
        {
            if (entry.Name.TrimStart('.', '/') == path.TrimStart('.', '/') && entry.DataStream is { } data)
            {
                using var text = new StreamReader(data, Encoding.UTF8);
                return text.ReadToEnd();
            }
        }

        return null;
    }
}
