//! Enumerations that tables and bodies hold as stable codes.

use std::str::FromStr;

use crate::FieldFault;

/// A text that is none of an enumeration's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is one of {}", .expected.join(", "))]
pub struct UnknownCode {
    /// The codes there are.
    pub expected: &'static [&'static str],
}

/// Reads a code; the fault lists the codes there are.
pub fn read_code<T: FromStr<Err = UnknownCode>>(field: &str, text: &str) -> Result<T, FieldFault> {
    text.parse().map_err(|unknown: UnknownCode| {
        FieldFault::new(field, "unknown_value", unknown.to_string())
    })
}

/// Declares an enumeration with one stable code per variant: `ALL`, `CODES`, `code()`, `Display`
/// and `FromStr` by the code, and the same codes in serde.
///
/// ```
/// pensipro_kernel::codes! {
///     /// A person's sex, as identity cards state it.
///     pub enum Sex {
///         /// Laki-laki.
///         Male = "L",
///         /// Perempuan.
///         Female = "P",
///     }
/// }
/// assert_eq!("P".parse(), Ok(Sex::Female));
/// assert!("X".parse::<Sex>().is_err());
/// ```
#[macro_export]
macro_rules! codes {
    (
        $(#[$about:meta])*
        $visible:vis enum $name:ident {
            $($(#[$doc:meta])* $variant:ident = $code:literal),* $(,)?
        }
    ) => {
        $(#[$about])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            ::serde::Serialize, ::serde::Deserialize,
        )]
        $visible enum $name {
            $($(#[$doc])* #[serde(rename = $code)] $variant),*
        }

        impl $name {
            /// All of them, in order.
            $visible const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// Their codes, in the same order.
            $visible const CODES: &'static [&'static str] = &[$($code),*];

            /// The stable code, as tables and bodies hold it.
            $visible const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownCode;

            fn from_str(code: &str) -> Result<Self, $crate::UnknownCode> {
                match code {
                    $($code => Ok(Self::$variant),)*
                    _ => Err($crate::UnknownCode { expected: Self::CODES }),
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::codes! {
        pub(super) enum Light {
            Red = "red",
            Green = "green",
        }
    }

    #[test]
    fn codes_read_back_and_others_name_the_choice() {
        for (light, code) in Light::ALL.iter().zip(Light::CODES) {
            assert_eq!(light.code(), *code);
            assert_eq!(code.parse(), Ok(*light));
            assert_eq!(serde_json::to_value(light).unwrap(), *code);
        }
        let fault = read_code::<Light>("light", "blue").unwrap_err();
        assert_eq!((fault.code, fault.message.as_str()), ("unknown_value", "is one of red, green"));
    }
}
