namespace Parallax.Plugins.Parts;

/// <summary>Checks that a step got the views its method gives a role to; a recipe's <c>views</c> section may have replaced the method's own.</summary>
public static class ViewRoles
{
    /// <summary>What is wrong with the number of a run's views: nothing, or that there are fewer than roles.</summary>
    /// <param name="run">The run.</param>
    /// <param name="least">Fewest views.</param>
    /// <param name="roles">What the views are, in order, for the message.</param>
    public static IEnumerable<string> Faults(RunInfo run, int least, string roles)
    {
        if (run.ViewCount is { } count && count < least)
        {
            yield return $"views has {count} {(count == 1 ? "view" : "views")}, but the method expects {least} or more: {roles}. "
                + "Add views, or remove the section to take the method's own.";
        }
    }

    /// <summary>Requires a number of views.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="least">Fewest views.</param>
    /// <param name="roles">What the views are, in order, for the message.</param>
    /// <exception cref="ConfigurationException">There are fewer views.</exception>
    public static void Require(Batch batch, int least, string roles)
    {
        if (batch.Views.Count < least)
        {
            throw new ConfigurationException(
                $"The section views gives {batch.Views.Count} views per image; the method expects {least} or more: {roles}. "
                    + "Add views, or remove the section to take the method's own.");
        }
    }
}
