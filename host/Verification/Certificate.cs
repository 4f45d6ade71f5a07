namespace Parallax.Host.Verification;

/// <summary>What was found about a recipe.</summary>
/// <param name="Facts">What the run will be.</param>
/// <param name="Properties">In the order in which they were checked.</param>
internal sealed record Certificate(RunFacts Facts, IReadOnlyList<PropertyResult> Properties)
{
    /// <summary>Whether no property fails; those that were not checked do not.</summary>
    public bool Holds => Properties.All(property => property.Outcome != Outcome.Fails);
}
