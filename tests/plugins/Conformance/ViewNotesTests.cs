using Parallax.Host.Experiments;

namespace Parallax.Plugins.Tests.Conformance;

public sealed class ViewNotesTests
{
    [Theory]
    [InlineData("[{augmentations: [{center-crop: {size: 16}}, normalize]}, {augmentations: [{center-crop: {size: 16}}, {normalize: {}}]}]", null)]
    [InlineData("[{augmentations: [{center-crop: {size: 16}}, normalize]}, {augmentations: [{center-crop: {size: 16}}]}]", "views[1] does not normalise: ")]
    [InlineData("[{repeat: 2, augmentations: [{center-crop: {size: 16}}]}]", "views[0], views[1] do not normalise: ")]
    public void Of_ViewsOfARecipe_NamesThoseThatDoNotNormalise(string views, string? start)
    {
        using var session = ConformanceHost.Session("simclr", $"views={views}");

        var notes = ViewNotes.Of(session.Experiment).ToList();

        Assert.Equal(start is null ? 0 : 1, notes.Count);
        Assert.All(notes, note => Assert.StartsWith(start!, note, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("simclr")]
    [InlineData("colorization")]
    public void Of_ViewsOfAMethod_AreItsOwnBusiness(string method)
    {
        using var session = ConformanceHost.Session(method, "views=null");

        Assert.Empty(ViewNotes.Of(session.Experiment));
    }
}
