using System.ComponentModel.DataAnnotations;

namespace Parallax.Plugins.Augmentations;

/// <summary>Settings of <c>cell-crop</c>.</summary>
public sealed record CellCropOptions : IValidatableObject
{
    /// <summary>Side of the result in pixels; a cell should be larger, which leaves a gap to its neighbours. Jigsaw, authors' code: 64 in cells of
    /// 85.</summary>
    [Range(1, 8192)]
    public int Size { get; init; } = 64;

    /// <summary>Cells on each side of the image. Jigsaw: 3.</summary>
    [Range(1, 100)]
    public int Grid { get; init; } = 3;

    /// <summary>Which cell, row by row from 0 on. Default 0, the upper left.</summary>
    [Range(0, 9999)]
    public int Cell { get; init; }

    /// <summary>Whether the square may lie at the lower and right edge of its cell: shifts of 0 to 21 pixels for 64 in 85. Jigsaw, authors' code: yes; VISSL
    /// (jigsaw, PIRL): no, 0 to 20.</summary>
    public bool ReachesEdge { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => Cell < Grid * Grid ? [] :
        [new($"cell is {Cell}, but a grid of {Grid} x {Grid} has the cells 0 to {(Grid * Grid) - 1}. Lower it, or raise grid.", [nameof(Cell)])];
}

/// <summary>Cuts a square out of one cell of a grid over the image, at a random place of the cell.</summary>
/// <remarks>
/// <para>Noroozi and Favaro, "Unsupervised Learning of Visual Representations by Solving Jigsaw Puzzles", ECCV 2016, https://arxiv.org/abs/1603.09246: tiles of
/// 64 pixels in cells of 85. As a view of its own, each tile gets its own colours, as in PIRL (https://arxiv.org/abs/1912.01991). Cells have the whole part of
/// side / grid pixels; a cell that is smaller than the square gives the square at its upper left corner.</para>
/// <para>Row of decisions: shift down, shift to the right, from the upper left corner of the cell. Consumes 2 numbers.</para>
/// </remarks>
[Plugin("cell-crop", Options = typeof(CellCropOptions), Family = "geometry", Summary = "Cuts a square out of one cell of a grid, at a random place.")]
public sealed class CellCrop(CellCropOptions options) : IAugmentation
{
    /// <inheritdoc/>
    public int ParameterCount => 2;

    /// <inheritdoc/>
    public void Draw(ref CounterRandom random, ImageSize input, Span<float> parameters)
    {
        parameters[0] = random.Index(Places(input.Height));
        parameters[1] = random.Index(Places(input.Width));
    }

    /// <inheritdoc/>
    public ImageSize OutputSize(ImageSize input, ReadOnlySpan<float> parameters) => new(options.Size, options.Size);

    /// <inheritdoc/>
    public void Apply(ImageBuffer image, ReadOnlySpan<float> parameters)
    {
        var (row, column) = Math.DivRem(options.Cell, options.Grid);
        var (height, width) = (image.Height / options.Grid, image.Width / options.Grid);
        Windows.Cut(image, (row * height) + (int)parameters[0], (column * width) + (int)parameters[1], options.Size, options.Size);
    }

    // of the square along a side of its cell
    private int Places(int side) => Math.Max(1, (side / options.Grid) - options.Size + (options.ReachesEdge ? 1 : 0));
}
