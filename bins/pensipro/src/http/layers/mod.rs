//! The layers around a handler: outermost what every answer has, innermost who may pass.

mod cors;
pub(crate) mod gate;
mod log_line;
pub(crate) mod outer;
