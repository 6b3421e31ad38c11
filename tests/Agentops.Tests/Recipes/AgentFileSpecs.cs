using Agentops.Containers;
using Agentops.Recipes;

namespace Agentops.Tests.Recipes;

public sealed class AgentFileSpecs
{
    [Fact]
    public void Every_key_is_read()
    {
        using var folder = new TemporaryFolder();
        var recipe = Parse(
            """
            name: my-agent
            base: node:22
            packages: [ripgrep, jq]
            setup:
              - npm install -g left-pad
              - |
                echo one
                echo two
            command: [claude, --continue]
            env:
              PORT: 8080
              DEBUG: true
              EMPTY: ""
            secrets:
              - ANTHROPIC_API_KEY
              - name: GH_TOKEN
                optional: true
            mounts:
              - ~/.cache:/cache:ro
              - ./data:/data
              - source: a:b
                target: /colon
                readOnly: true
            resources:
              cpus: 1.5
              memory: 4GB
            network: none
            security:
              init: false
              noNewPrivileges: false
              capabilities: [net_raw, CAP_SYS_PTRACE]
              pids: unlimited
            """, folder.Path);

        Assert.Equal("my-agent", recipe.Agent.Text);
        Assert.Equal("agent.yaml", recipe.Origin);
        Assert.Equal(new Foundation.OnBase(new("node", "22")), recipe.Foundation);
        Assert.Equal(["ripgrep", "jq"], recipe.Packages);
        Assert.Equal(["npm install -g left-pad", "echo one\necho two\n"], recipe.Setup);
        Assert.Equal(["claude", "--continue"], recipe.Command);
        Assert.Equal(new Dictionary<string, string> { ["PORT"] = "8080", ["DEBUG"] = "true", ["EMPTY"] = "" }, recipe.Environment);
        Assert.Equal([new Secret("ANTHROPIC_API_KEY"), new Secret("GH_TOKEN", Optional: true)], recipe.Secrets);
        Assert.Equal(
            [new Mount("/home/me/.cache", "/cache", true), new Mount($"{folder.Path}/data", "/data", false), new Mount($"{folder.Path}/a:b", "/colon", true)],
            recipe.Mounts);
        Assert.Equal(1.5, recipe.Cpus);
        Assert.Equal(4L << 30, recipe.Memory);
        Assert.False(recipe.Network);
        Assert.False(recipe.Security.Init);
        Assert.False(recipe.Security.NoNewPrivileges);
        Assert.Equal(["NET_RAW", "SYS_PTRACE"], recipe.Security.Capabilities);
        Assert.Null(recipe.Security.Pids);
    }

    [Fact]
    public void What_is_not_said_is_safe_and_usual()
    {
        var recipe = Parse("command: [make]");

        Assert.Equal(new Foundation.OnBase(BaseImage.Default), recipe.Foundation);
        Assert.Equal(new Security(), recipe.Security);
        Assert.True(recipe.Network);
        Assert.Null(recipe.Memory);
        Assert.Null(recipe.Cpus);
        Assert.Empty(recipe.Notes);
    }

    [Fact]
    public void A_command_in_one_line_is_run_by_the_shell() => Assert.Equal(["/bin/sh", "-c", "make | tee log"], Parse("command: make | tee log").Command);

    [Fact]
    public void A_single_setup_step_needs_no_list() => Assert.Equal(["make"], Parse("setup: make").Setup);

    [Fact]
    public void Variables_may_be_a_list() => Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "x=y" }, Parse("env: [A=1, B=x=y]").Environment);

    [Fact]
    public void The_name_comes_from_the_command_line_then_the_file_then_the_folder()
    {
        Assert.Equal("given", AgentFile.Parse("name: written", "/x/My Folder", "/home/me", AgentName.Parse("given")).Agent.Text);
        Assert.Equal("written", AgentFile.Parse("name: written", "/x/My Folder", "/home/me", null).Agent.Text);
        Assert.Equal("my-folder", AgentFile.Parse("base: node", "/x/My Folder/", "/home/me", null).Agent.Text);
        Assert.Equal("my-agent", AgentFile.Parse("base: node", "/", "/home/me", null).Agent.Text);
    }

    [Fact]
    public void It_says_so_when_the_file_hides_a_built_in_agent() =>
        Assert.Equal(["agent.yaml of the workspace is used, not the built-in agent claude"], AgentFile.Parse("name: other", "/x", "/home/me", AgentName.Parse("claude")).Notes);

    [Fact]
    public void A_file_that_names_itself_like_a_built_in_agent_is_no_surprise() =>
        Assert.Empty(AgentFile.Parse("name: claude", "/x", "/home/me", AgentName.Parse("claude")).Notes);

    [Fact]
    public void A_Dockerfile_may_have_a_context_arguments_and_a_target()
    {
        using var folder = new TemporaryFolder();
        folder.Write("docker/Dockerfile.dev", "FROM scratch");
        var foundation = Assert.IsType<Foundation.OnDockerfile>(Parse(
            """
            dockerfile:
              path: docker/Dockerfile.dev
              context: docker
              args: { VERSION: 1.2 }
              target: dev
            """, folder.Path).Foundation);

        Assert.Equal($"{folder.Path}/docker/Dockerfile.dev", foundation.Path);
        Assert.Equal($"{folder.Path}/docker", foundation.Context);
        Assert.Equal("1.2", foundation.Arguments["VERSION"]);
        Assert.Equal("dev", foundation.Target);
    }

    [Fact]
    public void The_context_of_a_Dockerfile_is_the_folder_of_agent_yaml()
    {
        using var folder = new TemporaryFolder();
        folder.Write("docker/Dockerfile", "FROM scratch");

        Assert.Equal(folder.Path, Assert.IsType<Foundation.OnDockerfile>(Parse("dockerfile: docker/Dockerfile", folder.Path).Foundation).Context);
    }

    [Fact]
    public void An_alias_stands_for_the_value_it_names() => Assert.Equal(["a b", "a b"], Parse("setup: [&x 'a b', *x]").Setup);

    [Theory]
    [InlineData("base: node:22\nsetup:\n  - a\nresources:\n  memory:    lots\n", "agent.yaml:5:14: resources.memory: expected a size such as 4GB, got 'lots'")]
    [InlineData("base: node\n\npakages: [git]\n", "agent.yaml:3:1: unknown key 'pakages', did you mean 'packages'? (known: name, base, image, dockerfile, packages, setup, command, env, secrets, mounts, resources, network, security)")]
    [InlineData("xyzzy: 1", "agent.yaml:1:1: unknown key 'xyzzy' (known: name, base, image, dockerfile, packages, setup, command, env, secrets, mounts, resources, network, security)")]
    [InlineData("resources:\n  memroy: 4GB", "agent.yaml:2:3: resources: unknown key 'memroy', did you mean 'memory'? (known: cpus, memory)")]
    [InlineData("base: node\nbase: go", "agent.yaml:2:1: 'base' is given twice")]
    [InlineData("base: node\nimage: python:3.13", "agent.yaml:2:8: image: an agent is built on one thing; 'base' is given as well")]
    [InlineData("base: nod", "agent.yaml:1:7: base: there is no base 'nod'. Did you mean node? Bases: alpine:3.22, busybox:1.37, debian:12, dotnet:10.0, go:1.25, node:22, python:3.13, rust:1.90, ubuntu:24.04. Any other image goes under image:")]
    [InlineData("base: 'node:2 2'", "agent.yaml:1:7: base: expected a version such as node:22, got 'node:2 2'")]
    [InlineData("base: 'node:22\nRUN evil'", "agent.yaml:1:7: base: expected a version such as node:22, got 'node:22 RUN evil'")]
    [InlineData("base: [node]", "agent.yaml:1:7: base: expected a base such as node:22, got a list")]
    [InlineData("image: Python:3", "agent.yaml:1:8: image: expected an image such as python:3.13, got 'Python:3': the name of an image has no capitals")]
    [InlineData("image: \"a\\nRUN x\"", "agent.yaml:1:8: image: expected an image such as python:3.13, got 'a\nRUN x'")]
    [InlineData("dockerfile: nope", "agent.yaml:1:13: dockerfile: there is no file 'nope' in /nowhere")]
    [InlineData("dockerfile:\n  context: nope", "agent.yaml:2:12: dockerfile.context: there is no folder 'nope' in /nowhere")]
    [InlineData("name: My/Agent", "agent.yaml:1:7: name: 'My/Agent' is not a name for an agent: it takes 1 to 63 of a-z, 0-9, _ and -, and starts with a letter or digit. A valid one: my-agent")]
    [InlineData("packages: git", "agent.yaml:1:11: packages: expected a list of packages such as [git, ripgrep], got 'git'")]
    [InlineData("packages:", "agent.yaml:1:10: packages: expected a list of packages such as [git, ripgrep], got nothing")]
    [InlineData("packages: [git, 'a; rm -rf /']", "agent.yaml:1:17: packages[2]: expected the name of a package such as ripgrep, got 'a; rm -rf /'")]
    [InlineData("packages: ['-o=x']", "agent.yaml:1:12: packages[1]: expected the name of a package such as ripgrep, got '-o=x'")]
    [InlineData("packages: ['@openai/codex']", "agent.yaml:1:12: packages[1]: '@openai/codex' is no system package; for a package of npm, write under setup: npm install -g @openai/codex")]
    [InlineData("base: busybox\npackages: [git]", "agent.yaml:2:11: packages: the base busybox:1.37 has no package manager; use base: alpine or base: debian")]
    [InlineData("setup: [{a: b}]", "agent.yaml:1:9: setup[1]: expected a shell command, got a mapping")]
    [InlineData("setup: ['']", "agent.yaml:1:9: setup[1]: expected a shell command, got ''")]
    [InlineData("command: []", "agent.yaml:1:10: command: a command has at least one word, the program's name")]
    [InlineData("command: [\"a\\0b\"]", "agent.yaml:1:11: command[1]: a NUL character cannot be part of it")]
    [InlineData("env: { A: }", "agent.yaml:1:11: env.A: expected a value, got nothing (\"\" is the empty one; a value of your own environment goes under secrets)")]
    [InlineData("env: [A]", "agent.yaml:1:7: env[1]: expected a variable such as NAME=value (a value of your own environment goes under secrets), got 'A'")]
    [InlineData("env: [=x]", "agent.yaml:1:7: env[1]: expected a variable such as NAME=value, got '=x', which has no name")]
    [InlineData("env: { 'A B': x }", "agent.yaml:1:15: env.A B: 'A B' cannot be the name of a variable: there is a space in it")]
    [InlineData("env: [A=1, A=2]", "agent.yaml:1:12: env[2]: A is given twice")]
    [InlineData("secrets: [KEY=abc]", "agent.yaml:1:11: secrets[1]: a secret is the name of a variable, without a value: that comes from your environment and is kept nowhere")]
    [InlineData("secrets: [{optional: true}]", "agent.yaml:1:11: secrets[1]: 'name' is missing")]
    [InlineData("secrets: [{name: A, optional: maybe}]", "agent.yaml:1:31: secrets[1].optional: expected true or false, got 'maybe'")]
    [InlineData("mounts: [/a]", "agent.yaml:1:10: mounts[1]: expected SOURCE:TARGET[:ro] with an absolute target, such as ~/.cache:/cache:ro, got '/a'")]
    [InlineData("mounts: [/a:b]", "agent.yaml:1:10: mounts[1]: expected SOURCE:TARGET[:ro] with an absolute target, such as ~/.cache:/cache:ro, got '/a:b'")]
    [InlineData("mounts: [/a:/workspace/]", "agent.yaml:1:10: mounts[1]: the target /workspace is taken by the workspace")]
    [InlineData("mounts: [/a:/x, /b:/x/.]", "agent.yaml:1:17: mounts[2]: the target /x is given twice")]
    [InlineData("mounts: [{source: /a, target: b}]", "agent.yaml:1:31: mounts[1].target: expected an absolute path as target, such as /cache, got 'b'")]
    [InlineData("resources: { cpus: 0 }", "agent.yaml:1:20: resources.cpus: expected a number of processors such as 1.5, got '0'")]
    [InlineData("resources: { memory: 512 }", "agent.yaml:1:22: resources.memory: expected a size of at least 6MB, got '512' (bytes, for want of a unit)")]
    [InlineData("network: host", "agent.yaml:1:10: network: expected default or none, got 'host'")]
    [InlineData("security: { capabilities: [ALL] }", "agent.yaml:1:28: security.capabilities[1]: capabilities are given one by one, not ALL")]
    [InlineData("security: { capabilities: [NET_RAV] }", "agent.yaml:1:28: security.capabilities[1]: expected a capability such as NET_RAW, got 'NET_RAV', did you mean NET_RAW?")]
    [InlineData("security: { pids: -1 }", "agent.yaml:1:19: security.pids: expected a number of processes such as 4096, or unlimited, got '-1'")]
    [InlineData("- a\n- b", "agent.yaml:1:1: expected keys and values such as 'base: node:22', got a list")]
    [InlineData("hello", "agent.yaml:1:1: expected keys and values such as 'base: node:22', got 'hello'")]
    [InlineData("base: node\n---\nbase: go", "agent.yaml:2:1: a second document starts here; there is room for one")]
    [InlineData("[a]: b", "agent.yaml:1:1: a key must be a word")]
    [InlineData("x: &x {a: b}\n<<: *x", "agent.yaml:2:1: '<<' does not merge here: write the keys out")]
    [InlineData("setup: [*nobody]", "agent.yaml:1:9: no value is named '&nobody' before this")]
    public void A_fault_says_where_it_is_and_what_would_be_right(string text, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(text)).Message);

    [Theory]
    [InlineData("env:\n\tA: b", "agent.yaml:2:1: YAML is indented with spaces, not with tabs")]
    [InlineData("setup:\n  - a\n  \t- b", "agent.yaml:3:3: YAML is indented with spaces, not with tabs")]
    [InlineData("setup:\n  - 'it's'", "agent.yaml:2:9: While parsing a block collection, did not find expected '-' indicator")]
    [InlineData("base: \"node", "agent.yaml:1:7: While scanning a quoted scalar, found unexpected end of stream")]
    [InlineData("a: b: c", "agent.yaml:1:5: While scanning a plain scalar value, found invalid mapping")]
    [InlineData("packages: [git\nsetup: x", "agent.yaml:1:11: this is no YAML after here")]
    public void What_is_no_YAML_is_told_with_the_place(string text, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Parse(text)).Message);

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("~")]
    public void An_empty_file_is_answered_with_a_minimal_one(string text) =>
        Assert.Equal($"agent.yaml is empty. A minimal one:\n\n{AgentFile.Minimal}", Assert.Throws<UsageException>(() => Parse(text)).Message);

    [Fact]
    public void The_minimal_file_that_messages_show_can_be_read() => Assert.Equal(["claude"], Parse(AgentFile.Minimal).Command);

    [Fact]
    public void A_hundred_thousand_brackets_do_not_end_the_process() =>
        Assert.Equal("agent.yaml:1:40: nested too deep", Assert.Throws<UsageException>(() => Parse("setup: " + new string('[', 100_000))).Message);

    [Fact]
    public void Aliases_of_aliases_cost_nothing()
    {
        var laughs = "a0: &a0 [ha]\n" + string.Concat(Enumerable.Range(1, 60).Select(n => $"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}, *a{n - 1}]\n"));

        Assert.StartsWith("agent.yaml:1:1: unknown key 'a0'", Assert.Throws<UsageException>(() => Parse(laughs)).Message);
    }

    [Fact]
    public void Whatever_a_file_holds_the_answer_is_a_recipe_or_a_fault_with_a_place()
    {
        const string Text = "name: a\nbase: node:22\npackages: [git, &x jq]\nsetup:\n  - |\n    a\n    b\n  - *x\nenv: {A: \"b\\n\", C: 'd'}\nmounts:\n  - /a:/b:ro\nresources:\n  memory: 4GB\n# end\n";
        const string Odd = "\n\t :-[]{},&*!|>'\"%@`#?~<=\\\0\u0085\uD800\uFEFFa1";
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var text = Text.ToCharArray().ToList();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                var at = random.Next(text.Count);
                text[at] = Odd[random.Next(Odd.Length)];
            }

            try
            {
                Parse(new string([.. text]));
            }
            catch (UsageException fault)
            {
                Assert.Matches(@"\Aagent\.yaml(:\d+:\d+: | is empty)", fault.Message);
            }
        }
    }

    private static Recipe Parse(string text, string folder = "/nowhere") => AgentFile.Parse(text, folder, "/home/me", null);
}
