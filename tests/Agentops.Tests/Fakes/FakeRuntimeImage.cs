using Agentops.Images;
using Agentops.Terminal;

namespace Agentops.Tests.Fakes;

/// <summary>An image of the fake runtime.</summary>
internal sealed class FakeRuntimeImage(string id, DateTimeOffset createdAt)
{
    public string Id { get; } = id;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    /// <summary>The listing tells when it was made.</summary>
    public bool TellsCreation { get; set; } = true;

    public List<string> Tags { get; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    public long Size { get; set; }

    /// <summary>The runtime knows its size.</summary>
    public bool TellsSize { get; set; } = true;

    public IReadOnlyList<string> Layers { get; set; } = [];

    /// <summary>What each of the layers takes.</summary>
    public IReadOnlyList<long> LayerSizes { get; set; } = [];

    public IReadOnlyList<string> Entrypoint { get; set; } = [];

    public IReadOnlyList<string> Command { get; set; } = [];

    public IReadOnlyList<string> Environment { get; set; } = [];

    public Image Listed => new(Id, [.. Tags], TellsSize ? new ByteSize(Size) : null, TellsCreation ? CreatedAt : null, Labels);

    public StoredImage Stored => new(Listed, [], null);

    public ImageDetails Details => new(Listed, Layers, Entrypoint, Command, Environment);

    /// <summary>The same content under another id, without tags.</summary>
    public FakeRuntimeImage With(string newId, DateTimeOffset at) => new(newId, at)
    {
        Labels = Labels,
        Size = Size,
        Layers = Layers,
        LayerSizes = LayerSizes,
        Entrypoint = Entrypoint,
        Command = Command,
        Environment = Environment,
    };
}
