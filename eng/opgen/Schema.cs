using System.Text.RegularExpressions;

namespace Parallax.OpGen;

/// <summary>One parameter of a schema: <c>int[2]? stride=1</c> is type <c>int[2]</c>, optional, named stride, default "1".</summary>
public sealed record Parameter(string Type, bool Optional, string Name, string? Default);

/// <summary>One operator as libtorch prints it.</summary>
public sealed partial record Schema(string Name, string Overload, IReadOnlyList<Parameter> Parameters, IReadOnlyList<string> Returns, string? Since, string? Before)
{
    /// <summary>The C# method's name: overloads are spelled out, so that no two operators can be confused.</summary>
    public string Method => Overload.Length == 0 ? Name : $"{Name}_{Overload}";

    /// <summary>Does the operator change its first argument and return it?</summary>
    public bool InPlace => Returns.Count == 1 && Returns[0].StartsWith("Tensor(a!)", StringComparison.Ordinal);

    /// <summary>Reads a line of ops.txt.</summary>
    /// <exception cref="FormatException">The line is no schema.</exception>
    public static Schema Parse(string line)
    {
        var match = Line().Match(line.Trim());
        if (!match.Success)
        {
            throw new FormatException($"Not an operator schema: '{line}'. Expected [@since VERSION] [@before VERSION] aten::name[.overload](type name=default, ...) -> type.");
        }

        var parameters = Split(match.Groups["params"].Value).Where(p => p != "*").Select(ParseParameter).ToList();
        var returns = match.Groups["returns"].Value;
        var results = returns == "()" ? [] : returns.StartsWith('(') ? Split(returns[1..^1]) : [returns];
        return new Schema(match.Groups["name"].Value, match.Groups["overload"].Value, parameters, results, Optional(match.Groups["since"]), Optional(match.Groups["before"]));
    }

    private static string? Optional(Group group) => group.Success ? group.Value : null;

    private static Parameter ParseParameter(string text)
    {
        var match = ParameterText().Match(text);
        if (!match.Success)
        {
            throw new FormatException($"Not a schema parameter: '{text}'. Expected type name or type name=default.");
        }

        var type = Alias().Replace(match.Groups["type"].Value, "");
        var optional = type.EndsWith('?');
        return new Parameter(optional ? type[..^1] : type, optional, match.Groups["name"].Value, Optional(match.Groups["default"]));
    }

    private static List<string> Split(string list)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var i = 0; i <= list.Length; i++)
        {
            if (i == list.Length || (list[i] == ',' && depth == 0))
            {
                parts.Add(list[start..i].Trim());
                start = i + 1;
            }
            else
            {
                depth += list[i] is '(' or '[' ? 1 : list[i] is ')' or ']' ? -1 : 0;
            }
        }

        return parts.Where(p => p.Length > 0).ToList();
    }

    [GeneratedRegex(@"^(?:@since (?<since>[\d.]+) )?(?:@before (?<before>[\d.]+) )?aten::(?<name>\w+)(?:\.(?<overload>\w+))?\((?<params>.*)\) -> (?<returns>.+)$")]
    private static partial Regex Line();

    [GeneratedRegex(@"^(?<type>.+?) (?<name>\w+)(?:=(?<default>.+))?$")]
    private static partial Regex ParameterText();

    [GeneratedRegex(@"\([a-z]!?( -> \*)?\)")]
    private static partial Regex Alias();
}
