namespace Parallax.Plugins.Parts;

/// <summary>For constructors that are called without the host, which asks before.</summary>
public static class RunRequirementsExtensions
{
    /// <summary>Stops when something cannot work in the run.</summary>
    /// <exception cref="ConfigurationException">Every fault.</exception>
    public static void Require(this IRunRequirements requirements, RunInfo run)
    {
        if (requirements.Faults(run).ToList() is { Count: > 0 } faults)
        {
            throw new ConfigurationException(faults);
        }
    }
}
