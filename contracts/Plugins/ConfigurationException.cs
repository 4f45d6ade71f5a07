namespace Parallax.Contracts;

/// <summary>
/// Something the user wrote or pointed at cannot work: a key, a value, a file. The message names it, says what was expected and what to do.
/// The host prints the messages without a stack trace and ends with exit code 2.
/// </summary>
/// <param name="faults">Every fault found, one sentence or two each.</param>
public sealed class ConfigurationException(IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>One fault.</summary>
    /// <param name="fault">What is wrong, what was expected, what to do.</param>
    public ConfigurationException(string fault) : this([fault])
    {
    }

    /// <summary>Every fault found, so that one correction is enough.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
