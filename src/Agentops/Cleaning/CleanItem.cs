using Agentops.Images;
using Agentops.Runs;
using Agentops.Status;

namespace Agentops.Cleaning;

/// <summary>One thing that is to go: what it is, why, and what must still be true when it is removed.</summary>
/// <param name="Why">Completes "it can go: …", such as <c>no container uses it</c>.</param>
/// <param name="Frees">What goes with it, after what goes before it; null while unknown.</param>
public abstract record CleanItem(string Why, LayerBytes? Frees)
{
    /// <summary>Names the same thing in a plan that was saved and in a later one: <c>run:a1b2c3d4</c>.</summary>
    public abstract string Key { get; }

    /// <summary>What it is, for people: <c>run test-bot (e5f6g7h8)</c>; untrusted text.</summary>
    public abstract string Name { get; }

    /// <summary>A run that has ended: its container and its record folder. Must still have the same container, ended at the same time.</summary>
    /// <param name="Run">The run.</param>
    /// <param name="Why">Why it can go.</param>
    public sealed record OfRun(Run Run, string Why) : CleanItem(Why, Run.Disk.Total)
    {
        /// <inheritdoc/>
        public override string Key => $"run:{Run.Id}";

        /// <inheritdoc/>
        public override string Name => $"run {Run.Name} ({Run.Id})";
    }

    /// <summary>A container without a record. Must still be the same, ended at the same time.</summary>
    /// <param name="Orphan">The container.</param>
    /// <param name="Why">Why it can go.</param>
    public sealed record OfOrphan(Orphan Orphan, string Why) : CleanItem(Why, Orphan.Disk.Total)
    {
        /// <inheritdoc/>
        public override string Key => $"container:{Orphan.Container.Id}";

        /// <inheritdoc/>
        public override string Name => $"container {Orphan.Container.Name}";
    }

    /// <summary>A tag of an image, or a dangling image. The tag must still name the same image, or the image still have no tag.</summary>
    /// <param name="Image">The image.</param>
    /// <param name="Reference">The tag; the image's id when it is dangling.</param>
    /// <param name="Why">Why it can go.</param>
    /// <param name="Frees">What goes with it; nothing while another tag holds the image.</param>
    public sealed record OfImage(InventoryImage Image, string Reference, string Why, LayerBytes? Frees) : CleanItem(Why, Frees)
    {
        /// <inheritdoc/>
        public override string Key => $"image:{Reference}";

        /// <inheritdoc/>
        public override string Name => Image.IsDangling ? $"dangling image {Image.Image.ShortId}" : $"image {Reference}";
    }

    /// <summary>What a killed command left in the state folder.</summary>
    /// <param name="Leftover">The folder.</param>
    public sealed record OfLeftover(Leftover Leftover) : CleanItem("a command that was killed left it", Leftover.Size is { } size ? new LayerBytes(size, true) : null)
    {
        /// <inheritdoc/>
        public override string Key => $"leftover:{Leftover.Name}";

        /// <inheritdoc/>
        public override string Name => $"leftover {Leftover.Name}";
    }
}

/// <summary>One thing that was looked at and is kept.</summary>
/// <param name="Key">As <see cref="CleanItem.Key"/>; for an image with its id, as it may have several tags.</param>
/// <param name="Kind">What it is: <c>run</c>, <c>orphaned container</c>, <c>image</c>, <c>base image</c>, <c>dangling image</c>.</param>
/// <param name="Name">What it is called; untrusted text.</param>
/// <param name="Reason">Why, whatever the details.</param>
/// <param name="Why">Why, in full, such as <c>agentops/my-agent is built on it</c>; untrusted text.</param>
public sealed record Kept(string Key, string Kind, string Name, KeepReason Reason, string Why);
