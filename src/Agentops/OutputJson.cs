using System.Text.Json.Serialization;
using Agentops.Cleaning;
using Agentops.Commands;
using Agentops.Diagnosing;
using Agentops.Status;

namespace Agentops;

/// <summary>What any command prints with <c>--json</c> when it fails.</summary>
/// <param name="SchemaVersion">1.</param>
/// <param name="Error">What failed.</param>
public sealed record ErrorJson(int SchemaVersion, ErrorJson.Detail Error)
{
    /// <summary>What failed.</summary>
    /// <param name="Code">A word in camelCase.</param>
    /// <param name="Message">For people.</param>
    public sealed record Detail(string Code, string Message);
}

/// <summary>The JSON that users read. Additions only: <c>docs/json.md</c> is the contract.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization, WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErrorJson))]
[JsonSerializable(typeof(ListJson))]
[JsonSerializable(typeof(StatusJson))]
[JsonSerializable(typeof(OverviewJson))]
[JsonSerializable(typeof(WhyJson))]
[JsonSerializable(typeof(DoctorJson))]
[JsonSerializable(typeof(CleanPlanJson))]
[JsonSerializable(typeof(CleanReportJson))]
[JsonSerializable(typeof(SystemImagesJson))]
[JsonSerializable(typeof(SystemContainersJson))]
internal sealed partial class OutputJson : JsonSerializerContext;
