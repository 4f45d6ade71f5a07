namespace Parallax.Plugins.Backbones;

/// <summary>The first layers of a ResNet, before its first stage.</summary>
public enum Stem
{
    /// <summary>7x7 convolution with stride 2 and max-pooling: for images of about 224 pixels. The first stage sees a quarter of the side.</summary>
    Imagenet,

    /// <summary>3x3 convolution with stride 1, no pooling: for images of about 32 pixels. The first stage sees the full side.</summary>
    Cifar,

    /// <summary>3x3 convolution with stride 1 and max-pooling: for images of about 64 to 96 pixels. The first stage sees half the side.</summary>
    CifarMaxpool,
}
