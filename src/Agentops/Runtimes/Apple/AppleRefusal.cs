namespace Agentops.Runtimes.Apple;

/// <summary>Reads the reason out of the words of <c>container</c>: its exit status says little more than that there is one.</summary>
internal static class AppleRefusal
{
    private const int Usage = 64;

    /// <summary>What a failed command means.</summary>
    /// <param name="answer">What it said.</param>
    /// <returns>To be thrown: a no, or that nobody is there to say it.</returns>
    public static AgentopsException Of(AppleAnswer answer)
    {
        var words = Words(answer.Error);
        if (IsDown(answer.Error))
        {
            return Down();
        }

        if (Says(words, "XPC timeout"))
        {
            return new RuntimeUnavailableException($"Apple's container did not answer in time ({FirstLine(words)}).\nTry again; if it stays so: container system stop, then container system start");
        }

        if (answer.Status == Usage)
        {
            return new RuntimeRefusalException(RuntimeRefusal.Other, $"'{answer.Command}' does not take what agent asks of it: {FirstLine(words)}");
        }

        return words.Length == 0
            ? new RuntimeRefusalException(RuntimeRefusal.Other, $"'{answer.Command}' failed (exit code {answer.Status}) and does not say why")
            : new RuntimeRefusalException(ReasonOf(words), words);
    }

    /// <summary>The reason as far as one can act on it.</summary>
    /// <param name="words">Without <c>Error: </c>.</param>
    /// <returns>The reason.</returns>
    public static RuntimeRefusal ReasonOf(string words) =>
        // get failed: container x not found · (cause: "notFound: "container with ID x not found"") · container not found: a, b · image not found: x · image with reference x · failed to delete one or more images: ["x"]
        Says(words, "notFound:", "container not found:", "image not found:", "Image not found", "image with reference ", "failed to delete one or more containers:", "failed to delete one or more images:")
            || (Says(words, "get failed:") && Says(words, "not found")) ? RuntimeRefusal.NotFound
        // container already exists: x · container with id x already exists
        : Says(words, "already exists") ? RuntimeRefusal.NameTaken
        : Says(words, "is running and can not be deleted") ? RuntimeRefusal.InUse
        // container x is not running · no runtime client exists: container is stopped
        : Says(words, "is not running", "container is stopped") ? RuntimeRefusal.NotRunning
        : Says(words, "failed to find target executable", "executable file not found") ? RuntimeRefusal.CannotStart
        : RuntimeRefusal.Other;

    /// <summary>Why a container was not started.</summary>
    /// <param name="words">Without <c>Error: </c>.</param>
    /// <returns>To be thrown.</returns>
    public static AgentopsException OfStart(string words) => IsDown(words) ? Down() : new RuntimeRefusalException(
        ReasonOf(words) is var reason and (RuntimeRefusal.NotFound or RuntimeRefusal.CannotStart) ? reason : RuntimeRefusal.Other, words);

    /// <summary>Whether the services are not there to answer.</summary>
    /// <param name="error">All of standard error.</param>
    /// <returns>True when they are not.</returns>
    public static bool IsDown(string error) => Says(error, "XPC connection error", "Ensure container system service has been started");

    /// <summary>The reason that a pull failed, with what to do.</summary>
    /// <param name="answer">What it said.</param>
    /// <param name="reference">What was pulled.</param>
    /// <returns>To be thrown.</returns>
    public static AgentopsException ForPull(AppleAnswer answer, string reference)
    {
        if (Of(answer) is not RuntimeRefusalException refusal)
        {
            return Of(answer);
        }

        var (reason, told) = refusal.Message switch
        {
            var words when Says(words, "401 ", "403 ", "unauthorized", "denied") =>
                (RuntimeRefusal.LoginRequired, $"The registry does not give {reference}: there is no such image, or it wants a login (container registry login)."),
            var words when Says(words, "404 ", "notFound") => (RuntimeRefusal.NotFound, $"The registry has no {reference}. Check its name and tag."),
            _ => (RuntimeRefusal.Other, $"{reference} could not be pulled. Check the network, or give the image to Apple's container by hand (container image load)."),
        };
        return new RuntimeRefusalException(reason, $"{told}\nIt says: {refusal.Message}");
    }

    /// <summary>What follows <c>Error: </c>, without the hints after it.</summary>
    /// <param name="error">All of standard error; untrusted text.</param>
    /// <returns>The last error's words, or all there is.</returns>
    public static string Words(string error)
    {
        var lines = error.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var errors = lines.Where(line => line.StartsWith("Error: ", StringComparison.Ordinal)).Select(line => line["Error: ".Length..]).ToList();
        return errors.Count > 0 ? string.Join("; ", errors) : string.Join("; ", lines.TakeLast(3));
    }

    /// <summary>The first line, of a length to be read.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <returns>Without a full stop.</returns>
    public static string FirstLine(string text)
    {
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Length > 200 ? $"{line[..200]}…" : line.TrimEnd('.').ToString();
    }

    private static RuntimeUnavailableException Down() => new("Apple's container does not answer: its services do not run.\nStart them: container system start");

    private static bool Says(string words, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (words.Contains(part, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
