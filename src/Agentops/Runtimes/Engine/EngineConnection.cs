using System.Net;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Agentops.Runtimes.Engine;

/// <summary>The HTTP side of one engine: connections that are kept, deadlines, and failures put into words.</summary>
internal sealed class EngineConnection : IAsyncDisposable
{
    private const long AnswerLimit = 256_000_000;
    private static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(10);

    // A disk that is busy makes the first write slow long before it makes a look slow.
    private const int ChangesTake = 6;

    // Each request that goes on meanwhile is one more login, and sshd refuses more than ten of these at once (MaxStartups).
    private const int SshConnections = 6;

    private readonly CancellationTokenSource closing = new();
    private readonly HttpClient client;
    private readonly long answerLimit;
    private string prefix = "";

    /// <summary>Nothing is sent yet.</summary>
    /// <param name="endpoint">Where.</param>
    /// <param name="patience">How long a look may take; null for 10 s.</param>
    /// <param name="answerLimit">Bytes a short answer may have.</param>
    public EngineConnection(EngineEndpoint endpoint, TimeSpan? patience = null, long answerLimit = AnswerLimit)
    {
        Endpoint = endpoint;
        Patience = patience ?? UsualPatience;
        this.answerLimit = answerLimit;
        client = NewClient(transport => transport.Stream);
    }

    /// <summary>Where.</summary>
    public EngineEndpoint Endpoint { get; }

    /// <summary>How long a look may take.</summary>
    public TimeSpan Patience { get; }

    /// <summary>How long a change may take.</summary>
    public TimeSpan ChangePatience => Patience * ChangesTake;

    /// <summary>Says hello and settles the version that all later requests name.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the engine says of itself, or why there is no engine.</returns>
    public async Task<(EngineGreeting? Greeting, EngineFault? Fault)> Greet(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using var request = Request(HttpMethod.Get, "/_ping", null);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            if (response.StatusCode is HttpStatusCode.BadRequest && (await ReadText(response, deadline.Token)).Contains("HTTP request to an HTTPS server", StringComparison.Ordinal))
            {
                return (null, TlsFault.Wanted);
            }

            var greeting = EngineGreeting.Of(Header(response, "Api-Version"), Header(response, "Libpod-Api-Version"), Header(response, "Server"));
            // Read to its end, or the connection could not be used again.
            await using var answer = new CappedStream(await response.Content.ReadAsStreamAsync(deadline.Token), 64_000);
            await answer.CopyToAsync(Stream.Null, deadline.Token);
            prefix = $"/v{greeting.ApiVersion}";
            return (greeting, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, EngineFault.Late(Patience));
        }
        catch (Exception failure) when (EngineFault.Of(failure) is { } fault)
        {
            return (null, fault);
        }
    }

    /// <summary>One short question, answered within the deadline or not at all.</summary>
    /// <typeparam name="T">What is made of the answer.</typeparam>
    /// <param name="request">What to send.</param>
    /// <param name="read">Makes something of the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was made of it.</returns>
    public async Task<T> Ask<T>(EngineRequest request, Func<Stream, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        var patience = (request.IsChange ? ChangePatience : Patience) + request.ExtraPatience;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(patience);
        try
        {
            using var response = await Send(client, request, deadline.Token);
            await using var answer = new CappedStream(await response.Content.ReadAsStreamAsync(deadline.Token), answerLimit);
            var result = await read(answer, deadline.Token);
            // What is left unread costs the connection.
            await answer.CopyToAsync(Stream.Null, deadline.Token);
            return result;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(EngineFault.Late(patience), late);
        }
        catch (Exception failure) when (EngineFault.Of(failure) is { } fault)
        {
            throw Unavailable(fault, failure);
        }
    }

    /// <summary>One short question with an answer in JSON.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="request">What to send.</param>
    /// <param name="type">How to read the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer.</returns>
    public Task<T> Ask<T>(EngineRequest request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class =>
        Ask(request, async (answer, token) => await JsonSerializer.DeserializeAsync(answer, type, token) ?? throw new JsonException(), cancellationToken);

    /// <summary>One short question with a list for an answer, read item by item so that a long one costs little memory.</summary>
    /// <typeparam name="TWire">An item.</typeparam>
    /// <typeparam name="T">What is kept of it.</typeparam>
    /// <param name="request">What to send.</param>
    /// <param name="type">How to read an item.</param>
    /// <param name="keep">What to keep of an item; null for nothing.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was kept, in the order told.</returns>
    public Task<List<T>> AskList<TWire, T>(EngineRequest request, JsonTypeInfo<TWire> type, Func<TWire, T?> keep, CancellationToken cancellationToken)
        where TWire : class
        where T : class =>
        Ask(
            request,
            async (answer, token) =>
            {
                var kept = new List<T>();
                await foreach (var item in JsonSerializer.DeserializeAsyncEnumerable(answer, type, token))
                {
                    if (item is not null && keep(item) is { } wanted)
                    {
                        kept.Add(wanted);
                    }
                }

                return kept;
            },
            cancellationToken);

    /// <summary>A listing of containers, read as it comes.</summary>
    /// <typeparam name="T">What is made of a container.</typeparam>
    /// <param name="request">What to send.</param>
    /// <param name="keep">Makes something of a container, or null to pass it over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was made.</returns>
    public Task<List<T>> AskContainers<T>(EngineRequest request, Func<WireContainer, T?> keep, CancellationToken cancellationToken)
        where T : class =>
        Ask(request, (answer, token) => WireList.Read<WireContainer, T>(answer, new WireContainers().TryRead, keep, token), cancellationToken);

    /// <summary>One short request whose answer says no more than that it was done.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When done.</returns>
    public Task Tell(EngineRequest request, CancellationToken cancellationToken) =>
        Ask(request, (_, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Opens an answer without end or deadline; only its head has one.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer, to be disposed of.</returns>
    public async Task<EngineStream> Open(EngineRequest request, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            var response = await Send(client, request, deadline.Token);
            return new EngineStream(this, response, await response.Content.ReadAsStreamAsync(deadline.Token), null);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable(EngineFault.Late(Patience), late);
        }
        catch (Exception failure) when (EngineFault.Of(failure) is { } fault)
        {
            throw Unavailable(fault, failure);
        }
    }

    /// <summary>Sends a body of any length and opens the answer; no deadline at all, as a build may be silent for long. A connection of its own.</summary>
    /// <param name="request">What to send; its body is <paramref name="write"/>.</param>
    /// <param name="write">Writes the body.</param>
    /// <param name="cancellationToken">Stops it; closing the connection is what stops the engine.</param>
    /// <returns>The answer, to be disposed of.</returns>
    public async Task<EngineStream> Upload(EngineRequest request, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        UploadStream? connection = null;
        var own = NewClient(transport => connection = new UploadStream(transport.Stream));
        try
        {
            using var body = new UploadContent(write, () => connection is { Broken: true });
            var response = await Send(own, request with { Body = body }, cancellationToken);
            return new EngineStream(this, response, await response.Content.ReadAsStreamAsync(cancellationToken), own);
        }
        catch (Exception failure) when (UploadFailedException.In(failure) is { } ours)
        {
            own.Dispose();
            ExceptionDispatchInfo.Throw(ours);
            throw;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && EngineFault.Of(failure) is { } fault)
        {
            own.Dispose();
            throw Unavailable(fault, failure);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>Takes a connection over: what both sides send after the head are the raw streams of a process.</summary>
    /// <param name="request">What to send.</param>
    /// <param name="cancellationToken">Gives up connecting.</param>
    /// <returns>The taken connection, to be disposed of.</returns>
    public async Task<HijackedConnection> Hijack(EngineRequest request, CancellationToken cancellationToken)
    {
        Transport? taken = null;
        // One handler a hijack: the connection is needed for the half-close that HTTP has no words for.
        var own = NewClient(transport => (taken = transport).Stream);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(ChangePatience);
        try
        {
            var response = await Send(own, request with { Upgrade = true }, deadline.Token);
            return new HijackedConnection(this, own, response, await response.Content.ReadAsStreamAsync(deadline.Token), taken!);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            own.Dispose();
            throw Unavailable(EngineFault.Late(ChangePatience), late);
        }
        catch (Exception failure) when (EngineFault.Of(failure) is { } fault)
        {
            own.Dispose();
            throw Unavailable(fault, failure);
        }
        catch
        {
            own.Dispose();
            throw;
        }
    }

    /// <summary>Puts a fault into words.</summary>
    /// <param name="fault">What it is.</param>
    /// <param name="cause">What was caught, or null.</param>
    /// <returns>The exception to throw.</returns>
    public RuntimeUnavailableException Unavailable(EngineFault fault, Exception? cause = null)
    {
        var advice = fault.Advice ?? fault.Kind switch
        {
            EngineFaultKind.NoAnswer => EngineAdvice.NoAnswer,
            EngineFaultKind.Missing or EngineFaultKind.NobodyListens => "Is the engine running?",
            EngineFaultKind.PermissionDenied => EngineAdvice.PermissionDenied,
            _ => "Look at the engine's own log, or try again.",
        };
        return new RuntimeUnavailableException($"The container engine at {Endpoint.Text} is not usable: {fault.Reason}.\n{advice}", cause);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        // What a handler is still connecting outlives its client.
        await closing.CancelAsync();
    }

    private async Task<HttpResponseMessage> Send(HttpClient through, EngineRequest what, CancellationToken cancellationToken)
    {
        using var request = Request(what.Method, prefix + what.Path, what.Body);
        if (what.Upgrade)
        {
            request.Headers.Connection.Add("Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", "tcp");
        }

        var response = await through.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        // 304: it is started, or stopped, already.
        if ((int)response.StatusCode < 300 || response.StatusCode is HttpStatusCode.NotModified)
        {
            return response;
        }

        using (response)
        {
            var text = await ReadText(response, cancellationToken);
            var isPlain = response.Content.Headers.ContentType?.MediaType is "text/plain" or "application/vnd.docker.raw-stream" or null;
            throw Refusal(what, (int)response.StatusCode, text, isPlain);
        }
    }

    private AgentopsException Refusal(EngineRequest what, int status, string text, bool isPlain)
    {
        // Asked for the raw connection, Docker says no in plain text.
        if ((ErrorMessage(text) ?? (what.Upgrade && isPlain ? text.Trim() : null)) is not { } message)
        {
            var fault = new EngineFault(EngineFaultKind.NotAnEngine, $"it answers {status} to {what.Method} {what.Path.Split('?')[0]}, and not as an engine does");
            return Unavailable(fault);
        }

        return new RuntimeRefusalException(EngineRefusal.Of(status, message, what.Operation), message, new EngineStatusException(status));
    }

    // {"message":"No such container: x"}; Podman adds "cause" and "response".
    private static string? ErrorMessage(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, EngineJson.Default.WireError)?.Message?.Trim();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async Task<string> ReadText(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[64_000];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    private HttpClient NewClient(Func<Transport, Stream> wrap) => new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
        // Beyond this the handler gives up with ConfigurationLimitExceeded; kilobytes.
        MaxResponseHeadersLength = 64,
        ConnectTimeout = Patience,
        MaxConnectionsPerServer = Endpoint.Ssh is null ? int.MaxValue : SshConnections,
        ConnectCallback = async (_, cancellationToken) => wrap(await Transport.Connect(Endpoint, Patience, closing.Token, cancellationToken)),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    // The host is never looked up: the connection is made by ConnectCallback. Docker checks that there is one.
    private static HttpRequestMessage Request(HttpMethod method, string path, HttpContent? body) =>
        new(method, new Uri("http://engine" + path)) { Content = body };

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}

/// <summary>The HTTP status of a refusal, for those few who need it.</summary>
/// <param name="status">Such as 404.</param>
internal sealed class EngineStatusException(int status) : Exception($"HTTP {status}")
{
    /// <summary>Such as 404.</summary>
    public int Status { get; } = status;
}
