using System.IO.Hashing;
using System.Text;
using Parallax.Host.Configuration;

namespace Parallax.Host.Evaluation;

/// <summary>What tells a number from one that only has the same name: the version of the protocol, and its options.</summary>
/// <param name="Version">Raised when what it computes changes.</param>
/// <param name="Options">Hash of name, version and all options, those that a name fixes included: 16 hexadecimal digits.</param>
internal sealed record ProtocolIdentity(int Version, string Options)
{
    /// <summary>The identity of a protocol as it was chosen.</summary>
    public static ProtocolIdentity Of(PluginChoice protocol)
    {
        var options = protocol.Effective is { } record ? OptionsTree.Flatten(OptionsTree.FromRecord(record)) : [];
        var text = $"{protocol.Name} {protocol.Plugin.Revision}\n{string.Join('\n', options.Select(option => $"{option.Key}={option.Value}"))}";

        return new(protocol.Plugin.Revision, Convert.ToHexStringLower(XxHash3.Hash(Encoding.UTF8.GetBytes(text))));
    }
}
