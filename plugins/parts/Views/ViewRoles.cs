namespace Parallax.Plugins.Parts;

/// <summary>Checks that a step got the views its method gives a role to; a recipe's <c>views</c> section may have replaced the method's own.</summary>
public static class ViewRoles
{
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
