namespace Parallax.Plugins.Augmentations;

/// <summary>A part of an image, to fractions of a pixel: a box drawn for an image covers such a part of the same image decoded smaller.</summary>
internal readonly record struct Part(float Top, float Left, float Height, float Width)
{
    public bool FitsInto(ImageSize size) =>
        Top >= 0 && Left >= 0 && Height > 0 && Width > 0 && Top + Height <= size.Height && Left + Width <= size.Width;
}
