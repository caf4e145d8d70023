//! Values that are built from open parts by a check, and read-only afterwards.

/// Wraps a struct of public parts in a type that only `parts.check(&mut Faults)` can make: the parts
/// are readable through `Deref`, JSON goes through the same check.
macro_rules! checked {
    ($(#[$meta:meta])* $name:ident($parts:ident, $parts_text:literal)) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = $parts_text, into = $parts_text)]
        pub struct $name($parts);

        impl $name {
            /// The value, or every fault of its parts.
            pub fn new(parts: $parts) -> Result<Self, pensipro_kernel::Faults> {
                let mut faults = pensipro_kernel::Faults::new();
                parts.check(&mut faults);
                faults.finish(Some(Self(parts)))
            }

            /// Its parts, to build a changed value from.
            pub fn into_parts(self) -> $parts {
                self.0
            }
        }

        impl std::ops::Deref for $name {
            type Target = $parts;

            fn deref(&self) -> &$parts {
                &self.0
            }
        }

        impl TryFrom<$parts> for $name {
            type Error = pensipro_kernel::Faults;

            fn try_from(parts: $parts) -> Result<Self, Self::Error> {
                Self::new(parts)
            }
        }

        impl From<$name> for $parts {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

pub(crate) use checked;
