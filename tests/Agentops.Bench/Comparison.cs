namespace Agentops.Bench;

/// <summary>Two programs measured side by side.</summary>
/// <param name="Ours">The samples of the one.</param>
/// <param name="Theirs">The samples of the other.</param>
internal sealed record Comparison(IReadOnlyList<Sample> Ours, IReadOnlyList<Sample> Theirs)
{
    /// <summary>Median wall time of the one in that of the other.</summary>
    public double Ratio => OurWall / TheirWall;

    public TimeSpan OurWall => Median(Ours, sample => sample.Wall);

    public TimeSpan TheirWall => Median(Theirs, sample => sample.Wall);

    public TimeSpan OurProcessor => Median(Ours, sample => sample.Processor);

    public TimeSpan TheirProcessor => Median(Theirs, sample => sample.Processor);

    /// <summary>Measures A B A B …, so that a change of the machine's mood meets both alike; the first two pairs warm up and do not count.</summary>
    /// <param name="ours">The one.</param>
    /// <param name="theirs">The other.</param>
    /// <param name="samples">Pairs.</param>
    /// <param name="before">Done before each of ours, and not measured.</param>
    public static Comparison Take(Peer ours, Peer theirs, int samples, Action? before = null)
    {
        var (a, b) = (new List<Sample>(), new List<Sample>());
        for (var i = -2; i < samples; i++)
        {
            before?.Invoke();
            var (one, other) = (Sample.Take(ours), Sample.Take(theirs));
            if (i >= 0)
            {
                a.Add(one);
                b.Add(other);
            }
        }

        return new Comparison(a, b);
    }

    private static TimeSpan Median(IReadOnlyList<Sample> samples, Func<Sample, TimeSpan> of)
    {
        var sorted = samples.Select(of).Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }
}
