using System.Diagnostics;
using Parallax.Host.Plugins;

namespace Parallax.Host.Tests.Plugins;

public sealed class ShellCommandTests
{
    [Theory]
    [InlineData("recipes/simclr/cifar10.yaml", "recipes/simclr/cifar10.yaml")]
    [InlineData("trainer.epochs=20", "trainer.epochs=20")]
    [InlineData("/bilder/größe", "/bilder/größe")]
    [InlineData("my images", "'my images'")]
    [InlineData("it's", @"'it'\''s'")]
    [InlineData("~/images", "'~/images'")]
    [InlineData("", "''")]
    public void Word_Text_IsQuotedWhereAShellWouldReadMore(string text, string expected) => Assert.Equal(expected, ShellCommand.Word(text));

    [Fact]
    public void Of_AnyCharacters_IsReadBackByAShell()
    {
        string[] words =
        [
            "train", "a b", "it's", "$HOME", "`id`", "a&b;c|d", "(x)", "[a-z]*?", "\"q\"", "back\\slash", "#no", "!x", "{a,b}", "<in>", "two\nlines", "",
        ];

        var command = ShellCommand.Of(words)["parallax ".Length..];

        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"printf '%s\\0' {command}"]) { RedirectStandardOutput = true })!;
        Assert.Equal(string.Concat(words.Select(word => $"{word}\0")), shell.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void Of_FoldersOfTheCommandLine_AreNamedAgain()
    {
        var folders = PluginFolders.Default(["/my plugins", "/other"]);

        Assert.Equal("parallax replay abc --step 7 --plugins '/my plugins' --plugins /other", ShellCommand.Of(["replay", "abc", "--step", "7"], folders));
        Assert.Equal("parallax replay abc", ShellCommand.Of(["replay", "abc"], PluginFolders.Default([])));
    }
}
