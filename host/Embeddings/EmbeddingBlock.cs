namespace Parallax.Host.Embeddings;

/// <summary>Features of some images that follow each other in a data set.</summary>
/// <param name="Images">How many there are, those that cannot be read included.</param>
/// <param name="Rows">Those that can be read.</param>
/// <param name="Features">Their features, [n, F] row by row.</param>
/// <param name="LeftOut">The others.</param>
internal sealed record EmbeddingBlock(long Images, IReadOnlyList<EmbeddedImage> Rows, float[] Features, IReadOnlyList<LeftOutImage> LeftOut);

/// <summary>An image that was embedded.</summary>
/// <param name="Name">Its name in the data set.</param>
/// <param name="Label">Its class; -1 without.</param>
/// <param name="Content">Hash of its pixels (<see cref="Data.ContentHash"/>).</param>
internal sealed record EmbeddedImage(string Name, int Label, ulong Content);

/// <summary>An image that cannot be read.</summary>
/// <param name="Name">Its name in the data set.</param>
/// <param name="Reason">What is wrong with it.</param>
internal sealed record LeftOutImage(string Name, string Reason);
