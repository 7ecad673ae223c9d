//! The link of a box to its centre, over a real nats-server.

mod account;
mod alarm;
mod centre;
mod down;
mod papers;
mod server;
mod tls;
mod up;
mod village;
