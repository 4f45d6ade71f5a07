using System.IO.Hashing;
using System.Text;
using Parallax.Host.Reports;

namespace Parallax.Host.Watching;

/// <summary>A part of a page that is sent again when it has changed.</summary>
internal sealed record Fragment
{
    /// <param name="id">Identifier of its element.</param>
    /// <param name="content">What is in the element.</param>
    public Fragment(string id, Html content) => (Id, Content, Version) = (id, content, Hash(content.Text));

    // The parts change by themselves: the whole is another only when there are others.
    private Fragment(string id, IReadOnlyList<Fragment> parts) =>
        (Id, Content, Version, Parts) = (id, Html.Join(parts.Select(part => part.ToElement())), Hash(string.Join('\n', parts.Select(part => part.Id))), parts);

    /// <summary>Identifier of its element.</summary>
    public string Id { get; }

    /// <summary>What is in the element.</summary>
    public Html Content { get; }

    /// <summary>Another one when the element has to be filled anew.</summary>
    public string Version { get; }

    /// <summary>What it is made of; empty when it is one piece.</summary>
    public IReadOnlyList<Fragment> Parts { get; } = [];

    /// <summary>A part that is made of others.</summary>
    public static Fragment Of(string id, IReadOnlyList<Fragment> parts) => new(id, parts);

    /// <summary>Its element.</summary>
    /// <param name="tag">Name of the element.</param>
    public Html ToElement(string tag = "div") => Html.Of($"""<{tag} id="{Id}" data-version="{Version}">{Content}</{tag}>""");

    private static string Hash(string text) => Convert.ToHexStringLower(XxHash3.Hash(Encoding.UTF8.GetBytes(text)));
}
