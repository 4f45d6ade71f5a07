namespace Parallax.Torch;

/// <summary>Gives a field of a module another name than its own in the state dictionary.</summary>
[AttributeUsage(AttributeTargets.Field)]
public sealed class ComponentNameAttribute : Attribute
{
    /// <summary>The key; without it the field's name counts.</summary>
    public string? Name { get; set; }
}
