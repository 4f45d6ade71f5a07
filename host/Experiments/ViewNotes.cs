namespace Parallax.Host.Experiments;

/// <summary>What works in the views of a recipe, but not as its reader would expect.</summary>
internal static class ViewNotes
{
    /// <summary>A sentence or two for all views that do not normalise: a method's own always do as it needs.</summary>
    /// <param name="experiment">Whose views.</param>
    public static IEnumerable<string> Of(Experiment experiment)
    {
        if (experiment.Configuration.Views is null)
        {
            yield break;
        }

        string[] bare = [.. experiment.Views.Index().Where(view => !view.Item.Any(step => step is INormalizing)).Select(view => $"views[{view.Index}]")];
        if (bare.Length > 0)
        {
            yield return $"{string.Join(", ", bare)} {(bare.Length == 1 ? "does" : "do")} not normalise: training sees pixels in [0, 1], evaluations and "
                + "exported networks the same without the mean and divided by the standard deviation of the data set. Add 'normalize: {}' as the last step.";
        }
    }
}
