namespace Agentops.EndToEnd;

public sealed class WorkspaceSpecs
{
    [Fact]
    public async Task The_workspace_is_the_working_folder_and_its_files_go_both_ways()
    {
        await using var desk = Desk.Plain();
        desk.Write("given.txt", "from outside");
        var outcome = (await desk.Run("run", ".", "--", "sh", "-c", "pwd; cat given.txt; echo -n from inside > made.txt")).Expect(0);
        Assert.Equal("/workspace\nfrom outside", outcome.Out);
        Assert.Equal("from inside", desk.Read("made.txt"));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("with:colon")]
    [InlineData("with,comma")]
    [InlineData("ünïcödé 日本")]
    [InlineData("all: of, thëm = 'quoted' \"twice\"")]
    public async Task Any_name_of_a_workspace_works(string name)
    {
        await using var desk = Desk.Plain();
        var odd = Directory.CreateDirectory(Path.Combine(desk.Folder, name)).FullName;
        File.Copy(Path.Combine(desk.Workspace, "agent.yaml"), Path.Combine(odd, "agent.yaml"));
        (await desk.Run("run", odd, "--", "sh", "-c", "echo here > made.txt")).Expect(0);
        Assert.Equal("here\n", File.ReadAllText(Path.Combine(odd, "made.txt")));
    }

    [Fact]
    public async Task A_workspace_that_is_missing_or_a_file_is_a_usage_error()
    {
        await using var desk = Desk.Plain();
        desk.Write("file.txt", "");
        var missing = (await desk.Run("run", "./nowhere")).Expect(2);
        Assert.Contains(Path.Combine(desk.Workspace, "nowhere"), missing.Error, StringComparison.Ordinal);
        var file = (await desk.Run("run", "./file.txt")).Expect(2);
        Assert.Contains("file.txt is a file", file.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mount_shows_another_folder_and_ro_keeps_it_from_being_written()
    {
        await using var desk = Desk.Plain();
        var open = Directory.CreateDirectory(Path.Combine(desk.Folder, "open")).FullName;
        var shut = Directory.CreateDirectory(Path.Combine(desk.Folder, "shut")).FullName;
        File.WriteAllText(Path.Combine(shut, "kept.txt"), "kept");

        var outcome = (await desk.Run("run", "--mount", $"{open}:/data", "--mount", $"{shut}:/readonly:ro", ".", "--", "sh", "-c", "echo w > /data/w; cat /readonly/kept.txt; echo w > /readonly/w")).Expect(1);
        Assert.Equal("kept", outcome.Out);
        Assert.Contains("Read-only", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("w\n", File.ReadAllText(Path.Combine(open, "w")));
        Assert.False(File.Exists(Path.Combine(shut, "w")));
    }

    [Fact]
    public async Task A_mount_of_the_recipe_is_relative_to_the_workspace()
    {
        await using var desk = Desk.WithOwnAgent("mounts:\n  - ./tools:/tools:ro");
        Directory.CreateDirectory(Path.Combine(desk.Workspace, "tools"));
        desk.Write("tools/hammer", "bang");
        var outcome = (await desk.Run("run", ".", "--", "cat", "/tools/hammer")).Expect(0);
        Assert.Equal("bang", outcome.Out);
    }

    [Fact]
    public async Task A_mount_whose_source_is_missing_is_an_error_and_nothing_is_made_in_its_place()
    {
        await using var desk = Desk.Plain();
        var missing = Path.Combine(desk.Folder, "nowhere");
        var outcome = (await desk.Run("run", "--mount", $"{missing}:/data", ".", "--", "true")).Expect(2);
        Assert.Contains(missing, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(missing));
        Assert.Empty(await desk.Containers());
    }

    [Fact]
    public async Task The_runtimes_socket_is_not_handed_over_by_mistake()
    {
        await using var desk = Desk.Plain();
        var outcome = (await desk.Run("run", "--mount", $"{desk.Engine.Socket}:/docker.sock", ".", "--", "true")).Expect(125);
        Assert.Contains("socket", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(await desk.Containers());
    }
}
