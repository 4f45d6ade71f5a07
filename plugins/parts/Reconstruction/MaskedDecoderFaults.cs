using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>The rule on the options of a method with a <see cref="MaskedAutoencoderDecoder"/>.</summary>
public static class MaskedDecoderFaults
{
    private const int PositionParts = 4;

    /// <summary>What is wrong with the width of a decoder: nothing, or that its positions or heads cannot have it.</summary>
    /// <param name="width">The option <c>method.decoderWidth</c>.</param>
    /// <param name="heads">The option <c>method.decoderHeads</c>.</param>
    public static IEnumerable<ValidationResult> Of(int width, int heads) => width % PositionParts == 0 && width % heads == 0 ? [] :
    [
        new($"method.decoderWidth is {width}, with method.decoderHeads {heads}. Expected a multiple of {PositionParts}, for positions of sines and cosines, "
            + "and of the heads. Change one of them.", ["DecoderWidth"]),
    ];
}
