using Agentops.Cleaning;
using Agentops.Runtimes;

namespace Agentops.Status;

/// <summary>Takes an <see cref="Overview"/>: all places at once, each with a deadline of its own.</summary>
internal static class OverviewTaking
{
    /// <summary>How long a place may take to answer and to list all, where the user names no other time: the view is there within a second and a half.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1.2);

    private static readonly InventoryDepth Depth = InventoryDepth.Quick with { Others = false };

    /// <summary>Looks at all places.</summary>
    /// <param name="world">The world.</param>
    /// <param name="options">What can be cleaned.</param>
    /// <param name="deadline">Of each place.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What was seen within the deadline; what does not answer says so.</returns>
    public static async Task<Overview> Take(World world, CleanOptions options, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var chosen = PlaceAnswer.Of(
            world.Clock,
            token => world.ConnectRuntime(new RuntimeRequest(null), token),
            deadline,
            (runtime, _) => Task.FromResult(Places.KeyOf(runtime.Identity.Endpoint, Places.Target)),
            cancellationToken);
        var looks = await Task.WhenAll(world.FindPlaces().Select(place => LookAt(world, place, deadline, cancellationToken)));
        var key = (await chosen).Value;
        return Overview.Of(
            [.. looks.Select(look => look with { IsChosen = key is not null && look.Place.Endpoint is { } endpoint && Places.KeyOf(endpoint, Places.Target) == key })],
            options,
            address => Places.KeyOf(address, Places.Target),
            world.Clock.GetUtcNow());
    }

    private static async Task<PlaceLook> LookAt(World world, Place place, TimeSpan deadline, CancellationToken cancellationToken)
    {
        var (inventory, problem) = await PlaceAnswer.Of(world.Clock, place.Connect, deadline, (runtime, token) => InventoryTaking.Take(world, runtime, Depth, token), cancellationToken);
        return new PlaceLook(place, IsChosen: false, inventory, problem);
    }
}
