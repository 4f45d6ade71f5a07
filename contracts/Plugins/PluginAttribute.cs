namespace Parallax.Contracts;

/// <summary>Makes a class known to the host under a name, with what a reader should know about its origin.</summary>
/// <remarks>
/// The kind of plugin follows from the contract that the class implements: <see cref="IMethod"/>, <see cref="IBackbone"/>, <see cref="IAugmentation"/>,
/// <see cref="IDatasetSource"/>, <see cref="IEvaluator"/>, <see cref="ILayerEvaluator"/> or <see cref="ITrainingEvaluator"/>. Two classes of one kind with the
/// same name stop the start.
/// Everything here is read from metadata, without loading the assembly, so every value is a constant.
/// </remarks>
/// <param name="name">Name in recipes, kebab-case, for example <c>moco-v2</c>.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = true)]
public sealed class PluginAttribute(string name) : Attribute
{
    /// <summary>Name in recipes, kebab-case.</summary>
    public string Name { get; } = name;

    /// <summary>The <c>sealed record</c> that holds the plugin's options; null when it has none. Its properties are the keys of the recipe section.</summary>
    public Type? Options { get; init; }

    /// <summary>
    /// Options that this name fixes, as a recipe writes them: <c>"{neighbours: 20, temperature: 0.07}"</c>. Under such a name the plugin takes no others.
    /// A class may have several names, each with its own: named protocols are one evaluator with the numbers of several papers.
    /// </summary>
    public string Preset { get; init; } = "";

    /// <summary>One sentence: what it does.</summary>
    public string Summary { get; init; } = "";

    /// <summary>Title of the paper it follows.</summary>
    public string Paper { get; init; } = "";

    /// <summary>Authors, as a reference list gives them.</summary>
    public string Authors { get; init; } = "";

    /// <summary>Where it was published, for example <c>NeurIPS</c>.</summary>
    public string Venue { get; init; } = "";

    /// <summary>Year of publication; 0 when there is no paper.</summary>
    public int Year { get; init; }

    /// <summary>arXiv number, for example <c>2010.01028</c>.</summary>
    public string ArXiv { get; init; } = "";

    /// <summary>Family in lists and docs, for example <c>contrastive</c>.</summary>
    public string Family { get; init; } = "";

    /// <summary>
    /// Kind of pretext task of a method, in the words of Jing and Tian's survey (TPAMI 2020): <c>generation-based: colorization</c>, <c>inpainting</c>,
    /// <c>super-resolution</c>, <c>adversarial</c> or <c>video prediction</c>; <c>context-based: similarity</c>, <c>spatial structure</c> or <c>temporal
    /// structure</c>; <c>free semantic label-based: moving objects</c>, <c>contours</c>, <c>depth</c> or <c>game engine</c>; <c>cross-modal: flow and RGB</c>,
    /// <c>audio and video</c> or <c>egomotion</c>. Null where the survey has no word for it.
    /// </summary>
    public string? Taxonomy { get; init; }

    /// <summary>What a method's pseudo-labels are, in the same words: <c>discrete class</c>, <c>continuous map</c>, <c>ordering</c> or <c>pair relation</c>;
    /// null with <see cref="Taxonomy"/>.</summary>
    public string? PseudoLabel { get; init; }

    /// <summary>Version of what a protocol computes: raised when its numbers change under the same name. Results carry it.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>
    /// The kind of backbone that a method or protocol needs: <see cref="IBackbone"/> or an interface that extends it. The host compares it with the recipe's
    /// before training.
    /// </summary>
    public Type Backbone { get; init; } = typeof(IBackbone);

    /// <summary>Names it had before: whoever writes one of them is told <see cref="Name"/>.</summary>
    public string[] FormerNames { get; init; } = [];
}
