using Agentops.Runtimes;
using Agentops.Tests.Fakes;

namespace Agentops.RuntimeTests;

/// <summary>A runtime that the contracts run on: how to connect to it, and what it cannot do.</summary>
/// <remarks>Each has a class of its name, with the contracts that hold for it nested in it: <see cref="InMemory"/>, <see cref="Docker_20_10"/>.</remarks>
public abstract record TestRuntime
{
    /// <summary>What it cannot do. The contracts expect just that of it, and pass no case over.</summary>
    public IReadOnlyList<Limit> Limits { get; init; } = [];

    /// <summary>Connects as a command of ours does; fails the test when there is no such runtime.</summary>
    /// <returns>To be disposed of.</returns>
    public abstract Task<IContainerRuntime> Connect();

    /// <summary>Whether limits of memory and processes hold in it, which may depend on the machine.</summary>
    /// <returns>False: it starts without them and says so.</returns>
    public virtual Task<bool> KeepsLimits() => Task.FromResult(true);

    /// <summary>Whether it cannot do something.</summary>
    /// <param name="limit">What.</param>
    /// <returns>True when it cannot.</returns>
    public bool Has(Limit limit) => Limits.Contains(limit);
}

/// <summary>Something that a runtime cannot do.</summary>
/// <param name="Sentence">For people.</param>
public sealed record Limit(string Sentence)
{
    public static readonly Limit NoSizesOfLayers = new("It does not tell the sizes of layers: what images take and free together is an estimate, shown with ~.");

    public static readonly Limit NoOrder = new("It removes steps of the classic builder before images built on them, and can forget other steps.");

    public static readonly Limit WholeBlocks = new("It counts what a container wrote in whole blocks of the disk, and folders too.");

    public static readonly Limit ColonOrComma = new("Of a colon on the one hand and a comma or a quotation mark on the other, the paths of a mount may hold one kind.");

    public static readonly Limit MemoryUnnoticed = new("It does not notice that a process was killed at its limit of memory: the tool says that it may have been.");

    public static readonly Limit FileOfItsOwn = new("It puts a link of its own, /etc/mtab, into what a container wrote: 12 bytes.");

    public static readonly Limit InitEndsWith1 = new("Its init ends with 1 and not with 127 when there is no such command.");

    public static readonly Limit InputEndsWithFirst = new("Without a terminal, a run's standard input ends when the first who attached to it leaves.");

    public static readonly Limit ReadsStepByStep = new("It reads a step of a recipe when it gets there: those before it are built by then.");

    public static readonly Limit StepsRunOn = new("A build that is given up ends with the step it is at, and the layers before it stay: the tool says how to remove them.");

    public static readonly Limit NoSizesOfContainers = new("It does not tell what a container wrote over its image.");

    public static readonly Limit NothingDangling = new("An image without a tag is gone: a rebuild leaves nothing to clean.");

    public static readonly Limit LeastMemory = new("A run has 200 MiB of memory at the least, in whole mebibytes.");

    public static readonly Limit NoCopies = new("It copies no files in or out: the tool says so, and what does.");

    public static readonly Limit OwnersStayIn = new("What is copied out of a container belongs to the container's user; what goes in keeps its owner.");

    public static readonly Limit NoBuildKit = new("Its BuildKit takes no build context from us: the classic builder builds.");
}

/// <summary>The fake that other tests run on: what holds for real runtimes holds for it.</summary>
public sealed record TestFake : TestRuntime
{
    public static readonly TestFake InMemory = new();

    public override Task<IContainerRuntime> Connect() => Task.FromResult<IContainerRuntime>(new FakeRuntime());
}
