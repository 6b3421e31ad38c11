using System.Collections.Concurrent;
using System.Reflection;
using Agentops.Runtimes;

namespace Agentops.Tests.Fakes;

/// <summary>A runtime whose caller is killed at one of its calls: that and each later one is never answered and, but for the one, does nothing. What the caller would still do after an answer never happens.</summary>
public class CutRuntime : DispatchProxy
{
    private readonly ConcurrentQueue<string> answered = new();
    private readonly TaskCompletionSource cut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private IContainerRuntime inner = null!;
    private int left;
    private bool isDone;

    /// <summary>When the caller is dead.</summary>
    public Task Cut => cut.Task;

    /// <summary>Calls that the caller got an answer to: <c>RemoveContainer 0123</c>.</summary>
    public IReadOnlyCollection<string> Answered => [.. answered];

    /// <summary>Cuts the caller of a runtime off.</summary>
    /// <param name="runtime">What answers until then.</param>
    /// <param name="call">Which call is the last, counted from 1.</param>
    /// <param name="isDone">It takes effect, and only its answer is not heard.</param>
    public static IContainerRuntime Of(IContainerRuntime runtime, int call, bool isDone)
    {
        var proxy = Create<IContainerRuntime, CutRuntime>();
        var cutting = (CutRuntime)proxy;
        (cutting.inner, cutting.left, cutting.isDone) = (runtime, call, isDone);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (!typeof(Task).IsAssignableFrom(targetMethod!.ReturnType))
        {
            return Call(targetMethod, args);
        }

        // One at a time: at the last call, those before it have taken effect.
        lock (gate)
        {
            left--;
            var answer = left > 0 || (left == 0 && isDone) ? Call(targetMethod, args) : null;
            if (left <= 0)
            {
                cut.TrySetResult();
                return Never(targetMethod.ReturnType);
            }

            answered.Enqueue($"{targetMethod.Name} {args?.FirstOrDefault()}");
            return answer;
        }
    }

    private object? Call(MethodInfo method, object?[]? args) => method.Invoke(inner, BindingFlags.DoNotWrapExceptions, null, args, null);

    private static object Never(Type task) => task == typeof(Task)
        ? new TaskCompletionSource().Task
        : ((dynamic)Activator.CreateInstance(typeof(TaskCompletionSource<>).MakeGenericType(task.GenericTypeArguments))!).Task;
}
