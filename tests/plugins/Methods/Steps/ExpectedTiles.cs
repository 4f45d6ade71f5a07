using Parallax.Contracts;

namespace Parallax.Plugins.Tests.Methods.Steps;

/// <summary>Tiles of images, cut one by one at the places that seed 1, epoch 0 and the image give.</summary>
internal static class ExpectedTiles
{
    /// <returns>[N T, C, t, t], image by image and row by row.</returns>
    public static Tensor Of(Batch batch, int cells, int cell, int tile, int jitter)
    {
        List<Tensor> tiles = [];
        for (var i = 0; i < batch.Size; i++)
        {
            var random = Random(batch, i, part: 0);
            for (var place = 0; place < cells * cells; place++)
            {
                var (top, left) = ((place / cells * cell) + random.NextInt(jitter + 1), (place % cells * cell) + random.NextInt(jitter + 1));
                tiles.Add(batch.Views[0][i].narrow(1, top, tile).narrow(2, left, tile));
            }
        }

        return stack([.. tiles]);
    }

    /// <summary>What is drawn for an image of the batch.</summary>
    public static CounterRandom Random(Batch batch, int image, int part) =>
        new(seed: 1, epoch: 0, batch.Indices[image].item<long>(), RandomPurpose.Masking, part);
}
