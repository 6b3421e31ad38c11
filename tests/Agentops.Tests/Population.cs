using System.Text.Json;
using Agentops.Containers;
using Agentops.Recipes;
using Agentops.Runs;
using Agentops.Tests.Fakes;

namespace Agentops.Tests;

/// <summary>Runs, images and what goes with them, put onto a screen's runtime and disk as if <c>agent run</c> had made them.</summary>
internal sealed class Population
{
    private readonly Screen screen;
    private readonly FakeRuntime runtime;

    /// <summary>Nothing yet but the state folder.</summary>
    /// <param name="screen">Where.</param>
    /// <param name="other">The runtime, where it is another one than the screen's.</param>
    public Population(Screen screen, FakeRuntime? other = null)
    {
        this.screen = screen;
        runtime = other ?? screen.Runtime;
        screen.Settle();
    }

    /// <summary>That of the design's transcripts: three runs, one of them running, their images, and the base they are built on.</summary>
    public static Population OfTheDesign(Screen screen)
    {
        var population = new Population(screen);
        population.Base("node:22", size: 0, Given.Now.AddDays(-5));
        population.Image("my-agent", 312_000_000, Given.Now.AddHours(-2));
        population.Image("test-bot", 298_000_000, Given.Now.AddDays(-1));
        population.Image("scraper", 282_000_000, Given.Now.AddDays(-3));
        population.Run("a1b2c3d4", "my-agent", ContainerState.Running, Given.Now.AddHours(-2), disk: 124_000_000);
        population.Run("e5f6g7h8", "test-bot", ContainerState.Exited, Given.Now.AddDays(-1), disk: 89_000_000, volume: 20_000_000);
        population.Run("i9j0k1l2", "scraper", ContainerState.Exited, Given.Now.AddDays(-3), disk: 201_000_000);
        return population;
    }

    /// <summary>A base image, <c>agentops/base-node:22</c>. Of size 0 by default: then the sizes of images built on it are theirs alone.</summary>
    /// <returns>Its id in full.</returns>
    public string Base(string name, long size = 0, DateTimeOffset? createdAt = null) => runtime.AddImage(
        $"agentops/base-{name}", Labels(null, (Agentops.Labels.Base, "true")), size, createdAt ?? Given.Now.AddDays(-5));

    /// <summary>An agent's image, built from a recipe without packages on a base that is there.</summary>
    /// <returns>Its id in full.</returns>
    public string Image(string agent, long size = 300_000_000, DateTimeOffset? createdAt = null, string on = "node:22", string? tag = null, string? installation = Given.Installation)
    {
        var image = BaseImage.Parse(on, "base");
        var recipe = Given.Recipe(agent) with { Foundation = new Foundation.OnBase(image) };
        var reference = $"agentops/base-{on}";
        var fingerprint = RecipeFingerprint.Of(
            recipe, RenderedRecipe.Of(recipe, CancellationToken.None), new Dictionary<string, string?> { [reference] = runtime.IdOf(reference) }, CancellationToken.None);
        return runtime.AddImage(
            tag ?? $"agentops/{agent}:latest",
            Labels(agent, installation, (Agentops.Labels.Base, "false"), (Agentops.Labels.Recipe, fingerprint.ToLabel())),
            size,
            createdAt ?? Given.Now.AddDays(-1),
            basedOn: reference);
    }

    /// <summary>A run of an agent whose image is there: its record and its container.</summary>
    /// <param name="id">The run's.</param>
    /// <param name="agent">The agent's name, and the run's.</param>
    /// <param name="state">Of its container.</param>
    /// <param name="createdAt">By default an hour ago.</param>
    /// <param name="disk">What it takes in all: container layer, volume and record folder.</param>
    /// <param name="volume">That part of <paramref name="disk"/> which is in an anonymous volume.</param>
    /// <param name="name">Where the run's is another one than the agent's.</param>
    /// <param name="record">Changes the record before it is written.</param>
    /// <returns>The container's id in full.</returns>
    public string Run(
        string id,
        string agent,
        ContainerState state,
        DateTimeOffset? createdAt = null,
        long disk = 1_000_000,
        long volume = 0,
        string? name = null,
        Func<RunRecord, RunRecord>? record = null)
    {
        var at = createdAt ?? Given.Now.AddHours(-1);
        var written = Given.Record(id, name ?? agent, agent, at, started: state == ContainerState.Created ? null : at, endpoint: runtime.Identity.Endpoint);
        screen.Settle();
        Record(record?.Invoke(written) ?? written);
        var container = Container($"agentops-{id}", $"agentops/{agent}:latest", state, at, Labels(agent, (Agentops.Labels.Run, id)));
        var layer = disk - volume - screen.Store.FolderSize(Given.Id(id))!.Value.Bytes;
        runtime.Write(container, layer, volume == 0 ? null : volume);
        return container;
    }

    /// <summary>Many runs of an agent whose image is there, as fast as a disk takes them; each wrote 1 kB.</summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="count">How many; the ids are <c>r0000000</c> and so on, the newest first, a minute apart.</param>
    /// <param name="state">Of the container of each.</param>
    /// <param name="name">Of each.</param>
    public void Runs(string agent, int count, Func<int, ContainerState> state, Func<int, string> name)
    {
        for (var number = 0; number < count; number++)
        {
            var id = $"r{number:d7}";
            var record = Given.Record(id, name(number), agent, Given.Now.AddMinutes(-number), started: Given.Now.AddMinutes(-number));
            var folder = Directory.CreateDirectory(screen.Store.FolderOf(Given.Id(id))).FullName;
            File.WriteAllBytes(Path.Combine(folder, "run.json"), JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.RunRecord));
            runtime.Write(Container($"agentops-{id}", $"agentops/{agent}:latest", state(number), record.CreatedAt, Labels(agent, (Agentops.Labels.Run, id))), 1_000);
        }
    }

    /// <summary>The record of a run, which need not survive a loss of power.</summary>
    public void Record(RunRecord record)
    {
        var folder = Directory.CreateDirectory(screen.Store.FolderOf(Given.Id(record.Id)));
        File.WriteAllBytes(Path.Combine(folder.FullName, "run.json"), JsonSerializer.SerializeToUtf8Bytes(record, RunJson.Default.RunRecord));
    }

    /// <summary>A container without a record, as an installation left it whose state folder lost that.</summary>
    /// <returns>Its id in full.</returns>
    public string Orphan(string id, ContainerState state, long disk = 1_000_000, DateTimeOffset? createdAt = null, string image = "agentops/base-node:22")
    {
        var container = Container($"agentops-{id}", image, state, createdAt ?? Given.Now.AddHours(-1), Labels("lost", (Agentops.Labels.Run, id)));
        runtime.Write(container, disk);
        return container;
    }

    /// <summary>Any container.</summary>
    /// <returns>Its id in full.</returns>
    public string Container(string name, string image, ContainerState state, DateTimeOffset? createdAt = null, IReadOnlyDictionary<string, string>? labels = null) =>
        runtime.AddContainer(
            new ContainerSpec(name, image, labels ?? new Dictionary<string, string>()), state, state == ContainerState.Exited ? 0 : null, createdAt ?? Given.Now.AddHours(-1));

    /// <summary>The labels of something of ours.</summary>
    public static Dictionary<string, string> Labels(string? agent, params (string Label, string Value)[] more) => Labels(agent, Given.Installation, more);

    private static Dictionary<string, string> Labels(string? agent, string? installation, params (string Label, string Value)[] more)
    {
        var labels = new Dictionary<string, string> { [Agentops.Labels.Ours] = "true", [Agentops.Labels.Version] = "0.1.0" };
        if (agent is not null)
        {
            labels[Agentops.Labels.Agent] = agent;
        }

        if (installation is not null)
        {
            labels[Agentops.Labels.Installation] = installation;
        }

        foreach (var (label, value) in more)
        {
            labels[label] = value;
        }

        return labels;
    }
}
