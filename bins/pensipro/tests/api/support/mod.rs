//! A house (a running application on a database of its own) and clients that visit it.

mod client;
mod clock;
pub(crate) mod goods;
mod house;
pub(crate) mod lending;
pub(crate) mod people;
mod problem;
pub(crate) mod running;

pub(crate) use client::{Client, Response, Sent};
pub(crate) use house::{House, HouseOptions, JWT_SECRET, PASSWORD, on_each_backend};
