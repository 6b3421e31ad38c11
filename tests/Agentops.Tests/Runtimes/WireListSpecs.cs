using System.Text;
using System.Text.Json;
using Agentops.Runtimes.Engine;

namespace Agentops.Tests.Runtimes;

public sealed class WireListSpecs
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task A_container_of_a_listing_is_read_in_whatever_pieces_it_comes_and_what_nobody_asks_for_passed_over(int piece)
    {
        var read = await Read(
            """
            [{"Id":"aa","Names":["/x","/y/x"],"Unknown":{"Id":"no","Labels":[1,{}]},"Image":"i:1","ImageID":"sha256:bb","Command":"true","Created":12,"Ports":[],
             "Labels":{"a":"1","b":null},"State":"exited","Status":"Exited (0) 2 hours ago","Mounts":[{"Type":"volume","Name":"v","Mode":"z"},{"Type":"bind"}]},
             null, {"Id":null,"Names":null,"Created":null,"Labels":null,"State":null,"Mounts":null},{}] 
            """,
            piece);

        Assert.Equal(3, read.Count);
        Assert.Equal(("aa", "i:1", "sha256:bb", 12, "exited", "Exited (0) 2 hours ago"), (read[0].Id, read[0].Image, read[0].ImageID, read[0].Created, read[0].State, read[0].Status));
        Assert.Equal(["/x", "/y/x"], read[0].Names!);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "" }, read[0].Labels);
        Assert.Equal([new WireMountPoint("volume", "v"), new("bind", null)], read[0].Mounts!);
        Assert.All(read.Skip(1), empty => Assert.Equal(new WireContainer(null, null, null, null, null, null, null, null), empty));
    }

    [Fact]
    public async Task An_item_larger_than_what_comes_at_once_is_read()
    {
        var read = await Read($$$"""[{"Id":"{{{new string('a', 300_000)}}}"},{"Id":"b"},{"Labels":{"{{{new string('n', 500_000)}}}":"{{{new string('v', 100_000)}}}"}}]""", 10_000);

        Assert.Equal((300_000, "b"), (read[0].Id!.Length, read[1].Id));
        Assert.Equal((500_000, 100_000), (read[2].Labels!.Single().Key.Length, read[2].Labels!.Single().Value.Length));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData(" [ null , null ] ")]
    public async Task There_may_be_none(string json) => Assert.Empty(await Read(json));

    [Fact]
    public async Task What_containers_of_one_image_have_in_common_is_kept_once()
    {
        var read = await Read("""[{"Labels":{"recipe":"long","run":"1"}},{"Labels":{"recipe":"long","run":"2"}},{"Labels":{"other":"long","run":"2"}},{"Labels":{"other":"long"}},{"Labels":{"other":"long","run":"2"}}]""");

        Assert.Same(read[0].Labels!["recipe"], read[1].Labels!["recipe"]);
        Assert.Same(read[0].Labels!.Keys, read[1].Labels!.Keys);
        Assert.Equal(
            ["recipe=long run=1", "recipe=long run=2", "other=long run=2", "other=long", "other=long run=2"],
            read.Select(container => string.Join(' ', container.Labels!.Select(label => $"{label.Key}={label.Value}"))));
    }

    [Fact]
    public async Task Labels_in_any_order_and_twice_are_found_and_the_later_counts()
    {
        var read = await Read("""[{"Labels":{"a":"1","b":"2","c":"3"}},{"Labels":{"c":"1","a":"2","b":"3","a":"4"}},{"Labels":{"a":"5","a":"6"}},{"Labels":{}}]""");

        Assert.Equal(new Dictionary<string, string> { ["a"] = "4", ["b"] = "3", ["c"] = "1" }, read[1].Labels);
        Assert.Equal(("4", "6", false), (read[1].Labels!["a"], read[2].Labels!["a"], read[2].Labels!.ContainsKey("b")));
        Assert.Throws<KeyNotFoundException>(() => read[3].Labels!["a"]);
    }

    [Fact]
    public async Task Whatever_labels_the_container_before_has_all_are_found()
    {
        var random = new Random(20_261_126);
        var labels = Enumerable.Range(0, 500).Select(_ => Enumerable.Range(0, random.Next(6)).Select(_ => $"{(char)random.Next('a', 'f')}").Distinct().ToDictionary(name => name, _ => $"{random.Next(2)}")).ToList();

        var read = await Read(JsonSerializer.Serialize(labels.Select(all => new { Labels = all })), 500);

        Assert.Equal(labels, read.Select(container => container.Labels!.ToDictionary()));
        Assert.All(read.Zip(labels), pair => Assert.All(pair.Second, label => Assert.Equal(label.Value, pair.First.Labels![label.Key])));
    }

    [Theory]
    [InlineData("""[[1]]""")]
    [InlineData("""[1]""")]
    [InlineData("""{"Id":"a"}""")]
    [InlineData("""7""")]
    [InlineData("""["a"]""")]
    [InlineData("""[{"Id":1}]""")]
    [InlineData("""[{"Names":{}}]""")]
    [InlineData("""[{"Names":[1]}]""")]
    [InlineData("""[{"Created":"soon"}]""")]
    [InlineData("""[{"Created":1.5}]""")]
    [InlineData("""[{"Labels":[]}]""")]
    [InlineData("""[{"Labels":{"a":1}}]""")]
    [InlineData("""[{"Mounts":3}]""")]
    [InlineData("""[{"Mounts":[3]}]""")]
    [InlineData("""[{"Id":"a" """)]
    [InlineData("""[{"Id":"a"}""")]
    [InlineData("""[] []""")]
    [InlineData("")]
    public async Task What_is_no_list_of_containers_is_a_fault_of_the_answer(string json)
    {
        await Assert.ThrowsAnyAsync<JsonException>(() => Read(json));
        await Assert.ThrowsAnyAsync<JsonException>(() => Read(json, 1));
    }

    private static async Task<List<WireContainer>> Read(string json, int piece = 100_000)
    {
        await using var stream = new Piecemeal(Encoding.UTF8.GetBytes(json), piece);
        return await WireList.Read<WireContainer, WireContainer>(stream, new WireContainers().TryRead, container => container, Cancel);
    }

    private sealed class Piecemeal(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
