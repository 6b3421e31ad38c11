using System.Text.Json;
using System.Text.Json.Serialization;
using Agentops.Status;

namespace Agentops.Cleaning;

/// <summary>A plan that was written to a file to be reviewed and applied later.</summary>
internal static class PlanFile
{
    private const int LargestFile = 64 * 1024 * 1024;

    /// <summary>Writes a plan, whole or not at all.</summary>
    /// <param name="path">Absolute; a file that is there is replaced.</param>
    /// <param name="plan">What to write.</param>
    /// <exception cref="AgentopsException">It cannot be written.</exception>
    public static void Write(string path, CleanPlanJson plan)
    {
        var draft = $"{path}.{Guid.NewGuid():N}.draft";
        try
        {
            File.WriteAllText(draft, JsonSerializer.Serialize(plan, OutputJson.Default.CleanPlanJson) + "\n");
            File.Move(draft, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new AgentopsException($"Cannot write the plan to {path}: {failure.Message.Replace(draft, path, StringComparison.Ordinal)}", ExitCode.Failed, "planUnwritable", failure);
        }
    }

    /// <summary>Reads a plan.</summary>
    /// <param name="path">Absolute.</param>
    /// <returns>The plan, as it was written.</returns>
    /// <exception cref="UsageException">It is none, or of a later version, or not whole.</exception>
    public static CleanPlanJson Read(string path)
    {
        try
        {
            return Parse(path, ReadBytes(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"Cannot read the plan {path}: {failure.Message}", failure);
        }
    }

    /// <summary>Reads a plan. Pure.</summary>
    /// <param name="path">For messages.</param>
    /// <param name="content">Of the file; null when it is too long.</param>
    /// <returns>The plan, as it was written.</returns>
    /// <exception cref="UsageException">It is none, or of a later version, or not whole.</exception>
    internal static CleanPlanJson Parse(string path, byte[]? content)
    {
        try
        {
            var plan = content is null ? null : JsonSerializer.Deserialize(content, PlanFileJson.Default.CleanPlanJson);
            return plan switch
            {
                null or { SchemaVersion: < 1 } or { Items: null } or { Runtime: null } or { Endpoint: null } => throw new UsageException($"{path} is no plan of agent clean. Make one: agent clean --plan {path}"),
                { SchemaVersion: > CleanPlanJson.CurrentSchema } => throw new UsageException($"{path} was written by a newer agent (schema {plan.SchemaVersion}, this one reads {CleanPlanJson.CurrentSchema})"),
                _ when plan.Items.Any(item => item?.Key is null || item.Conditions is null) => throw new UsageException($"{path} is not whole: an item has no key or no conditions. Make it anew: agent clean --plan {path}"),
                _ => plan,
            };
        }
        catch (JsonException fault)
        {
            throw new UsageException($"{path} is cut short or not JSON (line {fault.LineNumber + 1}). Make it anew: agent clean --plan {path}", fault);
        }
    }

    // Null when it is too long, or has no end. A pipe does not tell its length.
    private static byte[]? ReadBytes(string path)
    {
        using var file = File.OpenRead(path);
        using var bytes = new MemoryStream();
        var piece = new byte[64 * 1024];
        for (int read; bytes.Length <= LargestFile && (read = file.Read(piece)) > 0;)
        {
            bytes.Write(piece.AsSpan(0, read));
        }

        return bytes.Length > LargestFile ? null : bytes.ToArray();
    }

    /// <summary>What of a plan from a file still holds. Pure.</summary>
    /// <param name="file">As it was written, and perhaps edited.</param>
    /// <param name="inventory">What there is now.</param>
    /// <param name="now">What could go now.</param>
    /// <returns>The part of the file that is still as it says, and a line for each item that is not.</returns>
    /// <exception cref="RefusedException">It is for another installation or runtime.</exception>
    public static (CleanPlan Plan, IReadOnlyList<string> Drift) Check(CleanPlanJson file, Inventory inventory, CleanPlan now)
    {
        if (file.Installation != inventory.Installation)
        {
            throw new RefusedException("The plan is of another installation: its items are not ours to remove. Apply it where it was made.");
        }

        if (file.Runtime != inventory.Runtime.Name || file.Endpoint != inventory.Runtime.Endpoint)
        {
            throw new RefusedException($"The plan is for {file.Runtime} at {file.Endpoint}, and this is {inventory.Runtime.Name} at {inventory.Runtime.Endpoint}.");
        }

        var items = now.Items.ToDictionary(item => item.Key);
        var kept = now.Kept.GroupBy(thing => thing.Key).ToDictionary(same => same.Key, same => same.First());
        var keys = new HashSet<string>();
        var drift = new List<string>();
        foreach (var item in file.Items.DistinctBy(item => item.Key))
        {
            if (!items.TryGetValue(item.Key, out var found))
            {
                var why = kept.GetValueOrDefault(item.Key) ?? kept.GetValueOrDefault($"image:{item.Conditions.ImageId}");
                drift.Add($"{item.Name}: {(why is null ? "it is not there any more" : why.Why)}");
            }
            else if (CleanPlanJson.Conditions.Of(found) != item.Conditions)
            {
                drift.Add($"{item.Name}: it is not what it was when the plan was made");
            }
            else
            {
                keys.Add(item.Key);
            }
        }

        var plan = now.Only(inventory, keys);
        var left = plan.Items.Select(item => item.Key).ToHashSet();
        drift.AddRange(file.Items.DistinctBy(item => item.Key).Where(item => keys.Contains(item.Key) && !left.Contains(item.Key)).Select(item => $"{item.Name}: something that stays uses it or is built on it"));
        return (plan, drift);
    }
}

/// <summary>The JSON of a plan, to be read; <see cref="OutputJson"/> writes it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CleanPlanJson))]
internal sealed partial class PlanFileJson : JsonSerializerContext;
