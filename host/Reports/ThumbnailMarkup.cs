using System.Globalization;

namespace Parallax.Host.Reports;

/// <summary>Pictures that stand once in a page and are shown wherever they are needed.</summary>
/// <param name="study">Has the images.</param>
/// <param name="prefix">Begins their identifiers.</param>
internal sealed class ThumbnailMarkup(FeatureStudy study, string prefix)
{
    private const int Side = 48;

    /// <summary>Identifier of a picture.</summary>
    public string IdOf(int image) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-image-{image}");

    /// <summary>An image in words: its class and its name.</summary>
    public string NameOf(StudiedImage image) => study.ClassOf(image) is { } name ? $"{name}, {image.Name}" : image.Name;

    /// <summary>The pictures, not shown.</summary>
    public Html Definitions() => Html.Of($"""
        <svg class="definitions" width="0" height="0" aria-hidden="true"><defs>
        {Html.Join(study.Images.Select((image, at) => Symbol(image, IdOf(at))))}
        </defs></svg>
        """);

    /// <summary>A picture with its class below it.</summary>
    public Html Figure(int image)
    {
        var shown = study.Images[image];
        var below = study.ClassOf(shown) is { } name ? Html.Of($"<span>{name}</span>") : Html.Empty;

        return Html.Of($"""
            <svg class="thumbnail" width="{Side}" height="{Side}" role="img" aria-label="{NameOf(shown)}">
            <use href="#{IdOf(image)}" width="{Side}" height="{Side}"/></svg>{below}
            """);
    }

    private static Html Symbol(StudiedImage image, string id) => Html.Of($"""
        <symbol id="{id}" viewBox="0 0 1 1"><image width="1" height="1" href="data:image/png;base64,{Convert.ToBase64String(image.Png)}"/></symbol>
        """);
}
