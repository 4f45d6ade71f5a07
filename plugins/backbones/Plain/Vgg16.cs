namespace Parallax.Plugins.Backbones;

/// <summary>VGG-16: thirteen convolutions, two fully connected layers.</summary>
/// <inheritdoc cref="Vgg" path="/remarks"/>
/// <param name="options">Normalisation, width, fully connected layers.</param>
/// <param name="run">Gives the channels and the side of the images.</param>
[Plugin("vgg16", Options = typeof(VggOptions), Summary = "VGG of 13 convolutions, with or without batch normalisation; 4096 features.", Family = "plain",
    Paper = "Very Deep Convolutional Networks for Large-Scale Image Recognition", Authors = "Simonyan, Zisserman", Venue = "ICLR", Year = 2015,
    ArXiv = "1409.1556")]
public sealed class Vgg16(VggOptions options, RunInfo run) : Vgg(nameof(Vgg16), [2, 2, 3, 3, 3], options, run), IBackbone;
