using Parallax.Contracts;
using Parallax.Plugins.Parts;

namespace Parallax.Plugins.Tests.Parts;

public sealed class MultiBlockMaskingTests
{
    private static readonly MultiBlockMasking _masking = new(16, 16);

    [Fact]
    public void Draw_SixteenBySixteen_TargetsAreRectanglesOfOneSizeWithinTheScale()
    {
        for (var step = 0; step < 20; step++)
        {
            var targets = Draw(_masking, step, images: 3).Targets;   // [3, 4, M]
            var boxes = Enumerable.Range(0, 12).Select(i => Box(Tensors.Integers(targets.flatten(0, 1)[i]))).ToList();

            Assert.Equal([3, 4], targets.shape[..2]);
            Assert.Single(boxes.Select(box => (box.Height, box.Width)).Distinct());
            Assert.All(boxes, box => Assert.Equal(box.Height * box.Width, targets.shape[2]));
            Assert.InRange(targets.shape[2], 32, 56);   // 38 to 51 patches before sides are rounded
            Assert.All(boxes, box => Assert.True(box.Bottom < 15 && box.Right < 15, "the code leaves out the last place"));
        }
    }

    [Fact]
    public void Draw_OneNumber_GivesAreaAndRatio()
    {
        var first = _masking with { TargetScale = (0.15, 0.15), TargetAspect = (0.75, 0.75) };
        var last = _masking with { TargetScale = (0.2, 0.2), TargetAspect = (1.5, 1.5) };

        Assert.Equal((5, 7), Size(first));   // 38 patches: sqrt(28.5) and sqrt(50.7)
        Assert.Equal((9, 6), Size(last));    // 51 patches: sqrt(76.5) and sqrt(34)

        static (int Height, int Width) Size(MultiBlockMasking masking)
        {
            var box = Box(Tensors.Integers(Draw(masking, 0, 1).Targets[0, 0]));

            return (box.Height, box.Width);
        }
    }

    [Fact]
    public void Draw_Contexts_HaveNoTargetAndEndAtTheShortest()
    {
        var blocks = Draw(_masking, 3, images: 6);

        for (var image = 0; image < 6; image++)
        {
            var (context, targets) = (Tensors.Integers(blocks.Context[image]), Tensors.Integers(blocks.Targets[image].flatten()));
            Assert.Empty(context.Intersect(targets));
            Assert.Equal(context.Order(), context);
        }

        var alone = Enumerable.Range(0, 6).Select(image => Draw(_masking, 3, 1, first: image).Context).ToList();
        Assert.Equal(alone.Min(context => context.shape[1]), blocks.Context.shape[1]);
        Assert.All(alone.Select((context, image) => (context, image)), pair => Assert.Equal(
            Tensors.Integers(pair.context.flatten())[..(int)blocks.Context.shape[1]], Tensors.Integers(blocks.Context[pair.image])));
    }

    [Fact]
    public void Draw_ContextThatTargetsFill_KeepsThem()
    {
        var masking = new MultiBlockMasking(3, 3) { MinContext = 3, TargetScale = (0.4, 0.5), Targets = 4 };   // contexts have four patches, targets hide some

        var blocks = Draw(masking, 0, images: 4);

        Assert.Equal(4, masking.LargestContext);
        Assert.All(Enumerable.Range(0, 4), image => Assert.Equal([0, 1, 3, 4], Tensors.Integers(blocks.Context[image])));
    }

    [Fact]
    public void Draw_SmallestGrid_HasAPatchInEach()
    {
        var blocks = Draw(new MultiBlockMasking(2, 2) { MinContext = 0 }, 0, images: 2);

        Assert.Equal([2, 1], blocks.Context.shape);
        Assert.Equal([2, 4, 1], blocks.Targets.shape);
    }

    private static ContextAndTargets Draw(MultiBlockMasking masking, long step, int images, int first = 0) => masking.Draw(
        new(7, 0, step, RandomPurpose.Masking, part: 1),
        [.. Enumerable.Range(first, images).Select(image => new CounterRandom(7, 0, image, RandomPurpose.Masking))]);

    private static (int Height, int Width, long Bottom, long Right) Box(long[] places)
    {
        var (rows, columns) = (places.Select(place => place / 16).ToList(), places.Select(place => place % 16).ToList());

        return ((int)(rows.Max() - rows.Min()) + 1, (int)(columns.Max() - columns.Min()) + 1, rows.Max(), columns.Max());
    }
}
