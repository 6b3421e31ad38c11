namespace Agentops.EndToEnd;

public sealed class TerminalSpecs
{
    [Fact]
    public async Task The_command_has_a_terminal_of_the_users_size_and_follows_it()
    {
        await using var desk = Desk.Plain();
        await using var screen = await Screen.Open(desk, columns: 97, rows: 31);
        await screen.Type("agent run . -- sh; echo co\"\"de=$?");
        await screen.WaitFor("/workspace #");
        await screen.Type("test -t 0 && test -t 1 && stty size | tr ' ' x");
        await screen.WaitFor("31x97");
        await screen.Resize(77, 22);
        await screen.Type("sleep 1; stty size | tr ' ' x");
        await screen.WaitFor("22x77");
        await screen.Type("exit 6");
        await screen.WaitFor("code=6");
    }

    [Fact]
    public async Task A_program_is_told_when_the_size_changes()
    {
        await using var desk = Desk.Plain();
        await using var screen = await Screen.Open(desk, columns: 90, rows: 30);
        await screen.Type("agent run . -- sh -c 'trap \"stty size | tr \\\" \\\" x\" WINCH; echo rea\"\"dy; while :; do sleep 0.2; done'");
        await screen.WaitFor("ready");
        await screen.Resize(66, 21);
        await screen.WaitFor("21x66");
    }

    [Fact]
    public async Task Ctrl_C_goes_to_the_agent()
    {
        await using var desk = Desk.Plain();
        await using var screen = await Screen.Open(desk);
        await screen.Type("agent run . -- sh -c 'trap \"echo he\"\"ard; exit 44\" INT; echo rea\"\"dy; while :; do sleep 1000 & wait; done'; echo co\"\"de=$?");
        await screen.WaitFor("ready");
        await screen.Press("C-c");
        await screen.WaitFor("heard");
        await screen.WaitFor("code=44");
    }

    [Fact]
    public async Task The_terminals_settings_are_the_same_after_as_before()
    {
        await using var desk = Desk.Plain();
        await using var screen = await Screen.Open(desk);
        await screen.Type("stty -a > before; agent run . -- sh -c 'stty raw -echo; exit 5'; stty -a > after; echo do\"\"ne");
        await screen.WaitFor("done");
        Assert.Equal(desk.Read("before"), desk.Read("after"));
    }

    [Fact]
    public async Task The_terminals_settings_are_the_same_when_the_engine_is_lost()
    {
        await using var desk = Desk.Plain();
        await using var engine = new Proxy(desk);
        desk.Set("DOCKER_HOST", engine.Host);
        await using var screen = await Screen.Open(desk);
        await screen.Type("stty -a > before; agent run . -- sh -c 'echo rea\"\"dy; sleep 1000'; echo code=$?; stty -a > after; echo do\"\"ne");
        await screen.WaitFor("ready");
        engine.Cut();
        await screen.WaitFor("done");
        Assert.Equal(desk.Read("before"), desk.Read("after"));
        Assert.DoesNotContain("code=0", await screen.Look(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_terminal_leaves_the_run_running_and_attach_gets_it_back()
    {
        await using var desk = Desk.Plain();
        await using (var first = await Screen.Open(desk))
        {
            await first.Type("agent run --name thinker . -- sh");
            await first.WaitFor("/workspace #");
            await first.Type("thought=kept; echo o\"\"k");
            await first.WaitFor("ok");
            await first.Close();
        }

        await Task.Delay(500, TestContext.Current.CancellationToken);
        Assert.Equal("running", await desk.OnlyState());

        await using var second = await Screen.Open(desk);
        await second.Type("agent attach thinker; echo co\"\"de=$?");
        await second.Type("");
        await second.WaitFor("/workspace #");
        await second.Type("echo still $thought");
        await second.WaitFor("still kept");
        await second.Type("exit 8");
        await second.WaitFor("code=8");
    }

    [Fact]
    public async Task The_detach_keys_leave_the_run_running()
    {
        await using var desk = Desk.Plain();
        await using var screen = await Screen.Open(desk);
        await screen.Type("agent run . -- sh");
        await screen.WaitFor("/workspace #");
        await screen.Press("C-p");
        await screen.Press("C-q");
        await screen.WaitFor("agent attach");
        await screen.Type("echo ba\"\"ck");
        await screen.WaitFor("back");
        Assert.Equal("running", await desk.OnlyState());
    }

    [Fact]
    public async Task Exec_has_the_users_terminal()
    {
        await using var desk = Desk.Plain();
        var run = await desk.Detach(".", "--", "sleep", "1000");
        await using var screen = await Screen.Open(desk, columns: 88, rows: 28);
        await screen.Type($"agent exec {run} -- sh; echo co\"\"de=$?");
        await screen.WaitFor("/workspace #");
        await screen.Type("stty size | tr ' ' x");
        await screen.WaitFor("28x88");
        await screen.Type("exit 3");
        await screen.WaitFor("code=3");
    }

    [Fact]
    public async Task With_input_piped_in_there_is_no_terminal()
    {
        await using var desk = Desk.Plain();
        await using var screen = await Screen.Open(desk);
        await screen.Type("printf piped | agent run . -- sh -c 'cat; test -t 0 || echo :none'");
        await screen.WaitFor("piped:none");
    }
}
