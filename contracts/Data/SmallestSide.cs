namespace Parallax.Contracts;

/// <summary>Says how far decoding may shrink an image, once its size is known.</summary>
/// <param name="full">Size of the image in its file.</param>
/// <returns>Pixels that the shorter side must keep; 0 for full size.</returns>
public delegate int SmallestSide(ImageSize full);
