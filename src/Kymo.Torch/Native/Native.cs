using System.Runtime.InteropServices;
using System.Text;

namespace Kymo.Torch;

/// <summary>The hand-written part of the binding to <c>native/kymo_torch.h</c>; that header says what each call does.</summary>
static unsafe partial class Native
{
    internal const string Library = "kymo_torch";
    internal const int MaxRank = 8;

    /// <summary>The version of <c>kymo_torch.h</c> that this program was written for.</summary>
    internal const int InterfaceVersion = 1;

    static Native() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, NativeLoader.Resolve);

    /// <summary>Runs the static constructor, so that the library is found before the first generated call.</summary>
    internal static void Load() => _ = kt_live_handles();

    /// <summary>Throws with the library's own text where a call did not succeed.</summary>
    internal static void Check(int status, string operation)
    {
        if (status != 0) throw Error(status, operation);
    }

    static TorchException Error(int status, string operation) =>
        new($"{operation}: {Text(&kt_last_error)}") { IsOutOfMemory = status == 2 };

    internal static string Info(int subject)
    {
        var buffer = stackalloc byte[16384];
        Check(kt_info(subject, buffer, 16384), "info");
        return Marshal.PtrToStringUTF8((nint)buffer)!;
    }

    static string Text(delegate*<byte*, int, int> read)
    {
        var length = read(null, 0);
        var bytes = new byte[length + 1];
        fixed (byte* buffer = bytes) read(buffer, bytes.Length);
        return Encoding.UTF8.GetString(bytes, 0, length).TrimEnd();
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Description
    {
        internal int Type, DeviceType, DeviceIndex, Rank, RequiresGrad, IsLeaf, IsContiguous, IsChannelsLast;
        internal fixed long Sizes[MaxRank];
        internal fixed long Strides[MaxRank];
    }

    [LibraryImport(Library)] private static partial int kt_last_error(byte* buffer, int length);
    [LibraryImport(Library)] private static partial int kt_info(int subject, byte* buffer, int length);
    [LibraryImport(Library), SuppressGCTransition] internal static partial long kt_live_handles();
    [LibraryImport(Library)] internal static partial int kt_device_count(int deviceType, int* count);
    [LibraryImport(Library)] internal static partial int kt_get_threads(int* count);
    [LibraryImport(Library)] internal static partial int kt_set_threads(int count);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int kt_set_grad_mode(int enabled, int* before);
    [LibraryImport(Library)] internal static partial int kt_autocast(int deviceType, int type, int enabled);
    [LibraryImport(Library)] internal static partial int kt_set_deterministic(int enabled);
    [LibraryImport(Library)] internal static partial int kt_set_onednn(int enabled);

    [LibraryImport(Library)]
    internal static partial int kt_tensor_empty(long* sizes, int rank, int type, int deviceType, int deviceIndex, nint* result);
    [LibraryImport(Library)] internal static partial int kt_tensor_view(void* data, long* sizes, int rank, int type, nint* result);
    [LibraryImport(Library)] internal static partial int kt_tensor_range(long start, long end, int deviceType, int deviceIndex, nint* result);
    [LibraryImport(Library)] internal static partial int kt_tensor_zeros_like(nint tensor, nint* result);
    [LibraryImport(Library)] internal static partial int kt_tensor_alias(nint tensor, nint* result);
    [LibraryImport(Library)] internal static partial int kt_tensors_free(nint* tensors, int count);
    [LibraryImport(Library), SuppressGCTransition] internal static partial int kt_tensor_describe(nint tensor, Description* description);
    [LibraryImport(Library)] internal static partial int kt_tensor_read(nint tensor, void* data, long bytes);
    [LibraryImport(Library)] internal static partial int kt_tensor_write(nint tensor, void* data, long bytes);
    [LibraryImport(Library)] internal static partial int kt_tensor_item(nint tensor, double* value);
    [LibraryImport(Library)] internal static partial int kt_tensor_data(nint tensor, void** data);
    [LibraryImport(Library)]
    internal static partial int kt_tensor_to_device(nint tensor, int deviceType, int deviceIndex, int nonBlocking, nint* result);
    [LibraryImport(Library)] internal static partial int kt_tensor_set_requires_grad(nint tensor, int requiresGrad);
    [LibraryImport(Library)] internal static partial int kt_tensor_set_data(nint tensor, nint data);
    [LibraryImport(Library)] internal static partial int kt_tensor_backward(nint tensor, nint gradient, int keepGraph);
    [LibraryImport(Library)] internal static partial int kt_tensor_grad(nint tensor, nint known, nint* result);
    [LibraryImport(Library)] internal static partial int kt_tensor_set_grad(nint tensor, nint grad);

    [LibraryImport(Library)] internal static partial int kt_generator_new(ulong seed, int deviceType, int deviceIndex, nint* result);
    [LibraryImport(Library)] internal static partial int kt_generator_free(nint generator);
    [LibraryImport(Library)] internal static partial int kt_generator_seed(nint generator, ulong seed);
    [LibraryImport(Library)] internal static partial int kt_generator_get_state(nint generator, byte* buffer, long* length);
    [LibraryImport(Library)] internal static partial int kt_generator_set_state(nint generator, byte* state, long length);

    [LibraryImport(Library)] internal static partial int kt_memory_set_caching(int enabled);
    [LibraryImport(Library)] internal static partial int kt_memory_limit(long bytes);
    [LibraryImport(Library)] internal static partial int kt_memory_trim(long keep);
    [LibraryImport(Library)] internal static partial int kt_memory_statistics(long* values);

    [LibraryImport(Library)]
    internal static partial int kt_adam_step(nint* parameters, nint* averages, nint* squares, long* steps, int count, double rate,
        double beta1, double beta2, double epsilon, double decay, int decoupled);
    [LibraryImport(Library)]
    internal static partial int kt_sgd_step(nint* parameters, nint* velocities, long* steps, int count, double rate,
        double momentum, double dampening, double decay, int nesterov);
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int kt_group_join(string host, int port, int rank, int size, int timeout, nint* result);
    [LibraryImport(Library)] internal static partial int kt_group_leave(nint group);
    [LibraryImport(Library)] internal static partial int kt_group_sum_gradients(nint group, nint* parameters, int count);
    [LibraryImport(Library)] internal static partial int kt_group_sum(nint group, double* values, int count);
    [LibraryImport(Library)] internal static partial int kt_group_broadcast(nint group, nint* tensors, int count);
    [LibraryImport(Library)] internal static partial int kt_group_share_statistics(nint group);

    [LibraryImport(Library)] internal static partial int kt_zero_gradients(nint* parameters, int count, int keep);
    [LibraryImport(Library)]
    internal static partial int kt_clip_gradient_norm(nint* parameters, int count, double limit, double order, double* norm);
    [LibraryImport(Library)] internal static partial int kt_clip_gradient_value(nint* parameters, int count, double limit);
}
