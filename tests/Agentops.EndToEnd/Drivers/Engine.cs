using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Agentops.EndToEnd.Drivers;

/// <summary>The engine's own API: what really is there, whatever our program says.</summary>
internal sealed class Engine : IDisposable
{
    private static readonly Lazy<Engine> TheOther = new(() => new Engine(Given.OtherEngineHost));

    private readonly HttpClient client;

    private Engine(string host)
    {
        Host = host;
        client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri("http://engine/v1.41/"), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>That of nearly all tests, which leave what is not theirs alone.</summary>
    public static Engine Usual { get; } = new(Given.EngineHost);

    /// <summary>One for tests that shake or watch all that is on it.</summary>
    public static Engine Other => TheOther.Value;

    /// <summary>Where it answers, such as <c>unix:///tmp/x/docker.sock</c>.</summary>
    public string Host { get; }

    /// <summary>Its socket.</summary>
    public string Socket => Host["unix://".Length..];

    /// <summary>Asks; null when there is no such thing.</summary>
    public async Task<JsonElement?> Get(string path)
    {
        using var response = await client.GetAsync(path);
        if (response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }

        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<JsonElement> Container(string name) => await Get($"containers/{name}/json") ?? throw new InvalidOperationException($"no container {name}");

    public async Task<string?> ImageId(string tag) => (await Get($"images/{tag}/json"))?.GetProperty("Id").GetString();

    /// <summary>The ids of all containers with a label, running or not.</summary>
    public async Task<IReadOnlyList<string>> ContainersLabelled(string label)
    {
        var filter = Uri.EscapeDataString($$"""{"label":["{{label}}"]}""");
        return [.. (await Get($"containers/json?all=1&filters={filter}"))!.Value.EnumerateArray().Select(container => container.GetProperty("Id").GetString()!)];
    }

    /// <summary>The ids of all images with a label, those without a tag too.</summary>
    public async Task<IReadOnlyList<string>> ImagesLabelled(string label)
    {
        var filter = Uri.EscapeDataString($$"""{"label":["{{label}}"]}""");
        return [.. (await Get($"images/json?all=1&filters={filter}"))!.Value.EnumerateArray().Select(image => image.GetProperty("Id").GetString()!)];
    }

    public async Task RemoveContainer(string id)
    {
        using var response = await client.DeleteAsync($"containers/{id}?force=1&v=1");
    }

    public async Task RemoveImage(string reference)
    {
        using var response = await client.DeleteAsync($"images/{reference}?force=1");
    }

    public async Task Tag(string image, string repository, string tag)
    {
        if (!await TryTag(image, repository, tag))
        {
            throw new InvalidOperationException($"{image} is not to be tagged");
        }
    }

    /// <summary>Gives an image another tag if it is still there.</summary>
    public async Task<bool> TryTag(string image, string repository, string tag)
    {
        using var response = await client.PostAsync($"images/{image}/tag?repo={repository}&tag={tag}", null);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Removes a tag, and with the last one the image.</summary>
    public async Task RemoveTag(string tag)
    {
        using var response = await client.DeleteAsync($"images/{tag}");
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Removes a container if it does not run.</summary>
    public async Task<bool> RemoveEnded(string id)
    {
        using var response = await client.DeleteAsync($"containers/{id}?v=1");
        return response.IsSuccessStatusCode;
    }

    /// <summary>Starts one again.</summary>
    public async Task<bool> Restart(string id)
    {
        using var response = await client.PostAsync($"containers/{id}/restart?t=0", null);
        return response.IsSuccessStatusCode;
    }

    /// <summary>What happens on it from now on, as it happens.</summary>
    /// <param name="seen">Told each event, one after the other.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task Watch(Action<JsonElement> seen, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await client.GetStreamAsync("events", cancellationToken);
            using var reader = new StreamReader(stream);
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                seen(JsonDocument.Parse(line).RootElement);
            }
        }
        catch (OperationCanceledException)
        {
            // Enough was seen.
        }
    }

    /// <summary>Creates a container that is nobody's run: a stranger with our name or label.</summary>
    public async Task<string> CreateContainer(string name, object body)
    {
        using var response = await client.PostAsJsonAsync($"containers/create?name={name}", body);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("Id").GetString()!;
    }

    public void Dispose() => client.Dispose();
}
