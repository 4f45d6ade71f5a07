using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace Parallax.Host.Reports;

/// <summary>A piece of a page. It is made of an interpolated string, whose holes are encoded unless they are pieces themselves.</summary>
/// <param name="Text">As it stands in the file.</param>
internal readonly record struct Html(string Text)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Nothing.</summary>
    public static Html Empty { get; } = new("");

    /// <summary>A piece of the form that is given.</summary>
    public static Html Of(Handler form) => new(form.Text);

    /// <summary>Pieces behind each other, a line each.</summary>
    public static Html Join(IEnumerable<Html> pieces) => new(string.Join('\n', pieces.Select(piece => piece.Text)));

    /// <summary>A text that means nothing but itself, in elements and in attributes with quotation marks.</summary>
    public static string Encode(string text) => Encoder.Encode(text);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>What the compiler makes of an interpolated string.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private readonly StringBuilder _text;

        /// <summary>Begins a piece.</summary>
        /// <param name="literalLength">Characters outside holes.</param>
        /// <param name="formattedCount">Holes.</param>
        public Handler(int literalLength, int formattedCount) => _text = new(literalLength + (16 * formattedCount));

        /// <summary>The piece.</summary>
        public string Text => _text.ToString();

        public void AppendLiteral(string value) => _text.Append(value);

        public void AppendFormatted(Html value) => _text.Append(value.Text);

        public void AppendFormatted<T>(T value, string? format = null) =>
            _text.Append(Encode(value is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? ""));
    }
}
