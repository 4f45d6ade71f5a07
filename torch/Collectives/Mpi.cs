using System.Runtime.InteropServices;
using System.Text;

namespace Parallax.Torch;

/// <summary>The C interface of Open MPI, as far as it is used. Nothing is loaded before the first call.</summary>
/// <remarks>
/// Types and operations of Open MPI are addresses of global variables of its library; other MPI implementations number them and do not fit here.
/// Every function answers a code, 0 for success: <see cref="UseReturnCodes"/> keeps the library from ending the process itself.
/// </remarks>
internal static unsafe partial class Mpi
{
    /// <summary>The same name for Open MPI 4.0 to 5.0.</summary>
    public const string Library = "libmpi.so.40";

    /// <summary>Instead of a buffer to send: the one to receive holds the values.</summary>
    public const nint InPlace = 1;

    /// <summary>One thread at a time: backward may run on another one than the training loop.</summary>
    private const int ThreadSerialized = 2;

    /// <summary>Several threads at once, on communicators of their own.</summary>
    private const int ThreadMultiple = 3;
    private const int LongestText = 256;
    private static readonly Lazy<nint> Handle = new(() => NativeLibrary.TryLoad(Library, out var handle) ? handle : 0);

    /// <summary>Whether the library is on this machine.</summary>
    public static bool IsInstalled => Handle.Value != 0;

    /// <summary>All processes that were started together.</summary>
    public static nint World { get; private set; }

    /// <summary>Whether several threads may exchange at once.</summary>
    public static bool AllowsThreads { get; private set; }

    public static nint Sum => Symbol("ompi_mpi_op_sum");

    public static nint Max => Symbol("ompi_mpi_op_max");

    public static nint Bytes => Symbol("ompi_mpi_byte");

    public static nint Int64 => Symbol("ompi_mpi_int64_t");

    /// <summary>Settings of Open MPI, unless the environment has them.</summary>
    /// <remarks>
    /// <para>A sum has always the same order, so that a resumed run equals an uninterrupted one: the algorithm is Rabenseifner's for every size,
    /// whatever the release of Open MPI would choose, and no network adds numbers by itself (hcoll).</para>
    /// <para>Waiting processes leave the core to others, as threads of another process may need it. A copy through the kernel (CMA) is refused in many
    /// containers, with a message for each attempt; shared memory is there instead.</para>
    /// </remarks>
    internal static readonly (string Name, string Value)[] Settings =
    [
        ("OMPI_MCA_coll_tuned_use_dynamic_rules", "1"),
        ("OMPI_MCA_coll_tuned_allreduce_algorithm", "6"),
        ("OMPI_MCA_coll_hcoll_enable", "0"),
        ("OMPI_MCA_mpi_yield_when_idle", "1"),
        ("OMPI_MCA_btl_vader_single_copy_mechanism", "none"),
        ("OMPI_MCA_mpi_warn_on_fork", "0"),
    ];

    /// <summary>Starts MPI in this process.</summary>
    /// <exception cref="ProcessGroupException">It is not installed, or does not start.</exception>
    public static void Start()
    {
        if (!IsInstalled)
        {
            throw new ProcessGroupException(
                $"Several processes exchange tensors through Open MPI, and {Library} is not on this machine. Install it (Debian and Ubuntu: apt-get "
                    + "install openmpi-bin) on every machine that takes part.");
        }

        foreach (var (name, value) in Settings)
        {
            _ = setenv(name, value, 0);   // .NET's own copy of the environment is not what the library reads
        }

        int provided;
        var code = MPI_Init_thread(0, 0, ThreadMultiple, &provided);
        if (code != 0 || provided < ThreadSerialized)
        {
            throw new ProcessGroupException($"Open MPI did not start: {(code != 0 ? Text(code) : "it was built for programs with one thread only")}.");
        }

        AllowsThreads = provided >= ThreadMultiple;
        World = Symbol("ompi_mpi_comm_world");
        UseReturnCodes();
    }

    /// <summary>Open MPI's name of an element type; 0 where it cannot add such numbers.</summary>
    public static nint Type(ScalarType type) => type switch
    {
        ScalarType.Float32 => Symbol("ompi_mpi_float"),
        ScalarType.Float64 => Symbol("ompi_mpi_double"),
        ScalarType.Byte => Symbol("ompi_mpi_uint8_t"),
        ScalarType.Int8 => Symbol("ompi_mpi_int8_t"),
        ScalarType.Int16 => Symbol("ompi_mpi_int16_t"),
        ScalarType.Int32 => Symbol("ompi_mpi_int32_t"),
        ScalarType.Int64 => Int64,
        _ => 0,
    };

    /// <summary>What a code means.</summary>
    public static string Text(int code)
    {
        var text = stackalloc byte[LongestText];
        int length;
        return MPI_Error_string(code, text, &length) == 0 ? Encoding.UTF8.GetString(text, length) : $"MPI error {code}";
    }

    [LibraryImport(Library)]
    public static partial int MPI_Comm_dup(nint communicator, nint* duplicate);

    [LibraryImport(Library)]
    public static partial int MPI_Comm_rank(nint communicator, int* rank);

    [LibraryImport(Library)]
    public static partial int MPI_Comm_size(nint communicator, int* size);

    [LibraryImport(Library)]
    public static partial int MPI_Allreduce(nint send, nint receive, int count, nint type, nint operation, nint communicator);

    [LibraryImport(Library)]
    public static partial int MPI_Iallreduce(nint send, nint receive, int count, nint type, nint operation, nint communicator, nint* request);

    [LibraryImport(Library)]
    public static partial int MPI_Allgather(nint send, int sendCount, nint sendType, nint receive, int receiveCount, nint receiveType, nint communicator);

    [LibraryImport(Library)]
    public static partial int MPI_Bcast(nint buffer, int count, nint type, int root, nint communicator);

    [LibraryImport(Library)]
    public static partial int MPI_Test(nint* request, int* isDone, nint status);

    [LibraryImport(Library)]
    public static partial int MPI_Finalize();

    private static void UseReturnCodes() => _ = MPI_Comm_set_errhandler(World, Symbol("ompi_mpi_errors_return"));

    private static nint Symbol(string name) => NativeLibrary.TryGetExport(Handle.Value, name, out var address)
        ? address
        : throw new ProcessGroupException($"{Library} has no {name}: it is not Open MPI's. Install Open MPI 4 or 5.");

    [LibraryImport(Library)]
    private static partial int MPI_Init_thread(nint arguments, nint values, int required, int* provided);

    [LibraryImport(Library)]
    private static partial int MPI_Comm_set_errhandler(nint communicator, nint handler);

    [LibraryImport(Library)]
    private static partial int MPI_Error_string(int code, byte* text, int* length);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
