using Agentops.Runtimes;

namespace Agentops.Runs;

/// <summary>Finds runs where they live, which their records tell; each runtime is connected to once. An option of the user's has the last word.</summary>
/// <param name="world">The world.</param>
/// <param name="asked">What the command line says.</param>
internal sealed class RunSearch(World world, RuntimeRequest asked) : IAsyncDisposable
{
    private readonly Dictionary<string, (IContainerRuntime Runtime, Task<RunList>? List)> places = [];
    private readonly Dictionary<string, RuntimeUnavailableException> silent = [];
    private IReadOnlyList<RunEntry>? records;

    /// <summary>Decides where the run lives that is meant.</summary>
    /// <param name="asked">What the command line says.</param>
    /// <param name="records">All records, or the one of the run's id.</param>
    /// <param name="address">What the user wrote.</param>
    /// <returns>What was asked for where an option says it or no record does. Of several runs of one name the newest that is not known to have ended decides.</returns>
    public static RuntimeRequest PlaceOf(RuntimeRequest asked, IReadOnlyList<RunEntry> records, string address)
    {
        if (asked is not { Name: null, Context: null } || address.Length == 0)
        {
            return asked;
        }

        var known = records.Select(entry => entry.Record).OfType<RunRecord>().ToList();
        var meant = new Func<RunRecord, bool>[] { record => record.Id == address, record => record.Name == address, record => record.Id.StartsWith(address, StringComparison.Ordinal) }
            .Select(means => known.Where(means).OrderBy(record => record is { EndedAt: null, Failure: null } ? 0 : 1).ThenByDescending(record => record.CreatedAt).FirstOrDefault())
            .FirstOrDefault(record => record is not null);
        return meant is null ? asked : asked with { Place = new RuntimePlace(meant.Runtime, meant.Endpoint, meant.Context, $"run {meant.Id}") };
    }

    /// <summary>Finds one run.</summary>
    /// <param name="address">What the user wrote.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>It, and where it lives; that is closed along with this.</returns>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="UsageException">Several are meant equally well.</exception>
    /// <exception cref="RuntimeUnavailableException">Where it lives nobody answers.</exception>
    public async Task<(IContainerRuntime Runtime, Run Run)> Find(string address, CancellationToken cancellationToken)
    {
        var (place, runtime) = await Connect(address, cancellationToken);
        return (runtime, RunAddress.Find(await List(place, cancellationToken), address));
    }

    /// <summary>Connects to where a run lives, if it is one, else to what is used without saying.</summary>
    /// <param name="address">What the user wrote; it may be no run at all.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Closed along with this.</returns>
    /// <exception cref="RuntimeUnavailableException">Neither answers.</exception>
    public async Task<IContainerRuntime> ConnectNear(string address, CancellationToken cancellationToken)
    {
        try
        {
            return (await Connect(address, cancellationToken)).Runtime;
        }
        catch (RuntimeUnavailableException) when (PlaceOf(asked, Records(address), address).Place is not null)
        {
            return (await Open(asked, cancellationToken)).Runtime;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var (runtime, _) in places.Values)
        {
            await runtime.DisposeAsync();
        }
    }

    private async Task<(string Place, IContainerRuntime Runtime)> Connect(string address, CancellationToken cancellationToken)
    {
        var request = PlaceOf(asked, Records(address), address);
        try
        {
            return await Open(request, cancellationToken);
        }
        catch (RuntimeUnavailableException gone) when (gone.IsGone && request.Place is not null)
        {
            // The engine may listen at another socket than when the run was made.
            return await OpenIfThere(address, cancellationToken) ?? throw new RuntimeUnavailableException(gone.Message, gone);
        }
    }

    private async Task<(string Place, IContainerRuntime Runtime)?> OpenIfThere(string address, CancellationToken cancellationToken)
    {
        try
        {
            var opened = await Open(asked, cancellationToken);
            return RunAddress.Find(await List(opened.Place, cancellationToken), address).Container is null ? null : opened;
        }
        catch (AgentopsException)
        {
            return null;
        }
    }

    private async Task<(string Place, IContainerRuntime Runtime)> Open(RuntimeRequest request, CancellationToken cancellationToken)
    {
        var place = request.Place is { } lives ? $"{lives.Endpoint} {lives.Context}" : "";
        if (silent.TryGetValue(place, out var before))
        {
            throw before;
        }

        try
        {
            places[place] = places.GetValueOrDefault(place) is { Runtime: not null } known ? known : (await world.ConnectRuntime(request, cancellationToken), null);
            return (place, places[place].Runtime);
        }
        catch (RuntimeUnavailableException failure)
        {
            // Not to be waited for again for the next run there.
            silent[place] = failure;
            throw;
        }
    }

    private Task<RunList> List(string place, CancellationToken cancellationToken)
    {
        var (runtime, list) = places[place];
        list ??= RunList.Take(world, runtime, records, cancellationToken);
        places[place] = (runtime, list);
        return list;
    }

    // One file where an id says which; read again along with the containers, as all of them are needed to say that no other is meant.
    private IReadOnlyList<RunEntry> Records(string address)
    {
        try
        {
            return records ?? (asked is not { Name: null, Context: null } ? [] : RunId.TryParse(address, out var id) && world.Runs.Read(id) is { } entry ? [entry] : records = world.Runs.ReadAll());
        }
        catch (AgentopsException)
        {
            // Whoever needs them reads them again, and tells why they cannot be read.
            return [];
        }
    }
}
