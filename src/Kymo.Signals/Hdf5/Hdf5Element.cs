namespace Kymo.Signals.Hdf5;

/// <summary>How numbers lie in an HDF5 file that is written; all are little-endian.</summary>
public enum Hdf5Element
{
    /// <summary>IEEE, 32 bits.</summary>
    Float32,

    /// <summary>IEEE, 16 bits.</summary>
    Float16,

    /// <summary>Whole numbers, 32 bits with sign.</summary>
    Int32,

    /// <summary>Whole numbers, 8 bits without sign.</summary>
    UInt8,
}
