using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Parts;

/// <summary>How captions become tokens.</summary>
public enum TokenizerKind
{
    /// <summary>The small vocabulary that comes with Parallax: common words of English captions, and bytes for all else.</summary>
    Embedded,

    /// <summary>Byte pair encoding with the vocabulary and merges of GPT-2's or CLIP's kind.</summary>
    Bpe,

    /// <summary>BERT's WordPiece, lower case, as FLIP's paper takes it.</summary>
    WordPiece,
}

/// <summary>Settings of a tokenizer, for example <c>method.tokenizer</c> of a recipe.</summary>
public sealed record TokenizerOptions : IValidatableObject
{
    /// <summary>embedded, bpe or word-piece. FLIP's code: word-piece with the vocabulary of BERT, uncased.</summary>
    public TokenizerKind Kind { get; init; } = TokenizerKind.Embedded;

    /// <summary>Vocabulary: for bpe a JSON object of tokens and their numbers (<c>vocab.json</c>), for word-piece a token a line (<c>vocab.txt</c>).</summary>
    public string? VocabularyFile { get; init; }

    /// <summary>Merges of bpe, two tokens a line (<c>merges.txt</c>).</summary>
    public string? MergesFile { get; init; }

    /// <summary>Tokens per caption: longer ones are cut, shorter ones filled up with token 0. FLIP's code: 32.</summary>
    [Range(1, 1024)]
    public int Length { get; init; } = 32;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var (name, needs) = Kind switch
        {
            TokenizerKind.Embedded => ("embedded", "no files"),
            TokenizerKind.Bpe => ("bpe", "vocabularyFile and mergesFile"),
            _ => ("word-piece", "vocabularyFile only"),
        };
        if (string.IsNullOrEmpty(VocabularyFile) != (Kind == TokenizerKind.Embedded) || string.IsNullOrEmpty(MergesFile) != (Kind != TokenizerKind.Bpe))
        {
            yield return new($"method.tokenizer.kind is {name}, which takes {needs}; given: vocabularyFile '{VocabularyFile}', mergesFile '{MergesFile}'.",
                [nameof(Kind)]);
        }
    }
}
