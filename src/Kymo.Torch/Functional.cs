namespace Kymo.Torch;

/// <summary>Operations that are no method of one tensor: joins, layers without state, losses of LibTorch.</summary>
public static unsafe partial class Functional
{
}
