using System.Formats.Tar;
using System.Text;
using Agentops.Building;
using Agentops.Containers;
using Agentops.Runtimes;

namespace Agentops.RuntimeTests;

/// <summary>What the contracts share: a runtime, an image to run, and tidying up.</summary>
/// <param name="target">The runtime under test.</param>
public abstract class Contract(TestRuntime target) : IAsyncLifetime
{
    /// <summary>The image of all tests: busybox, made on the spot.</summary>
    protected const string Base = "agentops/base-busybox:contract";

    private const string BaseRecipe = """
        FROM scratch
        COPY busybox /bin/busybox
        RUN ["/bin/busybox", "--install", "-s", "/bin"]
        ENV PATH=/bin
        CMD ["sh"]
        """;

    private readonly List<string> containers = [];
    private readonly List<string> images = [];

    /// <summary>The runtime under test, connected.</summary>
    protected IContainerRuntime Runtime { get; private set; } = null!;

    // A program of its own, without libraries, for an image from nothing.
    private static string Busybox => Environment.GetEnvironmentVariable("AGENTOPS_TEST_BUSYBOX") is { Length: > 0 } set ? set : "/bin/busybox";

    /// <summary>Of the running test.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Runtime = await Connect();
        await MakeBase();
    }

    /// <summary>Builds <see cref="Base"/> if it is not there.</summary>
    protected async Task MakeBase()
    {
        if (await Runtime.FindImage(Base, Cancel) is null)
        {
            await Runtime.BuildImage(BuildOf(Base, BaseRecipe, labels: new() { [Labels.Ours] = "true", [Labels.Base] = "true" }, files: [("busybox", File.ReadAllBytes(Busybox))]), _ => { }, Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var container in containers)
        {
            await Quietly(() => Runtime.StopContainer(container, TimeSpan.Zero, CancellationToken.None));
            await Quietly(() => Runtime.RemoveContainer(container, CancellationToken.None));
        }

        foreach (var image in images)
        {
            await Quietly(() => Runtime.RemoveImage(image, CancellationToken.None));
        }

        await Runtime.DisposeAsync();
    }

    protected virtual Task<IContainerRuntime> Connect() => target.Connect();

    /// <summary>A tag of this test's own.</summary>
    protected string NewTag()
    {
        var tag = $"agentops/contract-{Guid.NewGuid():N}:latest";
        images.Add(tag);
        return tag;
    }

    /// <summary>An image to remove at the end.</summary>
    protected void Forget(string image) => images.Insert(0, image);

    /// <summary>Hardened as little as a test needs; one process, no init, unless said otherwise.</summary>
    protected static ContainerSpec Spec(params string[] command)
    {
        var run = Runs.RunId.New();
        return new ContainerSpec(run.ContainerName, Base, new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Run] = run.ToString() })
        {
            Command = command,
            Init = false,
            Network = false,
        };
    }

    protected async Task<string> Create(ContainerSpec spec) => (await CreateWarned(spec)).Id;

    protected async Task<CreatedContainer> CreateWarned(ContainerSpec spec)
    {
        var created = await Runtime.CreateContainer(spec, Cancel);
        containers.Add(created.Id);
        return created;
    }

    protected async Task<string> Start(ContainerSpec spec)
    {
        var id = await Create(spec);
        await Runtime.StartContainer(id, Cancel);
        return id;
    }

    /// <summary>Creates, attaches, waits, starts, reads to the end: a whole run.</summary>
    protected async Task<(int Code, string Out, string Error)> Run(ContainerSpec spec, string? input = null)
    {
        var id = await Create(spec);
        await using var io = await Runtime.AttachContainer(id, spec.Terminal, spec.Input, Cancel);
        var exit = await Runtime.WaitForExit(id, Cancel);
        await Runtime.StartContainer(id, Cancel);
        if (input is not null)
        {
            await io.Input!.WriteAsync(Encoding.UTF8.GetBytes(input), Cancel);
            io.CompleteInput();
        }

        var (output, error) = await Read(io.Output);
        return (await exit, output, error);
    }

    protected async Task<int> RunToEnd(string container)
    {
        var exit = await Runtime.WaitForExit(container, Cancel);
        await Runtime.StartContainer(container, Cancel);
        return await exit;
    }

    protected static async Task<(string Out, string Error)> Read(IAsyncEnumerable<OutputChunk> chunks)
    {
        var (output, error) = (new MemoryStream(), new MemoryStream());
        await foreach (var chunk in chunks.WithCancellation(Cancel))
        {
            (chunk.Channel is OutputChannel.Out ? output : error).Write(chunk.Bytes.Span);
        }

        return (Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>Reads until this was printed; the rest stays unread.</summary>
    protected static async Task<string> ReadUntil(IAsyncEnumerator<OutputChunk> chunks, string text)
    {
        var seen = "";
        while (!seen.Contains(text, StringComparison.Ordinal) && await chunks.MoveNextAsync())
        {
            seen += Encoding.UTF8.GetString(chunks.Current.Bytes.Span);
        }

        return seen;
    }

    internal static ImageBuild BuildOf(string tag, string dockerfile, Dictionary<string, string>? labels = null, params (string Name, byte[] Content)[] files) => new(
        tag,
        "Dockerfile",
        async (stream, cancellationToken) =>
        {
            await using var tar = new TarWriter(stream, TarEntryFormat.Pax, leaveOpen: true);
            foreach (var (name, content) in files.Prepend(("Dockerfile", Encoding.UTF8.GetBytes(dockerfile))))
            {
                var entry = new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(content),
                    Mode = (UnixFileMode)0b111_101_101,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                };
                await tar.WriteEntryAsync(entry, cancellationToken);
            }
        },
        labels ?? new() { [Labels.Ours] = "true" },
        new Dictionary<string, string>());

    private static async Task Quietly(Func<Task> tidy)
    {
        try
        {
            await tidy();
        }
        catch (AgentopsException)
        {
            // The test removed it itself.
        }
    }
}
