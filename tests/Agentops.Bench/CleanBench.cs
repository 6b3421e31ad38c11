using System.Globalization;

namespace Agentops.Bench;

/// <summary><c>agent clean --force</c> against <c>docker container prune -f</c> and <c>docker image prune -af</c>, each on a population of its own that is made alike.</summary>
internal static class CleanBench
{
    private const int Images = 50;

    public static void Take(Bed bed, Report report, int runs, Action<string> tell)
    {
        tell($"clean: {runs} ended runs and {Images} images, for docker (making them takes minutes)");
        Populate(bed, runs);
        var theirs = new[] { Add(Sample.Take(bed.OfDocker("container", "prune", "-f")), Sample.Take(bed.OfDocker("image", "prune", "-af"))) };
        Check(bed);
        bed.Clear();

        tell($"clean: the same for agent");
        Populate(bed, runs);
        var ours = new[] { Sample.Take(bed.OfAgent("clean", "--force")) };
        Check(bed);
        bed.Clear();
        report.Add(string.Create(CultureInfo.InvariantCulture, $"`agent clean --force` / `docker container prune -f` and `docker image prune -af`, {runs:N0} ended runs, {Images} images, once"), new Comparison(ours, theirs), 1);
    }

    private static Sample Add(Sample one, Sample other) => new(one.Wall + other.Wall, one.Processor + other.Processor);

    private static void Populate(Bed bed, int runs)
    {
        // A prune of all images takes the base too.
        bed.MakeBase();
        for (var image = 1; image < Images; image++)
        {
            Import(bed, $"agentops/bench-{image}:latest");
        }

        bed.MakeEndedRuns(runs);
    }

    private static void Import(Bed bed, string tag)
    {
        var root = Directory.CreateTempSubdirectory("agentops-bench-image-");
        File.WriteAllText(Path.Combine(root.FullName, "data"), new string('x', 100_000) + tag);
        var archive = root.FullName + ".tar";
        System.Formats.Tar.TarFile.CreateFromDirectory(root.FullName, archive, includeBaseDirectory: false);
        bed.AskDocker("import", "--change", "LABEL agentops=true agentops.base=false", archive, tag);
        root.Delete(recursive: true);
        File.Delete(archive);
    }

    private static void Check(Bed bed)
    {
        var (containers, images) = (bed.AskDocker("ps", "-aq"), bed.AskDocker("images", "-q", "--filter", "reference=agentops/*"));
        if (containers.Length + images.Length > 0)
        {
            throw new InvalidOperationException($"not all was removed:\n{containers}\n{images}");
        }
    }
}
