using Agentops.Containers;
using Agentops.Runs;

namespace Agentops.Tests.Runs;

public sealed class RunListSpecs
{
    [Fact]
    public void Runs_come_newest_first()
    {
        var list = Join([Entry(Given.Record("older000", created: Given.Now.AddDays(-2))), Entry(Given.Record("newer000", created: Given.Now.AddDays(-1)))], []);

        Assert.Equal(["newer000", "older000"], list.Runs.Select(run => run.Id.ToString()));
    }

    [Fact]
    public void A_container_without_a_record_is_an_orphan_and_no_run()
    {
        var list = Join([], [Given.Container("orphan00", ContainerState.Exited, exitCode: 1)]);

        Assert.Empty(list.Runs);
        Assert.Equal("orphan00", Assert.Single(list.Orphans).Id.ToString());
    }

    [Fact]
    public void A_record_that_cannot_be_read_leaves_its_container_an_orphan_and_is_told()
    {
        var list = Join([new RunEntry(Given.Id(), null, "run.json: empty")], [Given.Container()]);

        Assert.Empty(list.Runs);
        Assert.Single(list.Orphans);
        Assert.Equal(["run.json: empty"], list.Faults);
    }

    [Fact]
    public void A_container_whose_name_is_not_of_our_form_is_nobody_s_run()
    {
        var list = Join([], [Given.Container() with { Name = "agentops-../../etc" }]);

        Assert.Null(Assert.Single(list.Orphans).Id);
    }

    [Fact]
    public void A_name_of_our_form_without_any_label_proves_nothing_about_its_owner()
    {
        var list = Join([], [Given.Container() with { Name = "agentops-postgres", Labels = new Dictionary<string, string>() }]);

        Assert.Equal(Owner.Unknown, Assert.Single(list.Orphans).Owner);
    }

    [Fact]
    public void What_a_container_has_from_its_image_proves_nothing_about_its_owner()
    {
        // docker run --name agentops-postgres agentops/base-node:22
        var ofTheImage = new Dictionary<string, string> { [Labels.Ours] = "true", [Labels.Base] = "true", [Labels.Installation] = "installation" };
        var list = Join([], [Given.Container() with { Name = "agentops-postgres", Labels = ofTheImage }]);

        Assert.Equal(Owner.Unknown, Assert.Single(list.Orphans).Owner);
    }

    [Fact]
    public void Each_container_that_names_a_run_whose_record_cannot_be_read_is_told_apart()
    {
        var (named, labelled) = (Given.Container() with { Id = "named" }, Given.Container() with { Id = "labelled", Name = "copy" });
        var contradicting = Given.Container("a1b2c3d4") with { Id = "contradicting", Name = "agentops-zzzzzzzz" };
        var list = Join([new RunEntry(Given.Id("a1b2c3d4"), null, "cut short")], [named, labelled, contradicting, Given.Container("other000") with { Id = "other" }]);

        Assert.Equal(["contradicting", "labelled", "named"], list.Orphans.Where(orphan => orphan.HasRecord).Select(orphan => orphan.Container.Id).Order());
    }

    [Fact]
    public void A_label_that_contradicts_the_name_makes_an_orphan_of_no_run()
    {
        var list = Join([Entry(Given.Record())], [Given.Container() with { Labels = new Dictionary<string, string> { [Labels.Run] = "../../etc" } }]);

        Assert.Null(Assert.Single(list.Orphans).Id);
        Assert.Null(Assert.Single(list.Runs).Container);
    }

    [Fact]
    public void A_container_that_was_renamed_is_still_that_of_its_run_when_our_installation_signed_it()
    {
        var renamed = Given.Container() with { Name = "mine" };
        var signed = renamed with { Labels = new Dictionary<string, string>(renamed.Labels) { [Labels.Installation] = "installation" } };

        Assert.Equal("mine", Assert.Single(Join([Entry(Given.Record())], [signed]).Runs).Container!.Name);
        Assert.Null(Assert.Single(Join([Entry(Given.Record())], [renamed]).Runs).Container);
    }

    [Fact]
    public void Of_two_containers_that_claim_one_run_the_one_with_its_name_has_it()
    {
        var labels = new Dictionary<string, string> { [Labels.Run] = "a1b2c3d4", [Labels.Installation] = "installation" };
        var list = Join([Entry(Given.Record())], [Given.Container() with { Id = "other", Name = "copy", Labels = labels }, Given.Container() with { Labels = labels }]);

        Assert.Equal("agentops-a1b2c3d4", Assert.Single(list.Runs).Container!.Name);
        Assert.Equal("other", Assert.Single(list.Orphans).Container.Id);
    }

    [Fact]
    public void Whether_a_creator_lives_is_not_asked_for_runs_that_have_started()
    {
        var list = RunList.Join([Entry(Given.Record())], [Given.Container()], _ => throw new InvalidOperationException("asked"), "installation", Given.Endpoint, Given.Now);

        Assert.Equal(RunState.Running, Assert.Single(list.Runs).State);
    }

    [Fact]
    public void A_container_of_another_installation_is_theirs()
    {
        var theirs = Given.Container() with { Labels = new Dictionary<string, string> { [Labels.Installation] = "another" } };

        Assert.Empty(Join([], [theirs]).Orphans);
    }

    [Fact]
    public void This_very_process_lives()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();

        Assert.True(RunList.CreatorLives(new RunCreator(self.Id, self.StartTime.ToUniversalTime())));
        Assert.False(RunList.CreatorLives(new RunCreator(self.Id, self.StartTime.ToUniversalTime().AddMinutes(-1))));
        Assert.False(RunList.CreatorLives(new RunCreator(int.MaxValue, Given.Now)));
    }

    private static RunEntry Entry(RunRecord record) => new(Given.Id(record.Id), record, null);

    private static RunList Join(IReadOnlyList<RunEntry> entries, IReadOnlyList<Container> containers) =>
        RunList.Join(entries, containers, _ => false, "installation", Given.Endpoint, Given.Now);
}
