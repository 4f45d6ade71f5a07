namespace Parallax.Host.Training;

/// <summary>How pages colour a verdict.</summary>
internal static class VerdictTone
{
    /// <summary>The class of the style sheet.</summary>
    /// <param name="word">The verdict in a word; null before there is one.</param>
    public static string Of(string? word) => word switch
    {
        "learning" => "good",
        "saturated" => "warning",
        "collapsed" or "diverging" => "bad",
        _ => "",
    };
}
