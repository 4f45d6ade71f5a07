namespace Parallax.Contracts;

/// <summary>Which views of each image a step needs, in order. The method's default; a recipe's <c>views</c> section replaces it.</summary>
/// <param name="Views">One entry per view; views of one size come in one batch tensor each, [N, C, H, W].</param>
public sealed record ViewPlan(IReadOnlyList<ViewSpec> Views)
{
    /// <summary>The clips that the views are made of: then a view is a tensor [N, C, T, H, W], and each of its augmentations is drawn once for a clip and
    /// applied alike to all its frames. Null takes single images. A recipe's <c>clips</c> section changes it.</summary>
    public ClipPlan? Clips { get; init; }

    /// <summary>The same augmentations for every view.</summary>
    /// <param name="count">Number of views.</param>
    /// <param name="view">The augmentations.</param>
    public static ViewPlan Same(int count, ViewSpec view) => new([.. Enumerable.Repeat(view, count)]);
}

/// <summary>The augmentations of one view, applied in order.</summary>
/// <param name="Steps">Names and options of augmentation plugins. Every view ends with images of one size.</param>
public sealed record ViewSpec(IReadOnlyList<AugmentationSpec> Steps);

/// <summary>One augmentation plugin with its options, as a recipe would write it.</summary>
/// <param name="Name">Name of the plugin.</param>
/// <param name="Options">Keys and values of its options record, as in YAML: numbers, booleans, strings, lists.</param>
public sealed record AugmentationSpec(string Name, IReadOnlyDictionary<string, object> Options)
{
    /// <summary>An augmentation with its options written as pairs.</summary>
    public AugmentationSpec(string name, params (string Key, object Value)[] options)
        : this(name, options.ToDictionary(o => o.Key, o => o.Value))
    {
    }
}
