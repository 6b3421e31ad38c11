using Agentops.Containers;
using Agentops.Images;
using Agentops.Launching;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Tests;

/// <summary>Defaults for all that a sentence does not mention.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public const string Endpoint = "unix:///run/fake.sock";
    public const string Installation = "0123456789abcdef0123456789abcdef";

    public static RunId Id(string text = "a1b2c3d4") => RunId.TryParse(text, out var id) ? id : throw new ArgumentException(text);

    public static RunRecord Record(
        string id = "a1b2c3d4",
        string name = "my-agent",
        string agent = "my-agent",
        DateTimeOffset? created = null,
        DateTimeOffset? started = null,
        DateTimeOffset? ended = null,
        int? exitCode = null,
        string? failure = null,
        string endpoint = Endpoint,
        bool removeAtEnd = false) => new(
            RunRecord.CurrentSchema, id, name, agent, "/home/user/project", $"agentops/{agent}:latest", null, "docker", endpoint,
            Installation, created ?? Now.AddHours(-2), new RunCreator(4242, Now.AddHours(-2)), Terminal: false, removeAtEnd)
        {
            StartedAt = started,
            EndedAt = ended,
            ExitCode = exitCode,
            Failure = failure,
        };

    public static Container Container(string id = "a1b2c3d4", ContainerState state = ContainerState.Running, int? exitCode = null) => new(
        new string('c', 64), $"agentops-{id}", state, exitCode, "sha256:" + new string('1', 64), "agentops/my-agent:latest", Now.AddHours(-2),
        new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Run] = id, [Labels.Agent] = "my-agent" });

    public static Run Run(string id = "a1b2c3d4", string name = "my-agent", ContainerState state = ContainerState.Running) =>
        Agentops.Runs.Run.Of(Id(id), Record(id, name), Container(id, state), creatorLives: false, Endpoint);

    public static ImageDetails Image(string tag = "agentops/my-agent:latest", IReadOnlyList<string>? entrypoint = null, IReadOnlyList<string>? command = null) => new(
        new Image("sha256:" + new string('1', 64), [tag], new ByteSize(312_000_000), Now.AddHours(-2), new Dictionary<string, string>()), [], entrypoint ?? [], command ?? [], []);

    /// <summary>A picture in which an image is used by runs and containers made from it, whatever <see cref="InventoryImage"/> says.</summary>
    public static Inventory Inventory(
        IReadOnlyList<Run>? runs = null, IReadOnlyList<Orphan>? orphans = null, IReadOnlyList<InventoryImage>? images = null, IReadOnlyList<Container>? containers = null)
    {
        var ofRuns = (runs ?? []).Select(run => run.Container).Concat((orphans ?? []).Select(orphan => orphan.Container)).OfType<Container>();
        var all = ofRuns.Concat(containers ?? []).ToList();
        var ours = (images ?? []).Select(image => image with
        {
            Users = [.. image.Users, .. all.Where(container => container.ImageId == image.Image.Id)],
            Runs = [.. image.Runs, .. (runs ?? []).Where(run => run.Container?.ImageId == image.Image.Id)],
        }).ToList();
        var stored = ours.Select(image => new StoredImage(image.Image, [], null)).ToList();
        return new Inventory(new RuntimeIdentity("docker", "20.10.24", Endpoint), Installation, Now)
        {
            Runs = runs ?? [],
            Orphans = orphans ?? [],
            Containers = all,
            Images = ours,
            // Each of one layer of its own.
            Layers = LayerGraph.Of(stored, stored.ToDictionary(image => image.Image.Id, image => new ImageLayers(image.Image.Id, image.Image.Size, true, [image.Image.Id], null))),
        };
    }

    /// <summary>An image of ours in a picture, by the name of its agent; <c>base-node:22</c> is a base, null a dangling one. Its id is made of one digit.</summary>
    public static InventoryImage OurImage(string? name = "my-agent", char id = '1', long? size = 300_000_000, DateTimeOffset? createdAt = null, Owner owner = Owner.Us, params string[] moreTags)
    {
        var isBase = name?.StartsWith("base-", StringComparison.Ordinal) == true;
        var labels = new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Base] = isBase ? "true" : "false" };
        if (!isBase)
        {
            labels[Labels.Agent] = name ?? "my-agent";
        }

        IReadOnlyList<string> tags = name is null ? moreTags : [$"agentops/{name}{(name.Contains(':') ? "" : ":latest")}", .. moreTags];
        return new InventoryImage(new Image("sha256:" + new string(id, 64), tags, size is { } bytes ? new ByteSize(bytes) : null, createdAt ?? Now.AddDays(-1), labels), owner);
    }

    /// <summary>What a run takes, measured.</summary>
    public static DiskUse Disk(long bytes = 1_000_000) => new(new ByteSize(bytes), ByteSize.Zero, ByteSize.Zero) { WasAsked = true };

    public static Orphan Orphan(string id = "lost0000", ContainerState state = ContainerState.Exited, Owner owner = Owner.Us, bool hasRecord = false) =>
        new(Container(id, state) with { Id = new string('d', 56) + id, ImageId = null }, Id(id), owner, hasRecord) { Disk = Disk() };

    public static Recipe Recipe(string name = "my-agent") => new(AgentName.Parse(name), "agent.yaml", new Foundation.OnBase(new BaseImage("node", "22")));

    public static LaunchPlan Plan(Recipe? recipe = null, LaunchRequest? request = null, Dictionary<string, string>? environment = null) =>
        LaunchPlan.For(recipe ?? Recipe(), request ?? new LaunchRequest("/home/user/project"), environment ?? []);
}
