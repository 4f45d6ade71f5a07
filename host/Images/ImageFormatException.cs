namespace Parallax.Host.Images;

/// <summary>Bytes that are no image that can be decoded, or a damaged one.</summary>
/// <param name="reason">What is wrong with them, as a sentence's end: "the JPEG file is cut short".</param>
public sealed class ImageFormatException(string reason) : Exception(reason);
