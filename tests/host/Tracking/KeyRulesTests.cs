using FsCheck;
using FsCheck.Xunit;
using Parallax.Host.Tracking;

namespace Parallax.Host.Tests.Tracking;

public sealed class KeyRulesTests
{
    [Theory]
    [InlineData("train/loss", "train/loss")]
    [InlineData("Größe 1.5-b_c", "Größe 1.5-b_c")]
    [InlineData("a:b@c(d)%", "a_b_c_d__")]
    [InlineData("/a//b/", "a/b")]
    [InlineData("a/../b/.", "a/__/b/_")]
    [InlineData("..", "__")]
    [InlineData("", "_")]
    [InlineData("//", "_")]
    public void Sanitize_Key_IsTheNearestValidOne(string key, string expected)
    {
        Assert.Equal(expected, KeyRules.Sanitize(key));
    }

    [Fact]
    public void Sanitize_LongKeys_AreCutAndStayDifferent()
    {
        var exact = new string('a', 250);
        var one = KeyRules.Sanitize(exact + "1");
        var two = KeyRules.Sanitize(exact + "2");

        Assert.Equal(exact, KeyRules.Sanitize(exact));
        Assert.Equal(250, one.Length);
        Assert.NotEqual(one, two);
    }

    [Property]
    public void Sanitize_AnyKey_IsValidAndStaysAsItIs(NonNull<string> key)
    {
        var clean = KeyRules.Sanitize(key.Get);

        Assert.InRange(clean.Length, 1, KeyRules.MaxKeyLength);
        Assert.All(clean, c => Assert.True(char.IsLetterOrDigit(c) || c is '_' or '-' or '.' or ' ' or '/'));
        Assert.DoesNotContain(clean.Split('/'), segment => segment is "" or "." or "..");
        Assert.Equal(clean, KeyRules.Sanitize(clean));
    }

    [Theory]
    [InlineData("plots/a.svg", "plots/a.svg")]
    [InlineData("\\a\\..\\b#1.png", "a/b_1.png")]
    [InlineData("..", "_")]
    public void SanitizePath_Path_StaysUnderTheRun(string path, string expected)
    {
        Assert.Equal(expected, KeyRules.SanitizePath(path));
    }

    [Fact]
    public void Cut_SurrogatePairAtTheEdge_IsNotSplit()
    {
        Assert.Equal("ab", KeyRules.Cut("ab😀", 3));
    }

    [Theory]
    [InlineData("http://user:pass@host:5000/x", "http://***@host:5000/x")]
    [InlineData("see https://token@host and mail a@b.c", "see https://***@host and mail a@b.c")]
    [InlineData("plain", "plain")]
    public void Scrub_Credentials_AreRemoved(string text, string expected)
    {
        Assert.Equal(expected, SecretScrubber.Scrub(text));
    }
}
