namespace Agentops.AppleStandIn;

/// <summary>Stands in for Apple's <c>container</c>: the command line, the output and the exit statuses of its releases, on any machine.</summary>
internal static class Program
{
    public const string NoCommand = "";

    private static int Main(string[] args)
    {
        try
        {
            var world = new World();
            return args is ["__run", var id, var mode] ? ContainerProcess.Run(world, id, mode == "interactive") : Run(world, args);
        }
        catch (Fault fault)
        {
            Console.Error.WriteLine(fault.Message);
            return fault.Status;
        }
    }

    private static int Run(World world, string[] args)
    {
        var (command, rest) = Split(args);
        var trouble = new Trouble(world);
        if (trouble.Has("hang", command))
        {
            Thread.Sleep(Timeout.Infinite);
        }

        if (trouble.Has("timeout", command))
        {
            throw Fault.Thrown($"internalError: \"XPC timeout for request to com.apple.container.apiserver/{command.Replace(" ", "", StringComparison.Ordinal)}\"");
        }

        if (trouble.Has("complain", command))
        {
            Console.Error.WriteLine("Warning! Something is odd.");
            return 0;
        }

        if (trouble.Has("half", command) || trouble.Has("words", command))
        {
            return Distort(world, trouble, command, rest);
        }

        if (trouble.Has("huge", command))
        {
            var piece = new string('x', 1_000_000);
            Console.Out.Write("[{\"filler\":\"");
            for (var count = 0; count < 50; count++)
            {
                Console.Out.Write(piece);
            }

            Console.Out.Write("\"}]\n");
            return 0;
        }

        if (trouble.Has("nonsense", command))
        {
            Console.Out.WriteLine("The services are taking a rest.");
            return 0;
        }

        return Carry(world, trouble, command, rest);
    }

    private static int Distort(World world, Trouble trouble, string command, IReadOnlyList<string> rest)
    {
        var output = Console.Out;
        using var caught = new StringWriter();
        Console.SetOut(caught);
        var status = Carry(world, trouble, command, rest);
        Console.SetOut(output);
        var text = caught.ToString();
        output.Write(trouble.Has("half", command) ? text[..(text.Length / 2)] : "A new version of container is available.\n" + text);
        return status;
    }

    // "image ls --format json" is the command "image list".
    private static (string Command, IReadOnlyList<string> Arguments) Split(string[] args)
    {
        var words = args.TakeWhile(arg => !arg.StartsWith('-')).Take(2).ToList();
        var first = words.ElementAtOrDefault(0) switch
        {
            "i" => "image",
            "ls" => "list",
            "rm" => "delete",
            "s" => "system",
            var word => word ?? NoCommand,
        };
        if (first is not ("image" or "system" or "builder" or "volume" or "network" or "registry") || words.Count < 2)
        {
            return (first, args[Math.Min(args.Length, first == NoCommand ? 0 : 1)..]);
        }

        var second = words[1] switch
        {
            "ls" => "list",
            "rm" => "delete",
            var word => word,
        };
        return ($"{first} {second}", args[2..]);
    }

    private static int Carry(World world, Trouble trouble, string command, IReadOnlyList<string> rest)
    {
        switch (command)
        {
            case NoCommand:
                return SystemCommands.Root(world, rest);
            case "system status":
                return SystemCommands.Status(world, trouble, rest);
            case "system version":
                return SystemCommands.Version(world, trouble, rest);
            case "system start" or "system stop":
                return 0;
        }

        if (trouble.IsDown)
        {
            throw Trouble.Down(command);
        }

        return command switch
        {
            "system df" => SystemCommands.DiskUsage(world, rest),
            "create" => ContainerCommands.Create(world, rest),
            "start" => ContainerCommands.Start(world, rest),
            "run" => ContainerCommands.RunAtOnce(world, rest),
            "stop" => ContainerCommands.Stop(world, rest),
            "kill" => ContainerCommands.Kill(world, rest),
            "delete" => ContainerCommands.Delete(world, rest),
            "list" => ContainerCommands.List(world, rest),
            "inspect" => ContainerCommands.Inspect(world, rest),
            "logs" => ContainerCommands.Logs(world, rest),
            "exec" => ContainerCommands.Exec(world, rest),
            "image list" => ImageCommands.List(world, rest),
            "image inspect" => ImageCommands.Inspect(world, rest),
            "image delete" => ImageCommands.Delete(world, rest),
            "image tag" => ImageCommands.Tag(world, rest),
            "image pull" => ImageCommands.Pull(world, rest),
            "image prune" => ImageCommands.Prune(world, rest),
            "build" => BuildCommand.Build(world, rest),
            "builder status" => BuildCommand.Status(world, rest),
            "builder start" or "builder stop" => 0,
            "builder delete" => BuildCommand.Delete(world, rest),
            "volume list" => VolumeCommands.List(world, rest),
            "volume create" => VolumeCommands.Create(world, rest),
            "volume inspect" => VolumeCommands.Inspect(world, rest),
            "volume delete" => VolumeCommands.Delete(world, rest),
            _ => throw new Fault($"Error: Plugin 'container-{command.Split(' ')[0]}' not found.", 64),
        };
    }
}
