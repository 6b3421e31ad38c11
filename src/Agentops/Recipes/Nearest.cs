namespace Agentops.Recipes;

/// <summary>What somebody meant who wrote a word that is not known.</summary>
internal static class Nearest
{
    /// <summary>The known word that is the fewest slips away: a letter left out, added, changed, or two swapped.</summary>
    /// <param name="word">As written.</param>
    /// <param name="known">What it may have meant.</param>
    /// <returns>Null when none is near enough to be worth a guess.</returns>
    public static string? To(string word, IEnumerable<string> known) => known
        .Select(candidate => (candidate, slips: Slips(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
        .Where(pair => pair.slips <= Math.Max(1, Math.Min(word.Length, pair.candidate.Length) / 3))
        .OrderBy(pair => pair.slips)
        .Select(pair => pair.candidate)
        .FirstOrDefault();

    // Optimal string alignment distance, https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance
    private static int Slips(string left, string right)
    {
        // A word far longer than any known one is no slip of it, and must not cost time.
        if (Math.Abs(left.Length - right.Length) > 8)
        {
            return int.MaxValue;
        }

        var slips = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                slips[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1,
                    slips[i - 1, j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
                }
            }
        }

        return slips[left.Length, right.Length];
    }
}
