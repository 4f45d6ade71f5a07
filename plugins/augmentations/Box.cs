namespace Parallax.Plugins.Augmentations;

/// <summary>A part of an image in pixels.</summary>
internal readonly record struct Box(int Top, int Left, int Height, int Width)
{
    public bool FitsInto(ImageSize size) =>
        Top >= 0 && Left >= 0 && Height > 0 && Width > 0 && Top + Height <= size.Height && Left + Width <= size.Width;

    /// <summary>Pixels that both boxes cover.</summary>
    public long Intersection(Box other)
    {
        var height = Math.Min(Top + Height, other.Top + other.Height) - Math.Max(Top, other.Top);
        var width = Math.Min(Left + Width, other.Left + other.Width) - Math.Max(Left, other.Left);

        return (long)Math.Max(0, height) * Math.Max(0, width);
    }
}
