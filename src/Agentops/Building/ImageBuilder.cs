using Agentops.Images;
using Agentops.Recipes;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Building;

/// <summary>Sees to it that an agent's image is there and fresh; builds it when it is missing, stale, or to be rebuilt.</summary>
/// <param name="world">The world.</param>
/// <param name="runtime">Where the image is to be.</param>
/// <param name="recipe">What the agent is made of.</param>
/// <param name="rendered">What is built of it.</param>
/// <param name="verbose">Show every line of a build.</param>
internal sealed class ImageBuilder(World world, IContainerRuntime runtime, Recipe recipe, RenderedRecipe rendered, bool verbose)
{
    private readonly TextWriter told = world.Streams.Error;

    private string Tag => recipe.Agent.ImageTag;

    /// <summary>Looks, and builds if need be. A fresh image costs no build request.</summary>
    /// <param name="rebuild">Remove the image and build it without cache, whatever it is.</param>
    /// <param name="cancellationToken">Stops it; nothing half-built stays.</param>
    /// <returns>The image to run.</returns>
    public async Task<ImageDetails> Ensure(bool rebuild, CancellationToken cancellationToken)
    {
        if (!rebuild && await Look(cancellationToken) is { Reason: null, Image: { } fresh })
        {
            return fresh;
        }

        await using var mine = await Lock(Tag, cancellationToken);
        if (rebuild)
        {
            await RemoveCached(cancellationToken);
            await MakeBase(cancellationToken);
            await told.WriteLineAsync("Building image (no cache)...");
        }
        else
        {
            var (image, reason) = await Look(cancellationToken);
            if (reason is null)
            {
                // Somebody else has built it while we waited.
                return image!;
            }

            await MakeBase(cancellationToken);
            await told.WriteLineAsync($"{(image is null ? "Building" : "Rebuilding")} {Tag}: {reason}");
        }

        foreach (var note in recipe.Notes)
        {
            await told.WriteLineAsync($"Note: {SafeText.Escape(note)}");
        }

        var built = await Build(Tag, rendered, await Fingerprint(cancellationToken), useCache: !rebuild, isBase: false, cancellationToken);
        await told.WriteLineAsync($"Image built: {Tag} ({await SizeOf(built, cancellationToken)})\n");
        return built;
    }

    private async Task<(ImageDetails? Image, string? Reason)> Look(CancellationToken cancellationToken)
    {
        var looking = runtime.FindImage(Tag, cancellationToken);
        var now = await Fingerprint(cancellationToken);
        if (await looking is not { } image)
        {
            return (null, "no image yet");
        }

        return (image, RecipeFingerprint.WhyStale(RecipeFingerprint.TryParse(image.Image.Labels.GetValueOrDefault(Labels.Recipe)), now, recipe));
    }

    private async Task<RecipeFingerprint> Fingerprint(CancellationToken cancellationToken)
    {
        var ids = await Task.WhenAll(rendered.BaseReferences.Select(async reference => (reference, Id: (await runtime.FindImage(reference, cancellationToken))?.Image.Id)));
        return RecipeFingerprint.Of(recipe, rendered, ids.ToDictionary(pair => pair.reference, pair => pair.Id), cancellationToken);
    }

    private async Task<FileStream> Lock(string tag, CancellationToken cancellationToken)
    {
        var isTold = false;
        while (true)
        {
            if (world.Runs.TryLock(tag) is { } taken)
            {
                return taken;
            }

            if (!isTold)
            {
                await told.WriteLineAsync($"Waiting for another agent that builds {tag}...");
                isTold = true;
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    private async Task RemoveCached(CancellationToken cancellationToken)
    {
        if (await runtime.FindImage(Tag, cancellationToken) is null)
        {
            return;
        }

        await told.WriteAsync($"Removing cached image {Tag}... ");
        try
        {
            await runtime.RemoveImage(Tag, cancellationToken);
            await told.WriteLineAsync("done");
        }
        catch (RuntimeRefusalException refusal) when (refusal.Refusal is RuntimeRefusal.InUse or RuntimeRefusal.NotFound)
        {
            await told.WriteLineAsync(refusal.Refusal == RuntimeRefusal.InUse ? "in use by a run, so it is kept until that run is cleaned" : "gone already");
        }
    }

    private async Task MakeBase(CancellationToken cancellationToken)
    {
        if (recipe.Foundation is Foundation.OnImage(var reference))
        {
            await Pull(reference, cancellationToken);
        }

        if (recipe.Foundation is not Foundation.OnBase(var baseImage) || await runtime.FindImage(baseImage.Tag, cancellationToken) is not null)
        {
            return;
        }

        await using var mine = await Lock(baseImage.Tag, cancellationToken);
        if (await runtime.FindImage(baseImage.Tag, cancellationToken) is not null)
        {
            return;
        }

        await told.WriteLineAsync($"Building base image {baseImage.Tag}...");
        var renderedBase = RenderedRecipe.OfBase(baseImage);
        foreach (var publicImage in renderedBase.BaseReferences)
        {
            await Pull(publicImage, cancellationToken);
        }

        var built = await Build(baseImage.Tag, renderedBase, fingerprint: null, useCache: true, isBase: true, cancellationToken);
        await told.WriteLineAsync($"Base image built: {baseImage.Tag} ({await SizeOf(built, cancellationToken)})");
    }

    private async Task<string> SizeOf(ImageDetails image, CancellationToken cancellationToken) =>
        (image.Image.Size ?? await runtime.ImageSize(image.Image.Id, cancellationToken))?.ToString() ?? "?";

    private async Task Pull(string reference, CancellationToken cancellationToken)
    {
        if (await runtime.FindImage(reference, cancellationToken) is not null)
        {
            return;
        }

        await told.WriteLineAsync($"Pulling {SafeText.Escape(reference)}...");
        var display = new BuildDisplay(told, Columns, verbose);
        try
        {
            await runtime.PullImage(reference, display.Show, cancellationToken);
        }
        catch (RuntimeRefusalException refusal)
        {
            throw new AgentopsException($"Cannot get the image {reference}: {refusal.Message}", ExitCode.RunFailed, "imageUnavailable", refusal);
        }
        finally
        {
            display.CloseLine();
        }
    }

    private async Task<ImageDetails> Build(string tag, RenderedRecipe what, RecipeFingerprint? fingerprint, bool useCache, bool isBase, CancellationToken cancellationToken)
    {
        var display = new BuildDisplay(told, Columns, verbose);
        try
        {
            var id = await runtime.BuildImage(what.ToBuild(tag, LabelsOf(fingerprint, isBase), useCache), display.Show, cancellationToken);
            display.CloseLine();
            return await runtime.FindImage(id, cancellationToken)
                ?? throw new AgentopsException($"{tag} was built, and has vanished since. Is something removing images?", ExitCode.RunFailed, "imageVanished");
        }
        catch (BuildFailedException failure)
        {
            display.CloseLine();
            await told.WriteAsync(display.Describe(failure));
            throw new AgentopsException($"Cannot build {tag}: {failure.Message}", ExitCode.RunFailed, failure.Code, failure);
        }
        finally
        {
            // Also when it was interrupted: what comes next starts on a line of its own.
            display.CloseLine();
        }
    }

    private Func<int>? Columns => world.Streams.Tty is { ErrorIsTerminal: true } tty ? () => tty.Size.Columns : null;

    private Dictionary<string, string> LabelsOf(RecipeFingerprint? fingerprint, bool isBase)
    {
        var labels = new Dictionary<string, string>
        {
            [Labels.Ours] = "true",
            [Labels.Installation] = world.Runs.Installation(),
            [Labels.Version] = Agent.Version,
        };
        if (isBase)
        {
            labels[Labels.Base] = "true";
        }
        else
        {
            labels[Labels.Agent] = recipe.Agent.Text;
            // An image inherits its base's labels: without this it would say that it is one.
            labels[Labels.Base] = "false";
        }

        if (fingerprint is not null)
        {
            labels[Labels.Recipe] = fingerprint.ToLabel();
        }

        return labels;
    }
}
