using System.Text.Json;

namespace Agentops.Runs;

/// <summary>Reads <c>run.json</c>, of which there may be ten thousand: by hand, and what a record has in common with the one before is not made again.</summary>
internal static class RunRecordReader
{
    /// <summary>Reads a record.</summary>
    /// <param name="json">The whole file.</param>
    /// <param name="like">A record that this one may have much in common with; null for none.</param>
    /// <returns>Null when the file says null. What is missing is null, zero or false; see <see cref="RunRecord.Fault"/>.</returns>
    /// <exception cref="JsonException">It is no JSON, or a value is of another kind.</exception>
    public static RunRecord? Read(ReadOnlySpan<byte> json, RunRecord? like)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            var record = reader.TokenType == JsonTokenType.Null ? null : Record(ref reader, like);
            // Throws when anything follows.
            reader.Read();
            return record;
        }
        catch (Exception failure) when (JsonText.IsOfValue(failure))
        {
            throw new JsonException(null, failure);
        }
    }

    private static RunRecord Record(ref Utf8JsonReader reader, RunRecord? like)
    {
        int schemaVersion = 0;
        int? exitCode = null;
        string? id = null, name = null, agent = null, workspace = null, image = null, runtime = null, endpoint = null, installation = null, context = null, failure = null;
        IReadOnlyList<string>? command = null;
        DateTimeOffset createdAt = default;
        DateTimeOffset? startedAt = null, endedAt = null;
        RunCreator? creator = null;
        bool terminal = false, removeAtEnd = false, workspaceCopied = false;
        reader.Expect(JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.Finds("schemaVersion"u8))
            {
                schemaVersion = reader.GetInt32();
            }
            else if (reader.Finds("id"u8))
            {
                id = reader.GetString();
            }
            else if (reader.Finds("name"u8))
            {
                name = reader.Text(like?.Name);
            }
            else if (reader.Finds("agent"u8))
            {
                agent = reader.Text(like?.Agent);
            }
            else if (reader.Finds("workspace"u8))
            {
                workspace = reader.Text(like?.Workspace);
            }
            else if (reader.Finds("image"u8))
            {
                image = reader.Text(like?.Image);
            }
            else if (reader.Finds("command"u8))
            {
                command = Texts(ref reader, like?.Command);
            }
            else if (reader.Finds("runtime"u8))
            {
                runtime = reader.Text(like?.Runtime);
            }
            else if (reader.Finds("endpoint"u8))
            {
                endpoint = reader.Text(like?.Endpoint);
            }
            else if (reader.Finds("installation"u8))
            {
                installation = reader.Text(like?.Installation);
            }
            else if (reader.Finds("createdAt"u8))
            {
                createdAt = reader.GetDateTimeOffset();
            }
            else if (reader.Finds("creator"u8))
            {
                creator = Creator(ref reader);
            }
            else if (reader.Finds("terminal"u8))
            {
                terminal = reader.GetBoolean();
            }
            else if (reader.Finds("removeAtEnd"u8))
            {
                removeAtEnd = reader.GetBoolean();
            }
            else if (reader.Finds("workspaceCopied"u8))
            {
                workspaceCopied = reader.GetBoolean();
            }
            else if (reader.Finds("context"u8))
            {
                context = reader.Text(like?.Context);
            }
            else if (reader.Finds("startedAt"u8))
            {
                startedAt = reader.Instant();
            }
            else if (reader.Finds("endedAt"u8))
            {
                endedAt = reader.Instant();
            }
            else if (reader.Finds("exitCode"u8))
            {
                exitCode = reader.TokenType == JsonTokenType.Null ? null : reader.GetInt32();
            }
            else if (reader.Finds("failure"u8))
            {
                failure = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        // What is null although it must not be makes a fault, see RunRecord.Fault.
        return new RunRecord(schemaVersion, id!, name!, agent!, workspace!, image!, command, runtime!, endpoint!, installation!, createdAt, creator!, terminal, removeAtEnd)
        {
            WorkspaceCopied = workspaceCopied,
            Context = context,
            StartedAt = startedAt,
            EndedAt = endedAt,
            ExitCode = exitCode,
            Failure = failure,
        };
    }

    private static RunCreator? Creator(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var pid = 0;
        DateTimeOffset startedAt = default;
        reader.Expect(JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.Finds("pid"u8))
            {
                pid = reader.GetInt32();
            }
            else if (reader.Finds("startedAt"u8))
            {
                startedAt = reader.GetDateTimeOffset();
            }
            else
            {
                reader.Skip();
            }
        }

        return new RunCreator(pid, startedAt);
    }

    private static IReadOnlyList<string>? Texts(ref Utf8JsonReader reader, IReadOnlyList<string>? like)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var count = 0;
        List<string>? texts = null;
        reader.Expect(JsonTokenType.StartArray);
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            var theirs = count < like?.Count ? like[count] : null;
            var text = reader.Text(theirs)!;
            if (texts is null && (theirs is null || !ReferenceEquals(text, theirs)))
            {
                texts = [.. (like ?? []).Take(count)];
            }

            texts?.Add(text);
        }

        return texts ?? (count == like?.Count ? like : [.. (like ?? []).Take(count)]);
    }
}
