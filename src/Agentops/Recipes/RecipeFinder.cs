namespace Agentops.Recipes;

/// <summary>Finds the recipe of a run: <c>agent.yaml</c>, else a devcontainer, else a built-in agent, else the default base when there is a command to run on it.</summary>
public static class RecipeFinder
{
    /// <summary>Finds the recipe.</summary>
    /// <remarks>
    /// The workspace's own file is the recipe even when the command line names an agent: the image then gets that name. That it hides a built-in agent of the same name is
    /// told in the recipe's notes.
    /// </remarks>
    /// <param name="workspace">The folder, absolute.</param>
    /// <param name="agent">The name from the command line, or null: that of <c>agent.yaml</c>, else the folder's.</param>
    /// <param name="hasCommand">A command follows <c>--</c>.</param>
    /// <param name="surroundings">Home folder and environment, for paths and variables in the files.</param>
    /// <returns>The recipe.</returns>
    /// <exception cref="UsageException">There is none, or it is wrong: exit code 2, as it is for the user to write one; nothing that was made earlier is missing.</exception>
    public static Recipe Find(string workspace, AgentName? agent, bool hasCommand, Surroundings surroundings)
    {
        CheckWorkspace(workspace);
        if (Exists(workspace, AgentFile.Name) is { } agentFile)
        {
            return AgentFile.Parse(RecipeText.Read(agentFile, AgentFile.Name), workspace, surroundings.Home, agent);
        }

        foreach (var name in DevcontainerFile.Names)
        {
            if (Exists(workspace, name) is { } path)
            {
                var recipe = DevcontainerFile.Parse(RecipeText.Read(path, name), name, surroundings, workspace, agent);
                return agent is not null && BuiltInAgents.Find(agent.Text) is not null
                    ? recipe with { Notes = [$"{name} of the workspace is used, not the built-in agent {agent}", .. recipe.Notes] }
                    : recipe;
            }
        }

        var named = agent ?? AgentName.Parse(AgentName.Suggest(Path.GetFileName(Path.TrimEndingDirectorySeparator(workspace))));
        // Only a name that was asked for is a built-in agent's: a folder that happens to be called claude is none.
        return agent is not null && BuiltInAgents.Find(agent.Text) is { } builtIn ? BuiltInAgents.Recipe(builtIn)
            : hasCommand ? new(named, "default base", new Foundation.OnBase(BaseImage.Default))
            : throw NoRecipe(workspace, agent);
    }

    private static UsageException NoRecipe(string workspace, AgentName? agent)
    {
        var misnamed = Exists(workspace, "agent.yml") is not null ? $" (there is an agent.yml: rename it to {AgentFile.Name})" : "";
        var builtIns = BuiltInAgents.All.Select(builtIn => builtIn.Name).ToList();
        var guess = agent is not null && Nearest.To(agent.Text, builtIns) is { } near ? $" Did you mean {near}?" : "";
        var what = agent is null
            ? $"There is no {AgentFile.Name} in {workspace}{misnamed}, and no agent is named."
            : $"There is no {AgentFile.Name} in {workspace}{misnamed}, and no built-in agent {agent}.{guess}";
        return new($"{what} Built in: {string.Join(", ", builtIns)}. Or describe your own in {Path.Combine(workspace, AgentFile.Name)}:\n\n{AgentFile.Minimal}");
    }

    private static void CheckWorkspace(string workspace)
    {
        if (!Directory.Exists(workspace))
        {
            throw new UsageException(File.Exists(workspace)
                ? $"The workspace {workspace} is a file; a run works on a folder"
                : $"There is no folder {workspace} to be the workspace");
        }

        try
        {
            // Whether files can be seen in it at all: File.Exists says no to what it may not look at.
            using var entries = Directory.EnumerateFileSystemEntries(workspace).GetEnumerator();
            entries.MoveNext();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The workspace {workspace} cannot be read: {(fault is UnauthorizedAccessException ? "permission denied" : fault.Message)}", fault);
        }
    }

    // A folder or a broken link of that name is meant to be the file all the same: reading it says what is wrong.
    private static string? Exists(string workspace, string name) =>
        Path.Combine(workspace, name) is var path && FileStatus.Of(path, followLink: false) is not null ? path : null;
}
