using System.Text;
using System.Text.Json;
using Agentops.Runs;

namespace Agentops.Tests.Runs;

public sealed class RunRecordReaderSpecs
{
    // What the class library makes of the same text is what is right.
    private static readonly JsonSerializerOptions Usual = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private static readonly RunRecord Bare = Given.Record("a1b2c3d4");

    private static readonly RunRecord Full = Bare with
    {
        Name = "Grün \"1\"",
        Command = ["sh", "-c", "", "\u001b\n"],
        Terminal = true,
        RemoveAtEnd = true,
        WorkspaceCopied = true,
        Context = "lab",
        StartedAt = Given.Now.AddTicks(1),
        EndedAt = Given.Now.AddHours(1),
        ExitCode = -1,
        Failure = "no\\such",
    };

    [Fact]
    public void A_record_is_read_as_it_was_written()
    {
        RunRecord[] records = [Bare, Full, Full with { Command = [] }, Bare with { Command = null }, Full with { Command = ["sh", "-c"] }, Full with { Command = ["sh", "-x", "", "\u001b\n"] }, Full with { Command = ["sh", "-c", "", "a", "b"] }];
        foreach (var record in records)
        {
            foreach (var like in records.Prepend(null))
            {
                Same(record, RunRecordReader.Read(JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.RunRecord), like));
            }
        }
    }

    [Fact]
    public void What_a_record_has_in_common_with_the_one_before_is_not_made_again()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(Full, RunJson.Default.RunRecord);
        var first = RunRecordReader.Read(json, null)!;
        var second = RunRecordReader.Read(json, first)!;

        Assert.Same(first.Workspace, second.Workspace);
        Assert.Same(first.Endpoint, second.Endpoint);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData(" null ")]
    [InlineData("""{"schemaVersion":7,"unknown":{"id":[1,{"id":"x"}]},"id":"a","Name":"not ours","name":null,"command":["a",null],"creator":{"pid":1,"more":[]}}""")]
    [InlineData("""{"command":null,"creator":null,"context":null,"startedAt":null,"endedAt":null,"exitCode":null,"failure":null,"id":"a","id":"b"}""")]
    [InlineData("""{"n\u0061me":"escaped","createdAt":"2026-02-28T12:00:00.1234567+01:00","workspaceCopied":false}""")]
    public void A_record_of_another_agent_is_read_as_the_class_library_reads_it(string json) =>
        Same(JsonSerializer.Deserialize<RunRecord>(json, Usual), RunRecordReader.Read(Encoding.UTF8.GetBytes(json), Full));

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("\"a\"")]
    [InlineData("""{"id":"a" """)]
    [InlineData("""{"id":"a"} x""")]
    [InlineData("""{"id":"a"}{}""")]
    [InlineData("""{"id":1}""")]
    [InlineData("""{"schemaVersion":"1"}""")]
    [InlineData("""{"schemaVersion":null}""")]
    [InlineData("""{"schemaVersion":1.5}""")]
    [InlineData("""{"command":"a"}""")]
    [InlineData("""{"command":[1]}""")]
    [InlineData("""{"creator":[]}""")]
    [InlineData("""{"creator":{"pid":"1"}}""")]
    [InlineData("""{"createdAt":"yesterday"}""")]
    [InlineData("""{"createdAt":null}""")]
    [InlineData("""{"terminal":"yes"}""")]
    [InlineData("""{"exitCode":99999999999}""")]
    [InlineData("""{"id":"a",}""")]
    public void What_the_class_library_refuses_is_refused(string json)
    {
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<RunRecord>(json, Usual));
        Assert.ThrowsAny<JsonException>(() => RunRecordReader.Read(Encoding.UTF8.GetBytes(json), null));
    }

    [Fact]
    public void Cut_short_anywhere_it_is_refused()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(Full, RunJson.Default.RunRecord);
        Assert.All(Enumerable.Range(0, json.Length - 1), length => Assert.ThrowsAny<JsonException>(() => RunRecordReader.Read(json.AsSpan(0, length), Full)));
    }

    private static void Same(RunRecord? expected, RunRecord? read)
    {
        Assert.Equal(expected?.Command, read?.Command);
        Assert.Equal(expected is null ? null : expected with { Command = null }, read is null ? null : read with { Command = null });
    }
}
