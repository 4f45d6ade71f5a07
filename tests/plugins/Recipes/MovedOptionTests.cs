using Parallax.Contracts;
using Parallax.Host;
using Parallax.Plugins.Tests.Conformance;

namespace Parallax.Plugins.Tests.Recipes;

/// <summary>What became a method of its own: a recipe that still asks for it by an option is told the name, and so is who describes the old method.</summary>
public sealed class MovedOptionTests
{
    /// <summary>Old method, option, value, and the method that it is now.</summary>
    public static TheoryData<string, string, string, string> Moved => new()
    {
        { "ascl", "base", "moco", "ascl" },
        { "ascl", "base", "byol", "ascl-byol" },
        { "inter-clr", "base", "moco", "inter-clr" },
        { "inter-clr", "base", "byol", "inter-clr-byol" },
        { "sdssl", "base", "moco-v3", "sdssl" },
        { "sdssl", "base", "byol", "sdssl-byol" },
        { "sdssl", "base", "simclr", "sdssl-simclr" },
        { "projector-momentum", "base", "byol", "projector-momentum" },
        { "projector-momentum", "base", "simclr", "projector-momentum-simclr" },
        { "simclr", "loss", "nt-xent", "simclr" },
        { "simclr", "loss", "dcl", "dcl" },
        { "simclr", "loss", "dclw", "dclw" },
        { "simclr", "loss", "debiased", "debiased-contrastive" },
    };

    [Theory, MemberData(nameof(Moved))]
    public void Read_OldOption_SaysWhatToWrite(string method, string key, string value, string now)
    {
        var faults = Assert.Throws<ConfigurationException>(() => ConformanceHost.Configuration(method, $"method.{key}={value}")).Faults;

        var expected = method == now
            ? $"method.{key}: {value} is what the method '{method}' is without it. Remove {key}."
            : $"method.{key}: {value} is now the method '{now}'. Write name: {now} and remove {key}.";
        Assert.Equal([expected], faults);
        Assert.Equal(now, ConformanceHost.Configuration(now).Method.Name);
    }

    [Theory, MemberData(nameof(Moved))]
    public async Task Describe_OldMethod_NamesTheNewOne(string method, string key, string value, string now)
    {
        var output = new StringWriter();

        await Composition.RunAsync(
            ["describe", method, "--kind", "methods", "--plugins", Path.Combine(ConformanceHost.Plugins, "methods")],
            new(output, TextWriter.Null, isTerminal: false));

        Assert.Equal(method != now, output.ToString().Contains($"{key}: {value} is now the method '{now}'.", StringComparison.Ordinal));
    }
}
