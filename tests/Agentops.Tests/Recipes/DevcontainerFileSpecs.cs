using Agentops.Containers;
using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class DevcontainerFileSpecs : IDisposable
{
    private const string File = ".devcontainer/devcontainer.json";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_image_with_variables_and_mounts_is_read_comments_and_all()
    {
        var recipe = Parse(
            """
            // For details, see https://aka.ms/devcontainer.json
            {
              "name": "My Project",
              "image": "mcr.microsoft.com/devcontainers/base:bookworm",
              /* variables */
              "containerEnv": { "A": "1", "WHERE": "${containerWorkspaceFolder}", "USER": "${localEnv:USER}", "NONE": "${localEnv:NOBODY:x:y}" },
              "remoteEnv": { "A": "2", "GONE": null, "PATH": "${containerEnv:PATH}:/x" },
              "mounts": [
                "source=${localWorkspaceFolder}/cache,target=/cache,type=bind,readonly",
                { "source": "/a", "target": "/b", "type": "bind" },
                "source=vol,target=/vol,type=volume",
              ],
              "capAdd": ["SYS_PTRACE"],
              "customizations": { "vscode": {} },
              "forwardPorts": [3000],
              "features": {},
              "postCreateCommand": "npm ci",
            }
            """);

        Assert.Equal(new Foundation.OnImage("mcr.microsoft.com/devcontainers/base:bookworm"), recipe.Foundation);
        Assert.Equal(new Dictionary<string, string> { ["A"] = "2", ["WHERE"] = "/workspace", ["USER"] = "me", ["NONE"] = "x:y" }, recipe.Environment);
        Assert.Equal([new Mount($"{folder.Path}/cache", "/cache", true), new Mount("/a", "/b", false)], recipe.Mounts);
        Assert.Equal(["SYS_PTRACE"], recipe.Security.Capabilities);
        Assert.Equal(
            [
                $"{File}: features is ignored; install what they bring with packages and setup in an agent.yaml",
                $"{File}: postCreateCommand is ignored; use setup in an agent.yaml",
                $"{File}:7:50: remoteEnv.PATH is ignored; it refers to the container's own environment",
                $"{File}:11:5: mounts[3] is ignored; only mounts of type bind are made",
            ],
            recipe.Notes);
    }

    [Theory]
    [InlineData("{ \"build\": { \"dockerfile\": \"Dockerfile\", \"context\": \"..\", \"args\": { \"A\": \"${localEnv:USER}\" }, \"target\": \"dev\" } }", "")]
    [InlineData("{ \"dockerFile\": \"Dockerfile\" }", "/.devcontainer")]
    public void A_Dockerfile_is_relative_to_the_file_that_names_it(string text, string context)
    {
        folder.Write(".devcontainer/Dockerfile", "FROM x");
        var foundation = Assert.IsType<Foundation.OnDockerfile>(Parse(text).Foundation);

        Assert.Equal($"{folder.Path}/.devcontainer/Dockerfile", foundation.Path);
        Assert.Equal(folder.Path + context, foundation.Context);
        Assert.Equal(context.Length == 0 ? "me" : null, foundation.Arguments.GetValueOrDefault("A"));
        Assert.Equal(context.Length == 0 ? "dev" : null, foundation.Target);
    }

    [Theory]
    [InlineData("{\n  \"image\": \"a\"\n  \"b\": 1\n}", ":3:3: '\"' is invalid after a value. Expected either ',', '}', or ']'")]
    [InlineData("{\n  \"image\": 'a'\n}", ":2:12: ''' is an invalid start of a value")]
    [InlineData("[]", ":1:1: expected an object such as { \"image\": \"node:22\" }, got a list")]
    [InlineData("{\n  \"image\": [\"a\"]\n}", ":2:12: image: expected an image such as node:22, got a list")]
    [InlineData("{ \"image\": \"A B\" }", ":1:12: image: expected an image such as python:3.13, got 'A B'")]
    [InlineData("{ \"build\": { \"dockerfile\": \"nope\" } }", ":1:28: build.dockerfile: there is no file FOLDER/.devcontainer/nope")]
    [InlineData("{ \"image\": \"${what}\" }", ":1:12: image: '${what}' is not known here")]
    public void A_fault_says_where_it_is(string text, string message) =>
        Assert.Equal(File + message.Replace("FOLDER", folder.Path), Assert.Throws<UsageException>(() => Parse(text)).Message);

    [Theory]
    [InlineData("{}", ":1:1: there is neither 'image' nor 'build' in it. Add one, or write an agent.yaml")]
    [InlineData("{ \"dockerComposeFile\": \"x\" }", ":1:24: dockerComposeFile: Docker Compose is not run for an agent. Write an agent.yaml")]
    [InlineData("", ":1:1: ")]
    [InlineData("// nothing", ":1:11: ")]
    public void A_file_without_an_image_leads_to_agent_yaml(string text, string start) =>
        Assert.StartsWith(File + start, Assert.Throws<UsageException>(() => Parse(text)).Message);

    [Fact]
    public void Deep_nesting_does_not_end_the_process() =>
        Assert.Throws<UsageException>(() => Parse(new string('[', 100_000)));

    private Recipe Parse(string text) => DevcontainerFile.Parse(
        text, File, new Surroundings(new Dictionary<string, string> { ["USER"] = "me" }, "/", "/home/me", 1000, 1000), folder.Path, null);
}
