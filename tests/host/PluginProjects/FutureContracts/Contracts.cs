namespace Parallax.Contracts;

/// <summary>Looks like the attribute of a later version.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class PluginAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>Looks like a contract of a later version.</summary>
public interface IEvaluator
{
}
