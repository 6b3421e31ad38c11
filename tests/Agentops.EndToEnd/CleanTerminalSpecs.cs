using System.Text.RegularExpressions;

namespace Agentops.EndToEnd;

/// <summary><c>agent clean</c> at a real terminal: the question, and the list to pick from.</summary>
public sealed partial class CleanTerminalSpecs
{
    [Fact]
    public async Task A_yes_at_the_question_removes_and_anything_else_does_not()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        await using var screen = await Screen.Open(desk);
        await screen.Type("agent clean --runs; echo co\"\"de=$?");
        await screen.WaitFor("Remove these resources? [y/N]: ");
        await screen.Type("");
        await screen.WaitFor("code=0");
        Assert.Contains("[y/N]:\nNothing removed.\ncode=0", Regex.Replace(await screen.Look(), " +\n", "\n"), StringComparison.Ordinal);
        Assert.Single(await desk.Runs());

        // First an empty screen: the question of before is still to be seen there.
        await screen.Type("clear; echo emp\"\"ty");
        await screen.WaitFor("empty");
        await screen.Type("agent clean --runs; echo agai\"\"n=$?");
        await screen.WaitFor("Remove these resources? [y/N]: ");
        await screen.Type("y");
        await screen.WaitFor("again=0");
        Assert.Matches(@"\[y/N\]: y\n\nRemoving run .*\.\.\. done\n\nCleaned 1 resource, freed .*\nagain=0", await screen.Look());
        Assert.Empty(await desk.Runs());
    }

    [Fact]
    public async Task Ctrl_C_at_the_question_removes_nothing()
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        await using var screen = await Screen.Open(desk);
        await screen.Type("agent clean --runs; echo co\"\"de=$?");
        await screen.WaitFor("Remove these resources? [y/N]: ");
        await screen.Press("C-c");
        await screen.WaitFor("code=130");
        Assert.Single(await desk.Containers());
        Assert.Single(await desk.Runs());
    }

    [Theory]
    [InlineData("--runs", "Remove these resources? [y/N]: ")]
    [InlineData("--runs --interactive", "Choose what to remove")]
    public async Task A_terminal_that_closes_at_the_question_removes_nothing(string options, string asked)
    {
        await using var desk = Desk.Plain();
        (await desk.Run("run", ".", "--", "true")).Expect(0);
        var number = Desk.RareNumber();
        await using (var screen = await Screen.Open(desk))
        {
            await screen.Type($"AGENTOPS_TEST={number} agent clean {options}");
            await screen.WaitFor(asked);
            await screen.Close();
        }

        await Until.True(() => !HostProcesses.AnyWith($"agent clean {options}"), () => "agent to end with its terminal");
        Assert.Single(await desk.Containers());
        Assert.Single(await desk.Runs());
    }

    [Fact]
    public async Task The_list_at_80_by_24()
    {
        await using var desk = await Populated();
        await using var screen = await Screen.Open(desk, columns: 80, rows: 24);
        await screen.Type("stty -a > before; agent clean --interactive; echo co\"\"de=$?");
        await screen.WaitFor("Nothing selected");
        await Shows("""
            Choose what to remove

            Stopped runs (2)
            > [ ] second  ........  stopped  just now  101 kB
              [ ] first   ........  stopped  just now  351 kB
            Unused images (1)
              [ ] agentops/e2e-........:latest  just now  500 kB















            Nothing selected
            ↑↓ move  space select  a all  / filter  s sort  enter remove  q leave
            """, screen);

        // An image cannot go without the runs on it: they are picked along with it.
        await screen.Press("Down");
        await screen.Press("Down");
        await screen.Press("Space");
        await screen.WaitFor("3 selected");
        await Shows("""
            Choose what to remove

            Stopped runs (2)
              [x] second  ........  stopped  just now  101 kB
              [x] first   ........  stopped  just now  351 kB
            Unused images (1)
            > [x] agentops/e2e-........:latest  just now  500 kB















            3 selected, frees 951 kB
            2 others selected with it
            """, screen);

        await screen.Press("q");
        await screen.WaitFor("code=0");
        await AssertAsBefore(desk, screen);
        Assert.EndsWith("Scanning for resources to clean...\n\nNothing removed.\ncode=0", (await Seen(screen)).Split("% stty -a > after")[0].TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_at_60_by_15_filtered_sorted_and_carried_out()
    {
        await using var desk = await Populated();
        await using var screen = await Screen.Open(desk, columns: 60, rows: 15);
        await screen.Type("clear; stty -a > before; agent clean --interactive; echo co\"\"de=$?");
        await screen.WaitFor("Nothing selected");
        await screen.Press("/");
        foreach (var letter in "first")
        {
            await screen.Press(letter.ToString());
        }

        await screen.Press("Enter");
        await screen.Press("s");
        await screen.Press("Space");
        await screen.WaitFor("1 selected");
        await Shows("""
            Choose what to remove             only: first, largest first

            Stopped runs (1 of 2)
            > [x] first   ........  stopped  just now  351 kB









            1 selected, frees 351 kB
            space select  a all  / filter  s sort  enter remove  q leave
            """, screen);

        await screen.Press("Enter");
        await screen.WaitFor("[y/N]: ");
        await screen.Type("y");
        await screen.WaitFor("code=0");
        Assert.Matches(@"Total: 1 resource, 351 kB\n\nRemove these resources\? \[y/N\]: y\n\nRemoving run first \([a-z0-9]{8}\)\.\.\. done\n\nCleaned 1 resource, freed 351 kB\ncode=0", await screen.Look());
        await AssertAsBefore(desk, screen);
        Assert.Equal("second", Assert.Single(await desk.Runs()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_list_follows_the_size_of_the_window()
    {
        await using var desk = await Populated();
        await using var screen = await Screen.Open(desk, columns: 80, rows: 24);
        await screen.Type("stty -a > before; agent clean --interactive; echo co\"\"de=$?");
        await screen.WaitFor("Nothing selected");
        await screen.Press("a");
        await screen.WaitFor("3 selected");
        await screen.Resize(60, 15);
        await Shows("""
            Choose what to remove

            Stopped runs (2)
            > [x] second  ........  stopped  just now  101 kB
              [x] first   ........  stopped  just now  351 kB
            Unused images (1)
              [x] agentops/e2e-........:latest  just now  500 kB






            3 selected, frees 951 kB
            space select  a all  / filter  s sort  enter remove  q leave
            """, screen);
        await screen.Resize(100, 30);
        const string Keys = "↑↓ move  space select  a all  / filter  s sort  enter remove  q leave";
        await Until.True(async () => await Seen(screen) is var seen && seen.Split('\n').Length == 30 && seen.EndsWith(Keys, StringComparison.Ordinal), () => "the list to fit the window");
        await screen.Press("C-c");
        await screen.WaitFor("code=130");
        await AssertAsBefore(desk, screen);
        Assert.Equal(2, (await desk.Containers()).Count);
    }

    private static async Task<Desk> Populated()
    {
        // A step that no cache has: its image is of this minute.
        var desk = Desk.WithOwnAgent($"setup: [head -c 500000 /dev/urandom > /made; true {Desk.RareNumber()}]");
        (await desk.Run("run", "--name", "first", ".", "--", "sh", "-c", "head -c 350000 /dev/zero > /tmp/x")).Expect(0);
        (await desk.Run("run", "--name", "second", ".", "--", "sh", "-c", "head -c 100000 /dev/zero > /tmp/x")).Expect(0);
        return desk;
    }

    /// <summary>The terminal as it was: its settings, and what was on it.</summary>
    private static async Task AssertAsBefore(Desk desk, Screen screen)
    {
        // A word that no command says.
        await screen.Type("stty -a > after; echo compa\"\"rable");
        await screen.WaitFor("comparable");
        Assert.Equal(SizeOfTerminal().Replace(desk.Read("before"), ""), SizeOfTerminal().Replace(desk.Read("after"), ""));
        Assert.DoesNotContain("Choose what to remove", await screen.Look(), StringComparison.Ordinal);
    }

    /// <summary>The screen comes to show just this: a look may meet it half drawn, or cut to a new size and not drawn yet.</summary>
    private static async Task Shows(string expected, Screen screen)
    {
        var seen = "";
        await Until.True(async () => (seen = await Seen(screen)) == expected, () => $"the screen to show:\n{expected}\nand it shows:\n{seen}");
    }

    /// <summary>The screen, without what differs from time to time.</summary>
    private static async Task<string> Seen(Screen screen) =>
        Ids().Replace(string.Join('\n', (await screen.LookAtWindow()).TrimEnd('\n').Split('\n').Select(line => line.TrimEnd())), "........");

    [GeneratedRegex("(?<=  )[a-z0-9]{8}(?=  stopped)|(?<=e2e-)[0-9a-f]{8}")]
    private static partial Regex Ids();

    [GeneratedRegex("rows \\d+; columns \\d+;")]
    private static partial Regex SizeOfTerminal();
}
