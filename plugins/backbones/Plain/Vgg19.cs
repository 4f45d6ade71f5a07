namespace Parallax.Plugins.Backbones;

/// <summary>VGG-19: sixteen convolutions, two fully connected layers. Kolesnikov et al., CVPR 2019, have <c>fullyConnectedNorm: true</c> and
/// <c>dropout: 0</c>.</summary>
/// <inheritdoc cref="Vgg" path="/remarks"/>
/// <param name="options">Normalisation, width, fully connected layers.</param>
/// <param name="run">Gives the channels and the side of the images.</param>
[Plugin("vgg19", Options = typeof(VggOptions), Summary = "VGG of 16 convolutions, with or without batch normalisation; 4096 features.", Family = "plain",
    Paper = "Very Deep Convolutional Networks for Large-Scale Image Recognition", Authors = "Simonyan, Zisserman", Venue = "ICLR", Year = 2015,
    ArXiv = "1409.1556")]
public sealed class Vgg19(VggOptions options, RunInfo run) : Vgg(nameof(Vgg19), [2, 2, 4, 4, 4], options, run), IBackbone;
