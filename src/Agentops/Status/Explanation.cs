using Agentops.Cleaning;
using Agentops.Containers;
using Agentops.Images;
using Agentops.Runs;
using Agentops.Runtimes;
using Agentops.Terminal;

namespace Agentops.Status;

/// <summary>All there is to say of one run, image or container: who made it, who uses it, which rule keeps it or lets it go. Pure.</summary>
/// <param name="Kind"><c>run</c>, <c>image</c>, <c>base image</c>, <c>dangling image</c>, <c>orphaned container</c> or <c>container</c>.</param>
/// <param name="Name">What it is called; untrusted text.</param>
/// <param name="Id">In full.</param>
/// <param name="Facts">What is known of it, a label and a text each, in the order to show them; untrusted text.</param>
/// <param name="Cleanable">Whether <c>agent clean</c> would take it; null when it is none of ours to judge.</param>
/// <param name="Reason">Why it is kept, as a word; null when it is cleanable.</param>
/// <param name="Why">Why, for people.</param>
/// <param name="Change">What would have to change, or what can be done; for people.</param>
public sealed record Explanation(
    string Kind, string Name, string Id, IReadOnlyList<(string Label, string Text)> Facts, bool? Cleanable, KeepReason? Reason, string Why, string Change)
{
    private const int MostMeanings = 5;
    // Columns of a text from a label, which can be of any length.
    private const int LongestLabel = 64;

    /// <summary>Finds what the user means and explains it.</summary>
    /// <param name="inventory">What there is.</param>
    /// <param name="plan">What could go, by the rules of <c>config.yaml</c>.</param>
    /// <param name="text">A run (id, unique prefix, name), an image (tag, agent, id or its start) or a container (name, id or its start).</param>
    /// <param name="home">The user's home folder, shown as <c>~</c>.</param>
    /// <returns>The explanation.</returns>
    /// <exception cref="NotFoundException">There is nothing of that name.</exception>
    /// <exception cref="UsageException">Several things are meant equally well.</exception>
    /// <exception cref="AgentopsException">There may be one, and it could not be looked at.</exception>
    public static Explanation Of(Inventory inventory, CleanPlan plan, string text, string home)
    {
        var verdicts = Verdicts.Of(plan);
        if (inventory.Images.FirstOrDefault(image => image.Image.Tags.Any(tag => tag == text || (text.Contains(':') && tag == Image.TagPrefix + text))) is { } tagged)
        {
            return Of(tagged, inventory, verdicts);
        }

        // An orphan is nobody's run, but it says of which one it is.
        if ((inventory.Containers.FirstOrDefault(container => container.Name == text)
            ?? inventory.Orphans.FirstOrDefault(orphan => orphan.Id?.ToString() == text)?.Container) is { } named)
        {
            return inventory.Runs.FirstOrDefault(run => run.Container?.Id == named.Id) is { } owner ? Of(owner, inventory, verdicts, home) : Of(named, inventory, verdicts);
        }

        if (inventory.Runs.Any(run => run.Id.ToString() == text || run.Name == text))
        {
            return Of(RunAddress.Find(new RunList(inventory.Runs, [], [], inventory.TakenAt), text), inventory, verdicts, home);
        }

        var begun = Begun(inventory, verdicts, text, home);
        return begun.Count > 1 ? throw new UsageException($"'{text}' may mean {string.Join(", ", begun.Take(MostMeanings).Select(meaning => meaning.Name))}{(begun.Count > MostMeanings ? ", …" : "")}. Name one by more of its id.")
            : begun is [var only] ? only.Explain()
            // The name of an agent that has no run (any more): its image.
            : inventory.Images.FirstOrDefault(image => image.Image.Tags.Contains($"{text}:latest") || (image.Agent == text && !image.IsDangling)) is { } ofAgent ? Of(ofAgent, inventory, verdicts)
            : throw Missing(inventory, text);
    }

    // What has an id that begins so; the container of a run means that run.
    private static List<Meaning> Begun(Inventory inventory, Verdicts verdicts, string text, string home)
    {
        bool Begins(string id, int least) => text.Length >= least && id.StartsWith(text, StringComparison.Ordinal);
        const string Prefix = "sha256:";
        return
        [
            .. inventory.Runs
                .Where(run => Begins(run.Id.ToString(), 1) || (run.Container is { } container && Begins(container.Id, 4)))
                .Select(run => new Meaning($"run {run.Id} ({run.Name}, {run.State.Word()})", () => Of(run, inventory, verdicts, home))),
            .. inventory.Images
                .Where(image => Begins(image.Image.Id, Prefix.Length + 6) || Begins(image.Image.Id.Replace(Prefix, "", StringComparison.Ordinal), 6))
                .Select(image => new Meaning($"image {image.Image.ShortId} ({image.Name})", () => Of(image, inventory, verdicts))),
            .. inventory.Containers
                .Where(container => Begins(container.Id, 4) && !inventory.Runs.Any(run => run.Container?.Id == container.Id))
                .Select(container => new Meaning($"container {container.Name}", () => Of(container, inventory, verdicts))),
        ];
    }

    private static AgentopsException Missing(Inventory inventory, string text) =>
        RunId.TryParse(text, out var id) && inventory.UnreadableRecords.FirstOrDefault(record => record.Contains(Path.Combine("runs", id.ToString()), StringComparison.Ordinal)) is { } unreadable
            ? new AgentopsException($"The record of run {id} cannot be read, so it is kept and nothing more is known of it: {unreadable}", ExitCode.Failed, "stateUnreadable")
        : (inventory.ContainersFault ?? inventory.ImagesFault) is { } unlisted
            ? new RuntimeUnavailableException($"Not everything could be listed, so whether there is a '{text}' is not known: {unlisted}")
        : inventory.RecordsFault is { } unread
            ? new AgentopsException($"The records of runs cannot be read, so whether there is a '{text}' is not known: {unread}", ExitCode.Failed, "stateUnreadable")
        : new NotFoundException($"There is no run, image or container '{text}'. See what there is: agent status");

    private static Explanation Of(Run run, Inventory inventory, Verdicts verdicts, string home)
    {
        var facts = new List<(string, string)>
        {
            ("State", $"{run.State.Word()}{(run.ExitCode is { } code ? $", exit code {code}" : "")}{(run.Record?.Failure is { } failure ? $": {failure}" : "")}"),
            ("Made", Made(run.CreatedAt, run.Container?.Labels, run.Record?.Installation, inventory)),
            ("Agent", Short(run.Agent)),
        };
        if (run.Record is { } record)
        {
            var workspace = HomePath.Describe(record.Workspace, home);
            facts.Add(("Workspace", !record.WorkspaceCopied ? workspace
                : run.Container is null ? $"a copy of {workspace}, which was in its container"
                : $"a copy of {workspace}, in its container; to get at it: agent cp {run.Id}:{Recipes.MountText.Workspace} DEST"));
            facts.Add(("Image", ImageText(record, run.Container?.ImageId, inventory)));
        }

        facts.Add(("Container", run.Container is { } container ? container.Name
            : inventory.ContainersFault is not null ? "?"
            : run.State == RunState.Unknown ? "on another runtime"
            : "none (any more)"));
        facts.Add(("Takes", Takes(run.Disk)));
        return Judged("run", $"{run.Name} ({run.Id})", run.Id.ToString(), facts, verdicts, $"run:{run.Id}", reason => Advice(reason, run, inventory));
    }

    private static Explanation Of(InventoryImage image, Inventory inventory, Verdicts verdicts)
    {
        var facts = new List<(string, string)>
        {
            ("Made", Made(image.Image.CreatedAt, image.Image.Labels, image.Image.Labels.GetValueOrDefault(Labels.Installation), inventory)),
            ("Recipe", RecipeText(image)),
            ("Tags", image.IsDangling ? "none: a rebuild moved its tag, or somebody removed it" : string.Join(", ", image.Image.Tags.Order(StringComparer.Ordinal))),
            ("Size", $"{image.Image.Size?.ToString() ?? "?"}, of which {image.Unique?.ToString() ?? "?"} would go with it alone"),
            ("Used by", image.Runs.Count + image.Users.Count == 0 ? inventory.ContainersFault is null ? "nothing" : "?" : string.Join(", ", Users(image))),
        };
        if (image.BuiltOnIt.Count > 0)
        {
            facts.Add(("Built on it", string.Join(", ", image.BuiltOnIt.Select(other => other.Name))));
        }

        if (image.LastUsedAt is { } used)
        {
            facts.Add(("Last used", Age.Describe(used, inventory.TakenAt)));
        }

        facts.Add(("Fresh", image.Stale is { } stale ? $"no: {stale}" : image.IsDangling || image.IsBase ? "-" : "nothing says otherwise"));
        return Judged(image.Kind, image.Name, image.Image.Id, facts, verdicts, $"image:{image.Image.Id}", reason => Advice(reason, image, inventory));
    }

    private static Explanation Of(Container container, Inventory inventory, Verdicts verdicts)
    {
        var orphan = inventory.Orphans.FirstOrDefault(candidate => candidate.Container.Id == container.Id);
        var facts = new List<(string, string)>
        {
            ("State", container.State.Word()),
            ("Made", Made(container.CreatedAt, container.Labels, Labels.OwnerOfContainer(container.Labels, inventory.Installation) == Owner.Unknown ? null : container.Labels.GetValueOrDefault(Labels.Installation), inventory)),
            ("Image", container.Image),
        };
        if (orphan is not null)
        {
            facts.Add(("Takes", Takes(orphan.Disk)));
        }

        return container.IsOurs
            ? Judged(orphan is null ? "container" : "orphaned container", container.Name, container.Id, facts, verdicts, $"container:{container.Id}", reason => Advice(reason, container, inventory))
            : new("container", container.Name, container.Id, facts, null, null, "agentops did not make it: it is shown because it may use an image of ours", $"it is yours to remove: {RemoveContainer(container, inventory)}");
    }

    private static Explanation Judged(
        string kind, string name, string id, IReadOnlyList<(string, string)> facts, Verdicts verdicts, string key, Func<KeepReason?, string> change) =>
        verdicts.Going(key) is { } going ? new(kind, name, id, facts, true, null, going.Why, change(null))
        : verdicts.Kept(key) is { } kept ? new(kind, name, id, facts, false, kept.Reason, kept.Why, change(kept.Reason))
        : new(kind, name, id, facts, null, null, "no rule speaks of it", "nothing");

    private static string Advice(KeepReason? reason, Run run, Inventory inventory) => reason switch
    {
        null => "agent clean takes it. To keep it: pin its agent (clean.pin in config.yaml), or keep the last runs of each (clean.keepLast, --keep-last)",
        KeepReason.Running => $"stop it: agent stop {run.Id}",
        KeepReason.Elsewhere when run.Record is { } record => $"look at it there: {Health.LookAt(record.Runtime, record.Endpoint, record.Context, inventory)}",
        KeepReason.AnotherInstallation => $"remove its record by hand: {Path.Combine("runs", run.Id.ToString())} in the state folder",
        _ => Advice(reason.Value, run.Agent, inventory),
    };

    private static string Advice(KeepReason? reason, InventoryImage image, Inventory inventory) => reason switch
    {
        null when image.OurTags.Count > 0 && image.OurTags.Count < image.Image.Tags.Count =>
            $"agent clean takes {string.Join(", ", image.OurTags)}; {string.Join(", ", image.Image.Tags.Except(image.OurTags).Order(StringComparer.Ordinal))} is yours and keeps the image, with all that it takes",
        null when image.IsBase => "agent clean takes it. It is kept while an image that is kept is built on it",
        null => "agent clean takes it. To keep it: pin its agent (clean.pin in config.yaml), or keep images used lately (clean.keepImagesUsedWithin)",
        KeepReason.InUse => "what uses it has to go first: agent clean takes runs that have ended, and their images with them",
        KeepReason.BuiltOn => "what is built on it has to go first",
        KeepReason.UsersOwn => $"remove your tag: {RemoveImage(image, inventory)}",
        KeepReason.UsedLately => "wait, or lower clean.keepImagesUsedWithin in config.yaml",
        KeepReason.AnotherInstallation => "clean it from the installation that made it",
        KeepReason.UnknownOwner => $"it is yours to remove: {RemoveImage(image, inventory)}",
        _ => Advice(reason.Value, Short(image.Agent ?? "its agent"), inventory),
    };

    private static string Advice(KeepReason? reason, Container container, Inventory inventory) => reason switch
    {
        null => "agent clean takes it",
        KeepReason.Running => inventory.Orphans.FirstOrDefault(orphan => orphan.Container.Id == container.Id)?.Id is { } id
            ? $"stop it: agent stop {id}"
            : $"it has to end: {(inventory.Runtime.Name == "apple" ? "container" : inventory.Runtime.Name)} stop {container.Name}",
        KeepReason.AnotherInstallation => "clean it from the installation that made it",
        KeepReason.UnknownOwner => $"it is yours to remove: {RemoveContainer(container, inventory)}",
        _ => Advice(reason.Value, Short(container.Labels.GetValueOrDefault(Labels.Agent) ?? "its agent"), inventory),
    };

    private static string Advice(KeepReason reason, string agent, Inventory inventory) => reason switch
    {
        KeepReason.BeingMade => "wait until it has started",
        KeepReason.BeingRemoved => "nothing: it goes by itself",
        KeepReason.NotKnown => "what could not be looked at has to answer first",
        KeepReason.UnreadableRecord => "mend its record, or remove its folder by hand; agent list names it",
        KeepReason.Pinned => $"take {agent} off clean.pin in config.yaml",
        KeepReason.KeptLast => "newer runs of the same agent, or a lower clean.keepLast in config.yaml",
        KeepReason.TooYoung => "wait, or a shorter --older-than",
        _ => $"nothing here: see agent status --runtime {inventory.Runtime.Name}",
    };

    private static string RemoveImage(InventoryImage image, Inventory inventory) =>
        NativeCommands.Of(inventory.Runtime.Name).RemoveImage.Replace("<image-id>", image.Name, StringComparison.Ordinal).Replace("<tag>", image.Name, StringComparison.Ordinal);

    private static string RemoveContainer(Container container, Inventory inventory) =>
        NativeCommands.Of(inventory.Runtime.Name).RemoveContainer.Replace("<container-id>", container.Name, StringComparison.Ordinal);

    private static string Short(string label) => Table.Shorten(label, LongestLabel);

    private static string Made(DateTimeOffset? at, IReadOnlyDictionary<string, string>? labels, string? installation, Inventory inventory)
    {
        var version = labels?.GetValueOrDefault(Labels.Version) is { } said ? $" by agent {Short(said)}" : "";
        var who = installation is null ? ", not signed by an installation"
            : installation == inventory.Installation ? ", this installation"
            : $", another installation ({Short(installation)})";
        return $"{(at is null ? "at an unknown time" : Age.Describe(at, inventory.TakenAt))}{version}{who}";
    }

    private static string RecipeText(InventoryImage image)
    {
        if (image.IsBase)
        {
            return "a base, made from a public image";
        }

        var of = image.Agent is { } agent ? $"agent {Short(agent)}" : "not labelled";
        var built = Recipes.RecipeFingerprint.TryParse(image.Image.Labels.GetValueOrDefault(Labels.Recipe));
        return built?.Bases is [var first, ..] ? $"{of}, on {Short(first.Reference)}" : of;
    }

    private static string ImageText(RunRecord record, string? imageId, Inventory inventory) =>
        imageId is null || inventory.ImagesFault is not null || inventory.Images.Any(image => image.Image.Id == imageId && image.Image.Tags.Contains(record.Image))
            ? record.Image
            : $"{record.Image} as it was then ({Image.Shorten(imageId)})";

    private static IEnumerable<string> Users(InventoryImage image)
    {
        return image.Runs.Select(run => $"run {run.Name} ({run.Id}, {run.State.Word()})").Concat(image.Others.Select(user => $"container {user.Name} ({user.State.Word()})"));
    }

    private static string Takes(DiskUse disk) =>
        $"{disk.Total?.ToString() ?? "?"}: {disk.Layer?.ToString() ?? "?"} written over its image, {disk.Volumes?.ToString() ?? "?"} in volumes, {disk.Folder?.ToString() ?? "?"} of records and output";

    private sealed record Meaning(string Name, Func<Explanation> Explain);
}

/// <summary>What <c>agent why --json</c> prints. Additions only: <c>docs/json.md</c> is the contract.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Runtime">The runtime that was asked.</param>
/// <param name="TakenAt">UTC.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Id">In full.</param>
/// <param name="Facts">What is known of it, for people, by label.</param>
/// <param name="Cleanable">Whether <c>agent clean</c> would take it; null when it is none of ours to judge.</param>
/// <param name="Reason">Why it is kept, as a word such as <c>inUse</c>; null when it is cleanable.</param>
/// <param name="Why">Why, for people.</param>
/// <param name="Change">What would have to change, for people.</param>
/// <param name="Faults">What could not be looked at, for people: then this may not be all there is to say, and the exit code is 1.</param>
public sealed record WhyJson(
    int SchemaVersion,
    string Runtime,
    DateTimeOffset TakenAt,
    string Kind,
    string Name,
    string Id,
    IReadOnlyList<WhyJson.Fact> Facts,
    bool? Cleanable,
    string? Reason,
    string Why,
    string Change,
    IReadOnlyList<string> Faults)
{
    internal static WhyJson Of(Inventory inventory, Explanation explanation) => new(
        1,
        inventory.Runtime.Name,
        inventory.TakenAt.ToUniversalTime(),
        explanation.Kind,
        explanation.Name,
        explanation.Id,
        [.. explanation.Facts.Select(fact => new Fact(fact.Label, fact.Text))],
        explanation.Cleanable,
        explanation.Reason is { } reason ? Verdicts.Word(reason) : null,
        explanation.Why,
        explanation.Change,
        [.. StatusText.ListingFaults(inventory)]);

    /// <summary>Something known.</summary>
    /// <param name="Label">What it is about.</param>
    /// <param name="Text">For people.</param>
    public sealed record Fact(string Label, string Text);
}
