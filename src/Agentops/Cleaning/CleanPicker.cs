using Agentops.Runs;
using Agentops.Status;
using Agentops.Terminal;
using Agentops.Terminal.Picking;

namespace Agentops.Cleaning;

/// <summary>Lets the user pick what of a plan is to go, from a list on the whole screen.</summary>
internal static class CleanPicker
{
    /// <summary>Shows the list.</summary>
    /// <param name="world">The world; its output and input are a terminal.</param>
    /// <param name="inventory">What the plan was made of.</param>
    /// <param name="plan">Not empty.</param>
    /// <param name="plain">No colours.</param>
    /// <param name="cancellationToken">Leaves.</param>
    /// <returns>The part that was picked; null when the user left.</returns>
    public static async Task<CleanPlan?> Pick(World world, Inventory inventory, CleanPlan plan, bool plain, CancellationToken cancellationToken) =>
        await Picker.Show(world, ListOf(inventory, plan), plain, cancellationToken) is { } picked
            ? plan.Only(inventory, picked.Select(index => plan.Items[index].Key).ToHashSet())
            : null;

    /// <summary>The list of a plan. Pure.</summary>
    /// <param name="inventory">What the plan was made of.</param>
    /// <param name="plan">Not empty.</param>
    /// <returns>Its items, in its order; what they free together counts each shared layer once.</returns>
    internal static PickerList ListOf(Inventory inventory, CleanPlan plan)
    {
        var positions = plan.Items.Index().ToDictionary(item => item.Item.Key, item => item.Index);
        var items = plan.Items.Select(item => ItemOf(item, inventory.TakenAt) with { Needs = [.. plan.Needs(item).Select(needed => positions[needed.Key])] }).ToList();
        return new PickerList("Choose what to remove", "remove", items, picked => Frees(plan.Only(inventory, picked.Select(index => plan.Items[index].Key).ToHashSet())));
    }

    private static PickerItem ItemOf(CleanItem item, DateTimeOffset now)
    {
        var size = item.Frees?.ToString() ?? "?";
        return item switch
        {
            CleanItem.OfRun { Run: var run } => Item("Stopped runs", run.CreatedAt, run.Name, run.Id.ToString(), run.State.Word(), Age.Describe(run.CreatedAt, now), size),
            CleanItem.OfOrphan { Orphan.Container: var container } => Item("Orphaned containers", container.CreatedAt, container.Name, Age.Describe(container.CreatedAt, now), size),
            CleanItem.OfImage { Image: { IsDangling: true } image } => Item("Dangling images", image.Image.CreatedAt, image.Image.ShortId, Age.Describe(image.Image.CreatedAt, now), size),
            CleanItem.OfImage { Image: var image, Reference: var tag } => Item("Unused images", image.Image.CreatedAt, tag, Age.Describe(image.Image.CreatedAt, now), size),
            CleanItem.OfLeftover { Leftover: var leftover } => Item("Leftovers of interrupted commands", null, leftover.Name, size),
            _ => throw new InvalidOperationException($"{item} is no item"),
        };

        PickerItem Item(string section, DateTimeOffset? createdAt, params string[] cells) => new(section, cells, item.Frees?.Bytes, createdAt, []);
    }

    private static string Frees(CleanPlan picked) => picked.Unknown == 0 ? picked.Frees.ToString() : $"{picked.Frees} and {picked.Unknown} of unknown size";
}
