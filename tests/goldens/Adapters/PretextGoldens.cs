using Parallax.Contracts;
using Parallax.Plugins.Augmentations;
using Parallax.Plugins.Parts;

namespace Parallax.Goldens;

/// <summary>Turns, tiles, colours, permutations and places.</summary>
internal static class PretextGoldens
{
    [Golden("augment.rotate4")]
    public static GoldenResult QuarterTurn(GoldenCase golden)
    {
        var images = golden.Input("images");
        var (turned, classes) = (QuarterTurns.All(images), QuarterTurns.Classes(images.shape[0], torch.CPU));
        return golden.Text("order") == "grouped"
            ? new(("images", Grouped(turned)), ("labels", Grouped(classes)))
            : new(("images", turned), ("labels", classes));

        static Tensor Grouped(Tensor rows) => rows.unflatten(0, [-1, QuarterTurns.Count]).transpose(0, 1).flatten(0, 1);
    }

    [Golden("augment.jigsaw_crops")]
    public static GoldenResult Tiles(GoldenCase golden)
    {
        var image = golden.Input("image");
        var (cell, jitter) = ((int)image.shape[1] / 3, (int)golden.Long("patch_jitter"));
        var places = torch.stack([golden.Input("offset_y").flatten(), golden.Input("offset_x").flatten()], 1).unsqueeze(0);   // [1, 9, 2]
        var tiles = new TileGrid(3, cell, cell - jitter, jitter).Cut(image.unsqueeze(0), places)[0];                           // [9, C, t, t]
        if (golden.Text("order") == "column_major")
        {
            tiles = tiles.unflatten(0, [3, 3]).transpose(0, 1).flatten(0, 1);
        }

        return new(("tiles", tiles), ("shuffled", tiles.index_select(0, golden.Input("permutation"))));
    }

    [Golden("augment.patch_standardize")]
    public static GoldenResult Standardised(GoldenCase golden)
    {
        var tiles = golden.Input("tiles");
        return new(("tiles", golden.Text("mode") == "per_channel" ? StandardisedTiles.PerChannel(tiles) : StandardisedTiles.PerTile(tiles)));
    }

    [Golden("augment.chroma_project")]
    public static GoldenResult Projected(GoldenCase golden) =>
        new(("images", ChromaProjection.Of(golden.Input("images"))), ("matrix", ChromaProjection.Of(torch.eye(3).view(3, 3, 1, 1)).view(3, 3).t()));

    [Golden("augment.chroma_drop")]
    public static GoldenResult Dropped(GoldenCase golden) =>
        new(("patches", ChromaDrop.Of(golden.Input("patches"), golden.Input("keep_channel"), golden.Input("noise"), golden.Double("scale"))));

    [Golden("augment.hsv_noise")]
    public static GoldenResult HsvNoise(GoldenCase golden)
    {
        var images = golden.Input("images");   // [N, 3, H, W]
        var rows = torch.cat([golden.Input("h_add").unsqueeze(1), golden.Input("pow"), golden.Input("mul"), golden.Input("add")], 1);   // [N, 7]
        return new(("images", torch.stack([.. Enumerable.Range(0, (int)images.shape[0]).Select(i => Changed(images[i], rows[i]))])));
    }

    [Golden("target.jigsaw_permutations")]
    public static GoldenResult Permutations(GoldenCase golden)
    {
        var rule = golden.Text("method") == "max_min" ? PermutationRule.MaxMin : PermutationRule.MaxAverage;
        var set = PermutationSet.Greedy((int)golden.Long("num_permutations"), (int)golden.Long("num_patches"), (int)golden.Long("first_index"), rule);
        var (min, mean) = set.Distances();
        return new(("permutations", set.ToTensor()), ("min_hamming", torch.tensor((long)min)), ("mean_hamming", torch.tensor(mean)));
    }

    [Golden("target.relative_patch_label")]
    public static GoldenResult Places(GoldenCase golden)
    {
        if (golden.Text("scheme") == "deepcontext")
        {
            var offsets = golden.Input("offset_xy").data<long>().ToArray().Chunk(2);
            return new(("labels", Labels(offsets.Select(offset => RelativePlace.Of((int)offset[0], (int)offset[1])))));
        }

        var pairs = golden.Input("first_tile").data<long>().ToArray().Zip(golden.Input("second_tile").data<long>().ToArray());
        return new(("labels", Labels(pairs.Select(pair => RelativePlace.Between((int)pair.First, (int)pair.Second)))));
    }

    [Golden("loss.exemplar_triplet")]
    public static GoldenResult Triplets(GoldenCase golden)
    {
        var (embeddings, labels) = (golden.Input("embeddings"), golden.Input("labels"));
        var z = golden.Text("normalize") switch
        {
            "feature" => Rows.Unit(embeddings),
            "batch_axis" => Rows.Unit(embeddings.t()).t(),   // as the released code of Kolesnikov et al.
            _ => embeddings,
        };
        if (golden.Text("variant") == "semihard")
        {
            return new(("loss", ExemplarTripletLoss.SemiHard(z, labels, golden.Double("margin")).Loss));
        }

        var hardest = ExemplarTripletLoss.Hardest(z, labels);
        return new(
            ("loss", ExemplarTripletLoss.BatchHard(hardest, golden.Double("margin"), golden.Bool("soft_margin"))),
            ("hardest_positive", hardest.Positive), ("hardest_negative", hardest.Negative));
    }

    private static Tensor Labels(IEnumerable<int> labels) => torch.tensor(labels.Select(label => (long)label).ToArray());

    private static Tensor Changed(Tensor image, Tensor row)
    {
        var buffer = new ImageBuffer();
        buffer.Resize(3, (int)image.shape[1], (int)image.shape[2]);
        (image / 255).data<float>().ToArray().CopyTo(buffer.Pixels);
        new HsvNoise(new()).Apply(buffer, row.data<float>().ToArray());
        return torch.tensor(buffer.Pixels.ToArray(), image.shape) * 255;
    }
}
