//! What a pickle describes. Values lie side by side and name one another by number, so that neither
//! reading nor dropping them ever recurses.

use candle_core::DType;

/// The number of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Id(pub(super) u32);

/// A Python object, as far as state dicts are made of it.
#[derive(Debug)]
pub(super) enum Value<'a> {
    /// `None`, a float, a set, a long integer: nothing that matters here.
    Opaque,
    Bool(bool),
    Int(i64),
    Text(&'a str),
    Tuple(Vec<Id>),
    List(Vec<Id>),
    /// Also an `OrderedDict`, and whatever else has items set.
    Dict(Vec<(Id, Id)>),
    /// A class or function by module and name; never looked up.
    Global(Box<(&'a str, &'a str)>),
    /// What a class or function would have made.
    Object {
        class: Id,
    },
    Storage(Box<Storage<'a>>),
    Tensor(Box<View>),
}

/// A block of numbers kept outside the pickle.
#[derive(Clone, Debug)]
pub(super) struct Storage<'a> {
    pub(super) key: &'a str,
    pub(super) kind: Kind,
    /// Numbers to skip: old files have storages that are parts of others.
    pub(super) skip: u64,
}

/// A tensor: a strided look at a storage.
#[derive(Clone, Debug)]
pub(super) struct View {
    /// The number of a [`Value::Storage`], if there is one.
    pub(super) storage: Option<Id>,
    pub(super) kind: Kind,
    pub(super) offset: u64,
    pub(super) size: Vec<usize>,
    pub(super) stride: Vec<u64>,
    /// Why its numbers cannot be read, if they cannot: `is a sparse tensor`.
    pub(super) trouble: Option<&'static str>,
}

/// The number format of a storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Floating-point numbers.
    Float(DType),
    /// Other numbers: what they are, and bytes of each.
    Other(&'static str, u64),
    /// Bytes, whose format the tensor tells.
    Bytes,
    /// Of a name that is not known.
    Unknown,
}

impl Kind {
    /// Of a class in PyTorch: `FloatStorage`.
    pub(super) fn of_storage(class: &str) -> Self {
        match class.strip_suffix("Storage").unwrap_or(class) {
            "Float" => Self::Float(DType::F32),
            "Double" => Self::Float(DType::F64),
            "Half" => Self::Float(DType::F16),
            "BFloat16" => Self::Float(DType::BF16),
            "Long" => Self::Other("int64 numbers", 8),
            "Int" => Self::Other("int32 numbers", 4),
            "Short" => Self::Other("int16 numbers", 2),
            "Char" => Self::Other("int8 numbers", 1),
            "Byte" => Self::Other("uint8 numbers", 1),
            "Bool" => Self::Other("truth values", 1),
            "ComplexFloat" => Self::Other("complex numbers", 8),
            "ComplexDouble" => Self::Other("complex numbers", 16),
            "QInt8" | "QUInt8" | "QUInt4x2" | "QUInt2x4" => Self::Other("quantized numbers", 1),
            "QInt32" => Self::Other("quantized numbers", 4),
            "Untyped" => Self::Bytes,
            _ => Self::Unknown,
        }
    }

    /// Of a dtype in PyTorch: `float32`.
    pub(super) fn of_dtype(name: &str) -> Self {
        match name {
            "float32" => Self::Float(DType::F32),
            "float64" => Self::Float(DType::F64),
            "float16" => Self::Float(DType::F16),
            "bfloat16" => Self::Float(DType::BF16),
            "uint16" => Self::Other("uint16 numbers", 2),
            "uint32" => Self::Other("uint32 numbers", 4),
            "uint64" => Self::Other("uint64 numbers", 8),
            name if name.starts_with("float8") => Self::Other("8-bit floating-point numbers", 1),
            _ => Self::Unknown,
        }
    }

    /// Bytes of a number, where known.
    pub(super) fn bytes(self) -> Option<u64> {
        match self {
            Self::Float(dtype) => Some(dtype.size_in_bytes() as u64),
            Self::Other(_, bytes) => Some(bytes),
            Self::Bytes => Some(1),
            Self::Unknown => None,
        }
    }
}
