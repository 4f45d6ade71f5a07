namespace Parallax.Contracts;

/// <summary>
/// On a plugin class: an option that it had once, whose value is now the name of a plugin. A recipe that still gives it is told what to write.
/// </summary>
/// <param name="key">Key of the option, camelCase as in recipes.</param>
/// <param name="value">The value, as in recipes.</param>
/// <param name="name">Plugin of the same kind that does now what the value asked for; the plugin's own name where the option can simply go.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = true)]
public sealed class MovedAttribute(string key, string value, string name) : Attribute
{
    /// <summary>Key of the option, camelCase.</summary>
    public string Key { get; } = key;

    /// <summary>The value, as in recipes.</summary>
    public string Value { get; } = value;

    /// <summary>Plugin that does now what the value asked for.</summary>
    public string Name { get; } = name;
}
