using System.Text.Json;
using Agentops.Cleaning;
using Agentops.Runs;

namespace Agentops.Status;

/// <summary>What a plan says of each thing, found by the thing.</summary>
internal sealed class Verdicts
{
    private readonly Dictionary<string, CleanItem> going = [];
    private readonly Dictionary<string, Kept> kept = [];

    private Verdicts(CleanPlan plan)
    {
        foreach (var item in plan.Items)
        {
            // An image goes tag by tag, for one reason.
            going.TryAdd(item is CleanItem.OfImage { Image.Image.Id: var id } ? $"image:{id}" : item.Key, item);
        }

        foreach (var thing in plan.Kept)
        {
            kept.TryAdd(thing.Key, thing);
        }
    }

    public static Verdicts Of(CleanPlan plan) => new(plan);

    public StatusJson.Verdict? OfRun(RunId id) => Of($"run:{id}");

    public StatusJson.Verdict? OfContainer(string id) => Of($"container:{id}");

    public StatusJson.Verdict? OfImage(string id) => Of($"image:{id}");

    /// <summary>Why something goes; null when it does not.</summary>
    public CleanItem? Going(string key) => going.GetValueOrDefault(key);

    /// <summary>Why something stays; null when it does not.</summary>
    public Kept? Kept(string key) => kept.GetValueOrDefault(key);

    /// <summary>A reason as a word of JSON.</summary>
    public static string Word(KeepReason reason) => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString());

    private StatusJson.Verdict? Of(string key) =>
        Going(key) is { } item ? new(true, null, item.Why)
        : Kept(key) is { } thing ? new(false, Word(thing.Reason), thing.Why)
        : null;
}
