using Parallax.Host.Configuration;
using YamlDotNet.RepresentationModel;

namespace Parallax.Host.Tests.Configuration;

public sealed class YamlAliasesTests
{
    [Fact]
    public void Parse_MergeKey_GivesKeysThatTheSectionLacks()
    {
        var tree = RecipeTree.Parse("x-sgd: &sgd {name: sgd, momentum: 0.9}\noptimizer: {momentum: 0.5, <<: *sgd, weightDecay: 0}", "recipe.yaml");

        Assert.Equal("{optimizer: {momentum: 0.5, weightDecay: 0, name: sgd}}", Text(tree));
    }

    [Fact]
    public void Parse_ListOfMerges_TakesTheFirst()
    {
        var tree = RecipeTree.Parse("x-a: &a {k: 1}\nx-b: &b {k: 2, l: 3}\nx-c: &c {<<: *b, m: 4}\nset: {<<: [*a, *c]}", "recipe.yaml");

        Assert.Equal("{set: {k: 1, m: 4, l: 3}}", Text(tree));
    }

    [Fact]
    public void Parse_AliasInTwoPlaces_IsTwoNodes()
    {
        var tree = RecipeTree.Parse("a: &list [{k: 1}]\nb: *list", "recipe.yaml");

        var (a, b) = ((YamlSequenceNode)tree["a"], (YamlSequenceNode)tree["b"]);
        Assert.NotSame(a, b);
        Assert.NotSame(a[0], b[0]);
        Assert.Equal(a, b);
    }

    [Theory]
    [InlineData("a: 1\nb: *sgd", "recipe.yaml, line 2: the alias '*sgd' has no anchor. Write '&sgd' before the section it stands for.")]
    [InlineData("a: &x 1\n---\nb: *x", "recipe.yaml, line 3: the alias '*x' has no anchor. Write '&x' before the section it stands for.")]
    [InlineData("# a list\n\n- 1", "recipe.yaml, line 3: expected keys such as 'method:', but this is no mapping.")]
    [InlineData("x-a: &a 3\nb: {<<: *a}", "recipe.yaml, line 1: '<<' takes the keys of another section; expected an alias of one, or a list of such: ")]
    [InlineData("b:\n  <<: [{k: 1}, 2]", "recipe.yaml, line 2: '<<' takes the keys of another section; expected an alias of one, or a list of such: ")]
    [InlineData("b: &b\n  c: *b", "recipe.yaml, line 1: the section or list that begins here holds an alias of itself. Remove the alias.")]
    [InlineData("b: &b\n  - [*b]", "recipe.yaml, line 1: the section or list that begins here holds an alias of itself. Remove the alias.")]
    public void Parse_FaultyAlias_SaysTheLine(string yaml, string expected)
    {
        var fault = Assert.Throws<ConfigurationException>(() => RecipeTree.Parse(yaml, "recipe.yaml"));

        Assert.StartsWith(expected, Assert.Single(fault.Faults), StringComparison.Ordinal);
    }

    private static string Text(YamlNode node) => node switch
    {
        YamlMappingNode mapping => $"{{{string.Join(", ", mapping.Children.Select(pair => $"{pair.Key}: {Text(pair.Value)}"))}}}",
        _ => node.ToString(),
    };
}
