namespace Agentops.Recipes;

/// <summary>An agent that needs no <c>agent.yaml</c>.</summary>
/// <param name="Name">What <c>agent run</c> takes.</param>
/// <param name="Title">What it is, for help and completion.</param>
/// <param name="Base">What it is built on.</param>
/// <param name="Setup">Shell commands run while its image is built.</param>
/// <param name="Command">Its command.</param>
/// <param name="Secrets">Variables passed on from the caller's environment where they are set; none is required, as each agent has a login of its own too.</param>
public sealed record BuiltInAgent(string Name, string Title, string Base, IReadOnlyList<string> Setup, IReadOnlyList<string> Command, IReadOnlyList<string> Secrets);

/// <summary>The agents that need no <c>agent.yaml</c>; the list for people is <c>docs/built-in-agents.md</c>.</summary>
public static class BuiltInAgents
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<BuiltInAgent> All { get; } =
    [
        // aider needs a Python below 3.13: https://pypi.org/project/aider-chat/
        new("aider", "Aider", "python:3.12", ["pip install --no-cache-dir aider-chat"], ["aider"], ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY", "DEEPSEEK_API_KEY"]),
        new("claude", "Claude Code by Anthropic", "node:22", [Npm("@anthropic-ai/claude-code")], ["claude"], ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"]),
        new("codex", "Codex by OpenAI", "node:22", [Npm("@openai/codex")], ["codex"], ["OPENAI_API_KEY"]),
        new("copilot", "GitHub Copilot CLI", "node:22", [Npm("@github/copilot")], ["copilot"], ["COPILOT_GITHUB_TOKEN", "GH_TOKEN"]),
        new("gemini", "Gemini CLI by Google", "node:22", [Npm("@google/gemini-cli")], ["gemini"], ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
        new("opencode", "opencode", "node:22", [Npm("opencode-ai")], ["opencode"], ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"]),
        new("qwen", "Qwen Code", "node:22", [Npm("@qwen-code/qwen-code")], ["qwen"], ["OPENAI_API_KEY", "DASHSCOPE_API_KEY"]),
    ];

    // What agents reach for when they search and look at processes; git and curl are in every base.
    private static readonly string[] Packages = ["jq", "less", "procps", "ripgrep"];

    /// <summary>Finds a built-in agent.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Null when there is none.</returns>
    public static BuiltInAgent? Find(string name) => All.FirstOrDefault(agent => agent.Name == name);

    /// <summary>The recipe of a built-in agent.</summary>
    /// <param name="agent">One of <see cref="All"/>.</param>
    /// <returns>The recipe.</returns>
    public static Recipe Recipe(BuiltInAgent agent) =>
        new(AgentName.Parse(agent.Name), $"built-in agent {agent.Name}", new Foundation.OnBase(BaseImage.Parse(agent.Base, agent.Name)))
        {
            Packages = Packages,
            Setup = agent.Setup,
            Command = agent.Command,
            Secrets = [.. agent.Secrets.Select(name => new Secret(name, Optional: true))],
        };

    private static string Npm(string package) => $"npm install -g {package} && npm cache clean --force";
}
