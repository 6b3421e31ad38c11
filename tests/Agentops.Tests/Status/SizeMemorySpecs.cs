using System.Diagnostics;
using System.Text.Json.Nodes;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Status;
using Agentops.Terminal;

namespace Agentops.Tests.Status;

public sealed class SizeMemorySpecs : IDisposable
{
    private const string Endpoint = "unix:///run/fake.sock";
    private static readonly DateTimeOffset Ended = Given.Now.AddHours(-1);
    private readonly TempFolder folder = new();

    private string Path => folder["sizes.json"];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(ContainerState.Exited, 61, true)]
    [InlineData(ContainerState.Dead, 61, true)]
    // It ended when we saw it, or a moment later.
    [InlineData(ContainerState.Exited, 60, false)]
    [InlineData(ContainerState.Exited, 59, false)]
    [InlineData(ContainerState.Exited, null, false)]
    [InlineData(ContainerState.Running, 61, false)]
    [InlineData(ContainerState.Unknown, 61, false)]
    [InlineData(ContainerState.Created, null, false)]
    public void A_size_holds_for_a_container_that_has_not_run_since_it_was_seen(ContainerState state, int? endedMinutesAgo, bool holds)
    {
        var container = Given.Container(state: state) with { EndedAtLeast = endedMinutesAgo is { } minutes ? TimeSpan.FromMinutes(minutes) : null };

        Assert.Equal(holds, Measured(seenAt: Given.Now.AddMinutes(-60)).HoldsFor(container, Given.Now));
    }

    [Fact]
    public void A_size_of_a_container_that_never_ran_holds_until_it_does()
    {
        var never = Measured() with { FinishedAt = null };

        Assert.True(never.HoldsFor(Given.Container(state: ContainerState.Created), Given.Now));
        Assert.False(never.HoldsFor(Given.Container(state: ContainerState.Running), Given.Now));
        Assert.False(never.HoldsFor(Given.Container(state: ContainerState.Exited) with { EndedAtLeast = TimeSpan.FromDays(9) }, Given.Now));
    }

    [Fact]
    public void A_size_that_was_seen_in_the_future_proves_nothing() =>
        Assert.False(Measured(seenAt: Given.Now.AddMinutes(1)).HoldsFor(Given.Container(state: ContainerState.Exited) with { EndedAtLeast = TimeSpan.FromMinutes(5) }, Given.Now));

    [Fact]
    public void What_was_remembered_is_read_as_it_was()
    {
        var memory = Memory();
        Save(memory);

        AssertEqual(memory, SizeMemory.Read(folder.Path, Endpoint));
        Assert.Equal("600", Convert.ToString((int)File.GetUnixFileMode(Path), 8));
    }

    [Fact]
    public void What_the_runtime_did_not_tell_is_not_remembered()
    {
        Save(new SizeMemory(new Dictionary<string, MeasuredContainer> { ["one"] = Measured() with { Layer = null }, ["two"] = Measured() with { Volumes = null } }, new Dictionary<string, ImageLayers>()));

        Assert.Empty(SizeMemory.Read(folder.Path, Endpoint).Containers);
    }

    [Fact]
    public void Each_runtime_has_its_own()
    {
        Save(Memory());
        Save(new SizeMemory(new Dictionary<string, MeasuredContainer> { ["far"] = Measured() }, new Dictionary<string, ImageLayers>()), "ssh://build-host");

        AssertEqual(Memory(), SizeMemory.Read(folder.Path, Endpoint));
        Assert.Equal(["far"], SizeMemory.Read(folder.Path, "ssh://build-host").Containers.Keys);
        Assert.Empty(SizeMemory.Read(folder.Path, "unix:///another.sock").Containers);
    }

    [Fact]
    public void What_the_runtime_does_not_have_any_more_is_forgotten()
    {
        Save(Memory());
        SizeMemory.Save(folder.Path, Endpoint, SizeMemory.Empty, id => id is "ended" or "sha256:base");

        var read = SizeMemory.Read(folder.Path, Endpoint);
        Assert.Equal(["ended"], read.Containers.Keys);
        Assert.Equal(["sha256:base"], read.Images.Keys);
    }

    [Fact]
    public void Of_two_measurements_the_later_look_counts_whoever_writes_last()
    {
        Save(One(Measured(layer: 2, seenAt: Given.Now)));
        Save(One(Measured(layer: 1, seenAt: Given.Now.AddMinutes(-5))));

        Assert.Equal(new ByteSize(2), SizeMemory.Read(folder.Path, Endpoint).Containers["ended"].Layer);
    }

    [Fact]
    public void A_file_cut_off_at_any_byte_is_read_as_nothing_and_written_anew()
    {
        Save(Memory());
        var whole = File.ReadAllBytes(Path);
        Assert.InRange(whole.Length, 400, 5_000);
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);

            AssertEqual(SizeMemory.Empty, SizeMemory.Read(folder.Path, Endpoint));
        }

        Save(Memory());
        Assert.Equal(whole, File.ReadAllBytes(Path));
    }

    [Fact]
    public void Any_byte_may_be_another_one_and_nothing_throws_or_is_negative()
    {
        Save(Memory());
        var whole = File.ReadAllBytes(Path);
        foreach (var other in "\0\"-9}],:n\u00ff")
        {
            for (var at = 0; at < whole.Length; at++)
            {
                var bytes = (byte[])whole.Clone();
                bytes[at] = (byte)other;
                File.WriteAllBytes(Path, bytes);
                var read = SizeMemory.Read(folder.Path, Endpoint);

                Assert.All(read.Containers.Values, container => Assert.True(container.Layer!.Value.Bytes >= 0 && container.Volumes!.Value.Bytes >= 0));
                Assert.All(read.Images.Values, image => Assert.True((image.Size?.Bytes ?? 0) >= 0 && (image.Steps ?? []).All(step => step.Size.Bytes >= 0)));
            }
        }
    }

    [Theory]
    [InlineData("layer")]
    [InlineData("volumes")]
    [InlineData("seenAt")]
    public void What_is_missing_in_it_is_not_taken_for_zero(string field)
    {
        Save(One(Measured()));
        var file = JsonNode.Parse(File.ReadAllText(Path))!;
        file["runtimes"]![Endpoint]!["containers"]!["ended"]!.AsObject().Remove(field);
        File.WriteAllText(Path, file.ToJsonString());

        Assert.Empty(SizeMemory.Read(folder.Path, Endpoint).Containers);
    }

    [Theory]
    [InlineData("[7]")]
    [InlineData("[-1]")]
    [InlineData("null")]
    public void An_image_whose_layers_are_not_in_the_list_is_read_anew(string layers)
    {
        Save(Memory());
        var file = JsonNode.Parse(File.ReadAllText(Path))!;
        file["runtimes"]![Endpoint]!["images"]!["sha256:base"]!["layers"] = JsonNode.Parse(layers);
        File.WriteAllText(Path, file.ToJsonString());

        Assert.Equal(["sha256:agent", "sha256:unsized"], SizeMemory.Read(folder.Path, Endpoint).Images.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_file_of_a_later_version_is_not_read_and_is_written_over()
    {
        Save(Memory());
        var file = JsonNode.Parse(File.ReadAllText(Path))!;
        file["schemaVersion"] = 2;
        File.WriteAllText(Path, file.ToJsonString());

        AssertEqual(SizeMemory.Empty, SizeMemory.Read(folder.Path, Endpoint));
        Save(One(Measured()));
        Assert.Equal(["ended"], SizeMemory.Read(folder.Path, Endpoint).Containers.Keys);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("pipe")]
    [InlineData("device")]
    [InlineData("huge")]
    public void What_is_no_file_or_larger_than_any_is_nothing(string what)
    {
        switch (what)
        {
            case "folder":
                Directory.CreateDirectory(Path);
                break;
            case "pipe":
                using (var made = Process.Start("mkfifo", [Path]))
                {
                    made.WaitForExit();
                }

                break;
            case "device":
                File.CreateSymbolicLink(Path, "/dev/zero");
                break;
            default:
                using (var file = File.Create(Path))
                {
                    file.SetLength(300_000_000);
                }

                break;
        }

        AssertEqual(SizeMemory.Empty, SizeMemory.Read(folder.Path, Endpoint));
    }

    [Fact]
    public void Where_it_cannot_be_written_nothing_fails_and_nothing_stays()
    {
        Directory.CreateDirectory(Path);
        Save(Memory());
        Assert.Equal(["sizes.json"], Directory.EnumerateFileSystemEntries(folder.Path).Select(System.IO.Path.GetFileName));

        SizeMemory.Save(folder["nowhere"], Endpoint, Memory(), _ => true);
        Assert.False(Directory.Exists(folder["nowhere"]));
    }

    [Fact]
    public async Task Two_that_write_at_once_never_spoil_it_and_what_one_loses_it_measures_again()
    {
        // Each knows one container more at a time, as commands do that measure; the file is read all the while.
        var isOver = 0;
        var reading = Task.Run(() =>
        {
            var seen = 0;
            while (Volatile.Read(ref isOver) == 0)
            {
                foreach (var (id, container) in SizeMemory.Read(folder.Path, Endpoint).Containers)
                {
                    Assert.Equal(id, $"{container.Layer!.Value.Bytes}");
                    seen++;
                }
            }

            return seen;
        });
        await Task.WhenAll(Write(1000), Write(2000));
        Volatile.Write(ref isOver, 1);

        Assert.True(await reading > 0);
        Assert.NotEmpty(SizeMemory.Read(folder.Path, Endpoint).Containers);
        Assert.Equal(["sizes.json"], Directory.EnumerateFileSystemEntries(folder.Path).Select(System.IO.Path.GetFileName));

        Task Write(int first) => Task.Run(() =>
        {
            for (var number = first; number < first + 100; number++)
            {
                Save(new SizeMemory(new Dictionary<string, MeasuredContainer> { [$"{number}"] = Measured(layer: number) }, new Dictionary<string, ImageLayers>()));
            }
        });
    }

    private static MeasuredContainer Measured(long layer = 89_000_000, DateTimeOffset? seenAt = null) =>
        new(Ended, new ByteSize(layer), new ByteSize(20), seenAt ?? Given.Now.AddMinutes(-30));

    private static SizeMemory One(MeasuredContainer container) => new(new Dictionary<string, MeasuredContainer> { ["ended"] = container }, new Dictionary<string, ImageLayers>());

    private static SizeMemory Memory() => new(
        new Dictionary<string, MeasuredContainer> { ["ended"] = Measured(), ["never-started"] = Measured() with { FinishedAt = null, Layer = ByteSize.Zero, Volumes = ByteSize.Zero } },
        new Dictionary<string, ImageLayers>
        {
            ["sha256:base"] = new("sha256:base", new ByteSize(100), true, ["sha256:a"], [new ImageStep(new ByteSize(100), false), new ImageStep(ByteSize.Zero, true), new ImageStep(ByteSize.Zero, false)]),
            ["sha256:agent"] = new("sha256:agent", new ByteSize(107), true, ["sha256:a", "sha256:b"], null),
            ["sha256:unsized"] = new("sha256:unsized", null, false, [], []),
        })
    {
        Folders = new Dictionary<string, MeasuredFolder> { ["a1b2c3d4"] = new(new ByteSize(570), Given.Now.UtcDateTime.AddTicks(1)) },
    };

    private static void AssertEqual(SizeMemory expected, SizeMemory actual)
    {
        Assert.Equal(expected.Containers.OrderBy(container => container.Key, StringComparer.Ordinal), actual.Containers.OrderBy(container => container.Key, StringComparer.Ordinal));
        Assert.Equivalent(expected.Images, actual.Images, strict: true);
        Assert.Equal(expected.Folders, actual.Folders);
    }

    private void Save(SizeMemory memory, string endpoint = Endpoint) => SizeMemory.Save(folder.Path, endpoint, memory, _ => true);
}
