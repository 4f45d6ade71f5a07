using System.Reflection;

namespace Parallax.Host.Plugins;

/// <summary>A plugin that was found; known from metadata alone, its assembly is loaded when <see cref="Type"/> is first asked for.</summary>
public sealed class PluginDescriptor
{
    private readonly Lazy<Type> _type;
    private readonly Lazy<Type?> _optionsType;

    internal PluginDescriptor(PluginMetadata metadata, PluginAssembly assembly)
    {
        (Metadata, File) = (metadata, assembly.File);
        _type = new(() => assembly.LoadType(this, metadata.TypeName));
        _optionsType = new(() => metadata.OptionsTypeName is { } name ? assembly.LoadType(this, name) : null);
    }

    /// <summary>What it is.</summary>
    public PluginKind Kind => Metadata.Kind ?? throw new InvalidOperationException("A descriptor is only made for plugins of a known kind.");

    /// <summary>Name in recipes.</summary>
    public string Name => Metadata.Name;

    /// <summary>One sentence: what it does.</summary>
    public string Summary => Metadata.Summary;

    /// <summary>Family in lists, for example a style of loss; empty without one.</summary>
    public string Family => Metadata.Family;

    /// <summary>Kind of pretext task of a method, in the words of Jing and Tian's survey; null where it has none.</summary>
    public string? Taxonomy => Metadata.Taxonomy;

    /// <summary>What its pseudo-labels are, in the same words; null with <see cref="Taxonomy"/>.</summary>
    public string? PseudoLabel => Metadata.PseudoLabel;

    /// <summary>Both for people; a dash where the survey has no word for it.</summary>
    internal string TaskText => Taxonomy is null ? "–" : PseudoLabel is null ? Taxonomy : $"{Taxonomy}; pseudo-label: {PseudoLabel}";

    /// <summary>Names it had before.</summary>
    public IReadOnlyList<string> FormerNames => Metadata.FormerNames;

    /// <summary>The paper it follows.</summary>
    public PaperInfo Paper => Metadata.Paper;

    /// <summary>Full path of its assembly.</summary>
    public string File { get; }

    /// <summary>Version of its assembly.</summary>
    public Version Version => Metadata.AssemblyVersion;

    /// <summary>Full name of its class.</summary>
    public string TypeName => Metadata.TypeName;

    /// <summary>Its class. Loads the assembly.</summary>
    /// <exception cref="ConfigurationException">The assembly cannot be loaded.</exception>
    public Type Type => _type.Value;

    /// <summary>The options record whose values a recipe gives; null when it has none, or its name fixes them. Loads the assembly.</summary>
    /// <exception cref="ConfigurationException">The assembly cannot be loaded.</exception>
    public Type? OptionsType => Metadata.Preset.Length == 0 ? _optionsType.Value : null;

    /// <summary>The kind of backbone that it needs. Loads the assembly.</summary>
    /// <exception cref="ConfigurationException">The assembly cannot be loaded.</exception>
    public Type BackboneType => Attribute.Backbone;

    /// <summary>Version of what it computes. Loads the assembly.</summary>
    /// <exception cref="ConfigurationException">The assembly cannot be loaded.</exception>
    public int Revision => Attribute.Revision;

    /// <summary>The options record whose values its name fixes; null when it has none. Loads the assembly.</summary>
    internal Type? PresetType => Metadata.Preset.Length == 0 ? null : _optionsType.Value;

    internal PluginMetadata Metadata { get; }

    private PluginAttribute Attribute => Type.GetCustomAttributes<PluginAttribute>().First(attribute => attribute.Name == Name);
}
