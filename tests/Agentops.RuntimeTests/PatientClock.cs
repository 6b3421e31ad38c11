namespace Agentops.RuntimeTests;

/// <summary>The real time, with a hundred times the patience: a quick look finds all that there is, however busy the machine.</summary>
internal sealed class PatientClock : TimeProvider
{
    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? dueTime * 100 : dueTime, period);
}
