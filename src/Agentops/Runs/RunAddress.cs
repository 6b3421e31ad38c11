namespace Agentops.Runs;

/// <summary>Finds the run a user means: by id, by name, or by a unique prefix of an id.</summary>
public static class RunAddress
{
    /// <summary>Finds one run.</summary>
    /// <param name="list">All runs.</param>
    /// <param name="text">What the user wrote.</param>
    /// <returns>Of several with one name the one that runs, else the newest.</returns>
    /// <exception cref="NotFoundException">There is none.</exception>
    /// <exception cref="UsageException">Several are meant equally well; the message lists them.</exception>
    public static Run Find(RunList list, string text)
    {
        var all = list.Runs.Concat(list.Orphans.Select(orphan => orphan.AsRun).OfType<Run>()).ToList();
        if (all.FirstOrDefault(run => run.Id.ToString() == text) is { } exact)
        {
            return exact;
        }

        var named = list.Runs.Where(run => run.Name == text).ToList();
        if (named.Count > 0)
        {
            var live = named.Where(run => run.IsLive).ToList();
            return live.Count <= 1 ? live.FirstOrDefault(named[0]) : throw Ambiguous(text, live);
        }

        var prefixed = text.Length == 0 ? [] : all.Where(run => run.Id.ToString().StartsWith(text, StringComparison.Ordinal)).ToList();
        return prefixed.Count switch
        {
            1 => prefixed[0],
            0 => throw new NotFoundException($"There is no run '{text}'. See what there is: agent list"),
            _ => throw Ambiguous(text, prefixed),
        };
    }

    private static UsageException Ambiguous(string text, List<Run> runs) =>
        new($"'{text}' may mean {string.Join(", ", runs.Take(5).Select(run => $"{run.Id} ({run.Name}, {run.State.Word()})"))}{(runs.Count > 5 ? ", …" : "")}. Name one by its id.");
}
