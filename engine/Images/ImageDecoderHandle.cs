using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Parallax.Engine;

/// <summary>A native decoder with its reusable buffers; used by one thread at a time.</summary>
internal sealed partial class ImageDecoderHandle() : SafeHandle(0, ownsHandle: true)
{
    private const string Library = "parallax_image";

    public override bool IsInvalid => handle == 0;

    public static ImageDecoderHandle Create()
    {
        var created = new ImageDecoderHandle { handle = NativeCreate() };

        return created.IsInvalid ? throw new InsufficientMemoryException("No memory for an image decoder.") : created;
    }

    public string Error()
    {
        unsafe
        {
            return Utf8StringMarshaller.ConvertToManaged(NativeError(handle)) ?? "unknown error";
        }
    }

    public unsafe bool Begin(byte* file, long length, int smallestSide, out int height, out int width) =>
        NativeBegin(handle, file, length, smallestSide, out height, out width) == 0;

    public unsafe bool Finish(int channels, float* planes) => NativeFinish(handle, channels, planes) == 0;

    protected override bool ReleaseHandle()
    {
        NativeFree(handle);

        return true;
    }

    [LibraryImport(Library, EntryPoint = "parallax_image_create")]
    private static partial nint NativeCreate();

    [LibraryImport(Library, EntryPoint = "parallax_image_free")]
    private static partial void NativeFree(nint decoder);

    [LibraryImport(Library, EntryPoint = "parallax_image_error")]
    private static unsafe partial byte* NativeError(nint decoder);

    [LibraryImport(Library, EntryPoint = "parallax_image_begin")]
    private static unsafe partial int NativeBegin(nint decoder, byte* file, long length, int smallestSide, out int height, out int width);

    [LibraryImport(Library, EntryPoint = "parallax_image_finish")]
    private static unsafe partial int NativeFinish(nint decoder, int channels, float* planes);
}
