using System.CommandLine;
using System.Text;
using System.Text.Json;
using Agentops.Images;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Commands;

/// <summary><c>agent system images</c>: the images that are ours, and the native command that removes one.</summary>
internal static class SystemImagesCommand
{
    public static Command Create(World world)
    {
        var command = new Command("images", "List the images that are agentops' own") { GlobalOptions.Json };
        command.SetAction((parse, cancellationToken) => List(world, parse, cancellationToken));
        return command;
    }

    private static async Task<int> List(World world, ParseResult parse, CancellationToken cancellationToken)
    {
        await using var runtime = await world.ConnectRuntime(parse.RuntimeRequest(), cancellationToken);
        var images = (await runtime.ListImages(cancellationToken))
            .OrderByDescending(image => image.CreatedAt ?? DateTimeOffset.MinValue).ThenBy(image => image.Id, StringComparer.Ordinal).ToList();
        var now = world.Clock.GetUtcNow();
        await world.Streams.Out.WriteAsync(parse.GetValue(GlobalOptions.Json)
            ? JsonSerializer.Serialize(SystemImagesJson.Of(runtime.Identity, images, now), OutputJson.Default.SystemImagesJson) + "\n"
            : Describe(runtime.Identity, images, world.Runs.KnownInstallation, now));
        return ExitCode.Done.Value;
    }

    /// <summary>A line for each tag; an image without one has a line too.</summary>
    internal static string Describe(RuntimeIdentity runtime, IReadOnlyList<Image> images, string? installation, DateTimeOffset now)
    {
        if (images.Count == 0)
        {
            return "No images.\n";
        }

        var table = new Table("IMAGE ID", "TAG", "SIZE", "CREATED", "");
        foreach (var image in images)
        {
            foreach (var tag in image.Tags.Order(StringComparer.Ordinal).DefaultIfEmpty("<none>"))
            {
                table.Add(image.ShortId, tag, image.Size?.ToString() ?? "?", Age.Describe(image.CreatedAt, now), SystemCommand.Note(image.Labels, installation));
            }
        }

        return new StringBuilder(table.Describe()).Append('\n').Append("To remove an image: ").Append(NativeCommands.Of(runtime.Name).RemoveImage).Append('\n').ToString();
    }
}
